import Randomness
import Testing

@testable import Evaluation

/// Many systems compared at once, against one pair at a time.
struct DrawnScoresTests {
    private static func systems(_ count: Int, sentences: Int, largest: Int, seed: UInt64) -> [[PhraseCounts]] {
        var generator = SplitMix64(seed: seed)
        // Half of the sentences have no entity, as in a corpus.
        let gold = (0..<sentences).map { _ in generator.index(below: 2) * generator.index(below: largest) }
        return (0..<count).map { _ in
            gold.map { gold in
                let predicted = gold > 0 ? generator.index(below: largest) : generator.index(below: 9) / 8
                return PhraseCounts(
                    correct: generator.index(below: min(gold, predicted) + 1), predicted: predicted, gold: gold)
            }
        }
    }

    /// With counts whose sums are too large for a float they are added one by one.
    @Test(arguments: [4, 1 << 22])
    func thePairsAreThoseOfTheBootstrap(largest: Int) throws {
        let systems = Self.systems(7, sentences: 90, largest: largest, seed: 3)
        let test = PairedBootstrap(replicates: 150, seed: 5)
        let drawn = try DrawnScores(systems, test: test)
        for (own, base) in [([0, 1, 2], [3, 4, 5]), ([6, 6, 0], [1, 2, 6]), ([2], [4]), ([1], [1])] {
            let expected = try SeedComparison(
                base: base.map { systems[$0] }, system: own.map { systems[$0] }, test: test)
            #expect(drawn.comparison(of: own, with: base) == expected)
        }
    }

    @Test func otherGoldIsRefused() {
        var systems = Self.systems(2, sentences: 9, largest: 3, seed: 1)
        systems[1][4].gold += 1
        #expect(throws: EvaluationError.self) {
            try DrawnScores(systems, test: PairedBootstrap(replicates: 3, seed: 1))
        }
    }

    @Test func nothingIsFoundInNothing() throws {
        let drawn = try DrawnScores(
            [[PhraseCounts()], [PhraseCounts()]], test: PairedBootstrap(replicates: 3, seed: 1))
        #expect(drawn.comparison(of: [0], with: [1]).resampled.acrossSentences.twoSidedPValue == 1)
    }
}
