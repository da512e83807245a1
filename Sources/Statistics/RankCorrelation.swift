import Glibc
import Randomness

/// Spearman's rank correlation of two measures of the same things (languages), with what chance alone would give.
///
/// - Note: The p-value is that of permutations, all of them for at most 8 things; Fisher's interval has the standard
///   error of Bonett and Wright 2000, "Sample size requirements for estimating Pearson, Kendall and Spearman
///   correlations".
package struct RankCorrelation: Equatable, Sendable {
    package let count: Int
    package let rho: Double
    /// Two-sided: the share of permutations that are at least as far from 0.
    package let pValue: Double
    /// Whether all permutations were looked at.
    package let isExact: Bool
    /// By Fisher's transformation; nil with fewer than 4 things, or a perfect correlation, whose interval is not
    /// defined.
    package let fisher: Interval?
    /// Things drawn with replacement; drawings in which one side does not vary are left out. nil when no drawing is
    /// left.
    package let bootstrap: Interval?

    /// Most things for which all permutations are looked at: 40,320 of them.
    package static let largestExactCount = 8

    /// - Parameters:
    ///   - permutations: That are drawn when not all are looked at.
    ///   - replicates: Of the bootstrap.
    /// - Returns: nil with fewer than 3 things, or when one side does not vary.
    /// - Precondition: As many values on both sides, none NaN.
    package init?(
        _ x: [Double], _ y: [Double], seed: UInt64, permutations: Int = 9_999, replicates: Int = 10_000,
        level: Double = 0.95
    ) {
        precondition(x.count == y.count, "\(x.count) and \(y.count) values")
        guard x.count > 2, let rho = Self.rho(x, y) else { return nil }
        count = x.count
        self.rho = rho
        isExact = count <= Self.largestExactCount
        let ranks = (Ranks.doubled(x), Ranks.doubled(y))
        pValue =
            isExact ? Self.exactPValue(ranks.0, ranks.1) : Self.drawnPValue(ranks.0, ranks.1, permutations, seed: seed)
        fisher = Self.fisherInterval(rho, count, level: level)
        bootstrap = DrawnThings(count: count, replicates: replicates, seed: seed).interval(level: level) { drawn in
            Self.rho(drawn.map { x[$0] }, drawn.map { y[$0] })
        }
    }

    /// Spearman's rho; nil when one side does not vary.
    package static func rho(_ x: [Double], _ y: [Double]) -> Double? {
        let x = Ranks.doubled(x), y = Ranks.doubled(y)
        let spread = Double(covariance(x, x)) * Double(covariance(y, y))
        return spread > 0 ? Double(covariance(x, y)) / spread.squareRoot() : nil
    }

    /// n² times the covariance of whole numbers, exactly.
    private static func covariance(_ x: [Int], _ y: [Int]) -> Int {
        x.count * product(x, y) - x.reduce(0, +) * y.reduce(0, +)
    }

    private static func product(_ x: [Int], _ y: [Int]) -> Int {
        var sum = 0
        for index in x.indices { sum += x[index] * y[index] }
        return sum
    }

    private static func exactPValue(_ x: [Int], _ y: [Int]) -> Double {
        let observed = covariance(x, y).magnitude, sums = x.reduce(0, +) * y.reduce(0, +)
        var asFar = 0, all = 0
        Permutations.forEach(y) { permuted in
            all += 1
            if (x.count * product(x, permuted) - sums).magnitude >= observed { asFar += 1 }
        }
        return Double(asFar) / Double(all)
    }

    private static func drawnPValue(_ x: [Int], _ y: [Int], _ permutations: Int, seed: UInt64) -> Double {
        let observed = covariance(x, y).magnitude, sums = x.reduce(0, +) * y.reduce(0, +)
        var generator = SplitMix64(seed: seed), permuted = y, asFar = 0
        for _ in 0..<permutations {
            Permutations.shuffle(&permuted, by: &generator)
            if (x.count * product(x, permuted) - sums).magnitude >= observed { asFar += 1 }
        }
        return Double(asFar + 1) / Double(permutations + 1)
    }

    private static func fisherInterval(_ rho: Double, _ count: Int, level: Double) -> Interval? {
        guard count > 3, rho.magnitude < 1 else { return nil }
        let error = ((1 + rho * rho / 2) / Double(count - 3)).squareRoot()
        let reach = Normal.quantile((1 + level) / 2) * error
        return Interval(low: tanh(atanh(rho) - reach), high: tanh(atanh(rho) + reach))
    }
}
