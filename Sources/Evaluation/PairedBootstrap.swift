/// Paired bootstrap of the difference in F1 of two systems on the same test file.
///
/// Both systems are resampled with the same draws, so that hard sentences are hard for both. It treats the two models
/// as fixed and says nothing about training variance.
///
/// - Note: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"; the p-value by shifting the
///   distribution to a mean of zero is Noreen 1989, "Computer Intensive Methods for Testing Hypotheses".
package struct PairedBootstrap: Equatable, Sendable {
    /// What a comparison found; differences are first system minus second, in points of F1.
    package struct Comparison: Equatable, Sendable {
        package var difference: Double
        package var differenceLow: Double
        package var differenceHigh: Double

        /// One-sided: how likely a difference at least this large would be if the first system were no better.
        package var pValue: Double

        /// Two-sided: how likely a difference at least this large in either direction would be between equals.
        package var twoSidedPValue: Double

        package var level: Double
        package var replicates: Int
        package var seed: UInt64
    }

    package var replicates: Int
    package var level: Double
    package var seed: UInt64

    /// - Precondition: `replicates` is positive and `level` lies between 0 and 1.
    package init(replicates: Int = 10_000, level: Double = 0.95, seed: UInt64) {
        precondition(replicates > 0, "replicates \(replicates) must be greater than zero")
        precondition(level > 0 && level < 1, "level \(level) must lie between 0 and 1")
        self.replicates = replicates
        self.level = level
        self.seed = seed
    }

    /// Compares two systems.
    ///
    /// - Parameters:
    ///   - first: Counts of each sentence of the system hoped to be better, see ``SpanScorer/sentenceTotals``.
    ///   - second: Counts of each sentence of the other one, in the same order.
    /// - Returns: The difference over all sentences, its interval and p-values.
    /// - Throws: ``EvaluationError`` when the systems were not scored on the same sentences.
    /// - Complexity: O(`replicates` · `first.count`) integer additions.
    package func compare(
        _ first: [PhraseCounts],
        _ second: [PhraseCounts]
    ) throws(EvaluationError) -> Comparison {
        let observed = try PairedCounts.difference(first, second)
        var generator = SplitMix64(seed: seed)
        var differences: [Double] = []
        differences.reserveCapacity(replicates)
        var oneSided = 0
        var twoSided = 0
        for _ in 0..<replicates {
            var firstSum = PhraseCounts()
            var secondSum = PhraseCounts()
            for _ in 0..<first.count {
                let drawn = generator.index(below: first.count)
                firstSum += first[drawn]
                secondSum += second[drawn]
            }
            let difference = firstSum.f1 - secondSum.f1
            differences.append(difference)
            // The shifted value is difference - observed. Doubling is exact in binary, subtracting is not, and ties
            // count.
            if difference >= 2 * observed { oneSided += 1 }
            let beyond = observed + observed.magnitude
            let below = observed - observed.magnitude
            if difference >= beyond || difference <= below { twoSided += 1 }
        }
        differences.sort()
        return Comparison(
            difference: observed,
            differenceLow: Bootstrap.quantile((1 - level) / 2, ofSorted: differences),
            differenceHigh: Bootstrap.quantile((1 + level) / 2, ofSorted: differences),
            pValue: Double(oneSided + 1) / Double(replicates + 1),
            twoSidedPValue: Double(twoSided + 1) / Double(replicates + 1),
            level: level,
            replicates: replicates,
            seed: seed
        )
    }
}
