import Randomness

/// Approximate randomization test of the difference in F1 of two systems on the same test file.
///
/// If the systems were equal, swapping their output in a random half of the sentences would not matter.
///
/// - Note: Yeh 2000, "More accurate tests for the statistical significance of result differences"; Noreen 1989.
package struct ApproximateRandomization: Equatable, Sendable {
    /// What the test found; the difference is first system minus second, in points of F1.
    package struct Outcome: Equatable, Sendable {
        package var difference: Double

        /// Two-sided.
        package var pValue: Double

        package var replicates: Int
        package var seed: UInt64
    }

    package var replicates: Int
    package var seed: UInt64

    /// - Precondition: `replicates` is positive.
    package init(replicates: Int = 10_000, seed: UInt64) {
        precondition(replicates > 0, "replicates \(replicates) must be greater than zero")
        self.replicates = replicates
        self.seed = seed
    }

    /// Compares two systems.
    ///
    /// - Parameters:
    ///   - first: Counts of each sentence of one system, see ``SpanScorer/sentenceTotals``.
    ///   - second: Counts of each sentence of the other one, in the same order.
    /// - Returns: The difference over all sentences and its p-value.
    /// - Throws: ``EvaluationError`` when the systems were not scored on the same sentences.
    /// - Complexity: O(`replicates` · `first.count`) integer additions.
    package func compare(_ first: [PhraseCounts], _ second: [PhraseCounts]) throws(EvaluationError) -> Outcome {
        let observed = try PairedCounts.difference(first, second)
        var generator = SplitMix64(seed: seed)
        var asLarge = 0
        for _ in 0..<replicates {
            var firstSum = PhraseCounts()
            var secondSum = PhraseCounts()
            var coins: UInt64 = 0
            for index in first.indices {
                // One draw serves 64 sentences, lowest bit first.
                if index % 64 == 0 { coins = generator.next() }
                if coins & 1 == 0 {
                    firstSum += first[index]
                    secondSum += second[index]
                } else {
                    firstSum += second[index]
                    secondSum += first[index]
                }
                coins >>= 1
            }
            if (firstSum.f1 - secondSum.f1).magnitude >= observed.magnitude { asLarge += 1 }
        }
        return Outcome(
            difference: observed,
            pValue: Double(asLarge + 1) / Double(replicates + 1),
            replicates: replicates,
            seed: seed
        )
    }
}
