import Randomness
import Statistics
import Testing

@testable import Evaluation

/// Two systems with several seeds on the same sentences.
struct SeedComparisonTests {
    private static let gold = [1, 2, 0, 1, 3, 0, 2, 1]

    private static func system(_ correct: [Int], _ predicted: [Int]) -> [PhraseCounts] {
        gold.indices.map { PhraseCounts(correct: correct[$0], predicted: predicted[$0], gold: gold[$0]) }
    }
    private static let base = [
        system([1, 1, 0, 0, 1, 0, 0, 1], [1, 2, 1, 1, 2, 0, 1, 1]),
        system([0, 1, 0, 0, 2, 0, 1, 0], [0, 2, 0, 2, 3, 1, 2, 1]),
        system([1, 0, 0, 1, 1, 0, 1, 0], [2, 1, 0, 1, 2, 0, 2, 2]),
    ]
    private static let better = [
        system([1, 2, 0, 0, 1, 0, 0, 1], [1, 2, 1, 1, 3, 0, 1, 1]),
        system([0, 1, 0, 0, 2, 0, 1, 1], [1, 2, 0, 1, 3, 1, 2, 1]),
        system([1, 1, 0, 0, 1, 0, 1, 0], [1, 1, 1, 1, 2, 0, 2, 1]),
    ]

    /// Replicates of the mean difference, and what they say of it.
    private struct Expected {
        var drawn: [Double]
        var low: Double { Quantile.ofSorted(0.025, drawn.sorted()) }
        var high: Double { Quantile.ofSorted(0.975, drawn.sorted()) }

        func pValue(_ observed: Double) -> Double {
            Double(drawn.count { ($0 - observed).magnitude >= observed.magnitude } + 1) / Double(drawn.count + 1)
        }
    }

    /// The definition, written out: the same draws, sums of plain counts.
    private static func reference(
        replicates: Int, seed: UInt64
    ) -> (observed: Double, sentences: Expected, seeds: Expected) {
        func mean(_ seeds: [Int], _ sentences: [Int]) -> Double {
            func f1(_ system: [PhraseCounts]) -> Double {
                let correct = sentences.map { system[$0].correct }.reduce(0, +)
                let predicted = sentences.map { system[$0].predicted }.reduce(0, +)
                let gold = sentences.map { system[$0].gold }.reduce(0, +)
                return PhraseCounts(correct: correct, predicted: predicted, gold: gold).f1
            }
            return seeds.map { f1(better[$0]) - f1(base[$0]) }.reduce(0, +) / Double(seeds.count)
        }
        let all = Array(base.indices)
        var ofSentences = SplitMix64(seed: seed), ofSeeds = SplitMix64(seed: ~seed)
        var sentences = Expected(drawn: []), seeds = Expected(drawn: [])
        for _ in 0..<replicates {
            let drawn = gold.indices.map { _ in ofSentences.index(below: gold.count) }
            sentences.drawn.append(mean(all, drawn))
            seeds.drawn.append(mean(all.map { _ in ofSeeds.index(below: all.count) }, drawn))
        }
        return (mean(all, Array(gold.indices)), sentences, seeds)
    }

