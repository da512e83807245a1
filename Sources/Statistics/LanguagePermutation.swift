import Glibc
import Randomness

/// Whether gains of pairs of languages go with a measure of the pairs, by giving the languages each other's places.
///
/// Cells of a table of sources and targets share languages, so permuting cells would find too much; the names of the
/// languages are permuted, and with them rows and columns of the measure (Mantel 1967, "The detection of disease
/// clustering"). Languages that are sources and targets change places with such ones, those that are only one or the
/// other among themselves, so that a permuted pair is one that was measured. With a single source it is the permutation
/// of targets.
package struct LanguagePermutation: Equatable, Sendable {
    /// A cell: languages by number, and what was gained there.
    package struct Pair: Equatable, Sendable {
        package var source, target: Int
        package var gain: Double

        package init(source: Int, target: Int, gain: Double) {
            (self.source, self.target, self.gain) = (source, target, gain)
        }
    }

    /// Pearson's correlation of gains and measure.
    package let correlation: Double
    /// Two-sided.
    package let pValue: Double
    package let isExact: Bool

    /// - Parameters:
    ///   - measure: Of source and target, by their numbers; nil where it was not measured.
    ///   - centered: Whether the means of sources and of targets are taken out of gains and measure before: what is
    ///     left is of the pair.
    /// - Returns: nil with fewer than 3 pairs, without variation, or when a measure of a pair, or of one it may become,
    ///   is missing.
    package init?(
        _ pairs: [Pair], measure: (_ source: Int, _ target: Int) -> Double?, centered: Bool = false, seed: UInt64,
        permutations: Int = 9_999
    ) {
        guard pairs.count > 2 else { return nil }
        let groups = Self.groups(of: pairs)
        var gains = pairs.map(\.gain)
        if centered { gains = Self.centered(gains, pairs) }
        func statistic(_ name: [Int: Int]) -> Double? {
            var values: [Double] = []
            for pair in pairs {
                guard let value = measure(name[pair.source] ?? pair.source, name[pair.target] ?? pair.target) else {
                    return nil
                }
                values.append(value)
            }
            return Self.correlation(gains, centered ? Self.centered(values, pairs) : values)
        }
        guard let observed = statistic([:]) else { return nil }
        // Sums are taken in the order of the pairs, and may differ in the last bits between equals.
        let bound = observed.magnitude - 1e-12
        var asFar = 0, all = 0, isComplete = true
        func look(_ name: [Int: Int]) {
            all += 1
            guard let value = statistic(name) else { return isComplete = false }
            if value.magnitude >= bound { asFar += 1 }
        }
        isExact = groups.map { tgamma(Double($0.count + 1)) }.reduce(1, *) <= 40_320
        if isExact {
            Self.forEachNaming(groups[...], [:], look)
            pValue = Double(asFar) / Double(all)
        } else {
            var generator = SplitMix64(seed: seed)
            for _ in 0..<permutations where isComplete {
                var name: [Int: Int] = [:]
                for group in groups {
                    var permuted = group
                    Permutations.shuffle(&permuted, by: &generator)
                    for (old, new) in zip(group, permuted) { name[old] = new }
                }
                look(name)
            }
            pValue = Double(asFar + 1) / Double(permutations + 1)
        }
        guard isComplete else { return nil }
        correlation = observed
    }

    /// Languages that may change places: that are both source and target, only sources, only targets.
    private static func groups(of pairs: [Pair]) -> [[Int]] {
        let sources = Set(pairs.map(\.source)), targets = Set(pairs.map(\.target))
        return [sources.intersection(targets), sources.subtracting(targets), targets.subtracting(sources)]
            .map { $0.sorted() }.filter { !$0.isEmpty }
    }

    private static func forEachNaming(_ groups: ArraySlice<[Int]>, _ name: [Int: Int], _ body: ([Int: Int]) -> Void) {
        guard let group = groups.first else { return body(name) }
        Permutations.forEach(group) { permuted in
            var name = name
            for (old, new) in zip(group, permuted) { name[old] = new }
            forEachNaming(groups.dropFirst(), name, body)
        }
    }

    /// The values less the means of their sources and of their targets, alternately until nothing changes.
    private static func centered(_ values: [Double], _ pairs: [Pair]) -> [Double] {
        var values = values
        for _ in 0..<200 {
            var largest = 0.0
            for key in [\Pair.source, \Pair.target] {
                var sums: [Int: (sum: Double, count: Int)] = [:]
                for (pair, value) in zip(pairs, values) {
                    let old = sums[pair[keyPath: key]] ?? (0, 0)
                    sums[pair[keyPath: key]] = (old.sum + value, old.count + 1)
                }
                for (index, pair) in pairs.enumerated() {
                    guard let (sum, count) = sums[pair[keyPath: key]] else { continue }
                    values[index] -= sum / Double(count)
                    largest = max(largest, (sum / Double(count)).magnitude)
                }
            }
            if largest < 1e-12 { break }
        }
        return values
    }

    private static func correlation(_ x: [Double], _ y: [Double]) -> Double? {
        let count = Double(x.count)
        let meanX = x.reduce(0, +) / count, meanY = y.reduce(0, +) / count
        var xx = 0.0, yy = 0.0, xy = 0.0
        for (x, y) in zip(x, y) {
            xx += (x - meanX) * (x - meanX)
            yy += (y - meanY) * (y - meanY)
            xy += (x - meanX) * (y - meanY)
        }
        // What centring leaves of a measure of the target alone is rounding.
        guard xx > 1e-18 * count, yy > 1e-18 * count else { return nil }
        return xy / (xx * yy).squareRoot()
    }
}
