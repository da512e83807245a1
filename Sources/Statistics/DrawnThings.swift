import Randomness

/// The bootstrap over things (languages): what other languages of the same kind would have given.
package struct DrawnThings: Sendable {
    package var count: Int
    package var replicates: Int
    package var seed: UInt64

    package init(count: Int, replicates: Int = 10_000, seed: UInt64) {
        precondition(count > 0 && replicates > 0, "\(count) things, \(replicates) replicates")
        (self.count, self.replicates, self.seed) = (count, replicates, seed)
    }

    /// The percentiles of a statistic of the drawn things.
    ///
    /// - Parameter statistic: Of their numbers, with repetitions; nil where it does not exist.
    /// - Returns: nil when it never exists.
    package func interval(level: Double = 0.95, _ statistic: ([Int]) -> Double?) -> Interval? {
        var generator = SplitMix64(seed: seed), values: [Double] = []
        values.reserveCapacity(replicates)
        for _ in 0..<replicates {
            let drawn = (0..<count).map { _ in generator.index(below: count) }
            if let value = statistic(drawn), value.isFinite { values.append(value) }
        }
        return Interval(middle: level, of: values)
    }
}
