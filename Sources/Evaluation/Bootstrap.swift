import Randomness
import Statistics

/// Percentile bootstrap of the overall F1 over sentences (or documents).
///
/// It treats the model as fixed and says nothing about training variance; ``SeedSummary`` does. The same seed and
/// counts give the same interval on every machine.
///
/// - Note: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
package struct Bootstrap: Equatable, Sendable {
    package var replicates: Int
    package var level: Double
    package var seed: UInt64

    /// - Precondition: `replicates` is positive and `level` lies between 0 and 1.
    package init(replicates: Int = 1000, level: Double = 0.95, seed: UInt64) {
        precondition(replicates > 0, "replicates \(replicates) must be greater than zero")
        precondition(level > 0 && level < 1, "level \(level) must lie between 0 and 1")
        self.replicates = replicates
        self.level = level
        self.seed = seed
    }

    /// Resamples the units.
    ///
    /// - Parameter units: Counts of each sentence, see ``SpanScorer/sentenceTotals``.
    /// - Returns: Interval of the F1 of all units together; 0 to 0 without units.
    /// - Complexity: O(`replicates` · `units.count`) integer additions, and memory for `replicates` scores.
    package func interval(of units: [PhraseCounts]) -> BootstrapInterval {
        var generator = SplitMix64(seed: seed)
        var scores: [Double] = []
        scores.reserveCapacity(replicates)
        for _ in 0..<replicates {
            var sum = PhraseCounts()
            for _ in 0..<units.count { sum += units[generator.index(below: units.count)] }
            scores.append(sum.f1)
        }
        scores.sort()
        return BootstrapInterval(
            f1Low: Quantile.ofSorted((1 - level) / 2, scores),
            f1High: Quantile.ofSorted((1 + level) / 2, scores),
            level: level,
            replicates: replicates,
            seed: seed
        )
    }
}