    @Test func bootstrapIsItsDefinition() throws {
        let expected = Self.reference(replicates: 1000, seed: 7)
        let found = try SeedComparison(
            base: Self.base, system: Self.better, test: PairedBootstrap(replicates: 1000, seed: 7))
        let drawn = found.resampled
        #expect((drawn.difference - expected.observed).magnitude < 1e-9)
        #expect((drawn.acrossSentences.low - expected.sentences.low).magnitude < 1e-9)
        #expect((drawn.acrossSentences.high - expected.sentences.high).magnitude < 1e-9)
        #expect(
            (drawn.acrossSentences.twoSidedPValue - expected.sentences.pValue(expected.observed)).magnitude < 2.1 / 1001
        )
        let across = try #require(drawn.acrossSeeds)
        #expect((across.low - expected.seeds.low).magnitude < 1e-9)
        #expect((across.high - expected.seeds.high).magnitude < 1e-9)
        #expect((across.twoSidedPValue - expected.seeds.pValue(expected.observed)).magnitude < 2.1 / 1001)
        #expect((found.differences.mean - expected.observed).magnitude < 1e-9)
    }

    /// One of three seeds makes all of the difference: every sentence agrees on it, the seeds do not.
    @Test func seedsThatDisagreeWidenTheInterval() throws {
        let none = [PhraseCounts](repeating: PhraseCounts(correct: 0, predicted: 1, gold: 1), count: 50)
        let all = [PhraseCounts](repeating: PhraseCounts(correct: 1, predicted: 1, gold: 1), count: 50)
        let found = try PairedBootstrap(replicates: 2000, seed: 1).compareSeeds([all, none, none], [none, none, none])
        #expect(
            (found.acrossSentences.low - 100.0 / 3).magnitude < 1e-9
                && (found.acrossSentences.high - 100.0 / 3).magnitude < 1e-9)
        let across = try #require(found.acrossSeeds)
        // The seed is drawn 0 to 3 times of three: a binomial, P(0) = 8/27 and P(3) = 1/27.
        #expect(across.low == 0 && (across.high - 100).magnitude < 1e-9)
        #expect((across.twoSidedPValue - (8.0 + 6 + 1) / 27).magnitude < 0.04)
    }

    /// F1 = 200 · correct / (predicted + gold), by hand; interval and p-value by a program in another language.
    @Test func goldenValues() throws {
        let found = try SeedComparison(
            base: Self.base, system: Self.better, test: PairedBootstrap(replicates: 1000, seed: 7))
        let base = [800.0 / 19, 800.0 / 21, 800.0 / 20], system = [1000.0 / 20, 1000.0 / 21, 800.0 / 19]
        for (score, golden) in zip(found.base + found.system, base + system) {
            #expect((score - golden).magnitude < 1e-9)
        }
        #expect((found.resampled.acrossSentences.low + 7.613554568789123).magnitude < 1e-9)
        #expect((found.resampled.acrossSentences.high - 22.50741483462071).magnitude < 1e-9)
        #expect((found.resampled.acrossSentences.twoSidedPValue - 407.0 / 1001).magnitude < 2.1 / 1001)
        let across = try #require(found.resampled.acrossSeeds)
        #expect((across.low + 13.151137648041672).magnitude < 1e-9)
        #expect((across.high - 25.016702741702737).magnitude < 1e-9)
        #expect((across.twoSidedPValue - 454.0 / 1001).magnitude < 2.1 / 1001)
        #expect(
            found.table() == """
                base        40.07 ± 2.01
                system      46.57 ± 4.05
                difference  +6.51 ± 3.90, paired over 3 seeds
                95 % CI     -7.61 to +22.51, p 0.4066 two-sided: 1000 replicates of 8 sentences, seed 7
                            -13.15 to +25.02, p 0.4535 two-sided: with the seeds drawn too

                """)
    }

    @Test func oneSeedIsThePairedBootstrap() throws {
        let test = PairedBootstrap(replicates: 300, seed: 3)
        let found = try SeedComparison(base: [Self.base[0]], system: [Self.better[0]], test: test)
        #expect(try found.resampled == test.compare(Self.better[0], Self.base[0]))
        #expect(found.differences.standardDeviation == nil && found.resampled.acrossSeeds == nil)
        #expect(found.jsonObject().contains("\"standardDeviation\":null"))
        #expect(!found.table().contains("±") && found.table().contains("paired over 1 seed\n"))
    }

    /// More seeds than fill one vector, and numbers that do not.
    @Test(arguments: 1...9)
    func manySeedsOfOneKindAreThatOne(_ count: Int) throws {
        let test = PairedBootstrap(replicates: 100, seed: 5)
        let one = try test.compare(Self.better[1], Self.base[1])
        let many = try test.compareSeeds(
            [[PhraseCounts]](repeating: Self.better[1], count: count),
            [[PhraseCounts]](repeating: Self.base[1], count: count))
        #expect((many.difference - one.difference).magnitude < 1e-9)
        #expect((many.acrossSentences.low - one.acrossSentences.low).magnitude < 1e-9)
        #expect((many.acrossSentences.high - one.acrossSentences.high).magnitude < 1e-9)
        // Which of equal seeds are drawn makes no difference.
        guard let across = many.acrossSeeds else { #expect(count == 1); return }
        #expect((across.low - one.acrossSentences.low).magnitude < 1e-9)
        #expect((across.high - one.acrossSentences.high).magnitude < 1e-9)
    }

    @Test func seedsOnOtherGoldDataAreRefused() {
        let other = Self.base[0].map { PhraseCounts(correct: 0, predicted: 0, gold: $0.gold + 1) }
        #expect(throws: EvaluationError.self) {
            try PairedBootstrap(replicates: 5, seed: 1).compareSeeds([Self.base[0], other], [Self.base[0], other])
        }
    }
}
