/// From where to where a value lies, both ends included.
package struct Interval: Equatable, Sendable, Codable {
    package var low, high: Double

    package init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

    /// The middle `level` of some values, by linear interpolation (type 7 of Hyndman and Fan 1996, NumPy's default);
    /// nil without any.
    package init?(middle level: Double, of values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        low = Quantile.ofSorted((1 - level) / 2, sorted)
        high = Quantile.ofSorted((1 + level) / 2, sorted)
    }

    package func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

package enum Quantile {
    /// Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    ///
    /// - Precondition: `values` is sorted and not empty; `fraction` is in `0...1`.
    package static func ofSorted(_ fraction: Double, _ values: [Double]) -> Double {
        let position = fraction * Double(values.count - 1)
        let lower = min(Int(position), values.count - 1)
        let upper = min(lower + 1, values.count - 1)
        return values[lower] + (values[upper] - values[lower]) * (position - Double(lower))
    }
}
