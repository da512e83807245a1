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

    /// The definition, written out: the same draws, sums of plain counts, sorted differences.
    private static func reference(replicates: Int, seed: UInt64) -> (observed: Double, sorted: [Double], p: Double) {
        func mean(_ sentences: [Int]) -> Double {
            func f1(_ system: [PhraseCounts]) -> Double {
                let correct = sentences.map { system[$0].correct }.reduce(0, +)
                let predicted = sentences.map { system[$0].predicted }.reduce(0, +)
                let gold = sentences.map { system[$0].gold }.reduce(0, +)
                return PhraseCounts(correct: correct, predicted: predicted, gold: gold).f1
            }
            return zip(better, base).map { f1($0) - f1($1) }.reduce(0, +) / Double(base.count)
        }
        let observed = mean(Array(gold.indices))
        var generator = SplitMix64(seed: seed)
        let drawn = (0..<replicates).map { _ in mean(gold.indices.map { _ in generator.index(below: gold.count) }) }
        let beyond = drawn.count { ($0 - observed).magnitude >= observed.magnitude }
        return (observed, drawn.sorted(), Double(beyond + 1) / Double(replicates + 1))
    }

    @Test func bootstrapIsItsDefinition() throws {
        let expected = Self.reference(replicates: 1000, seed: 7)
        let found = try SeedComparison(
            base: Self.base, system: Self.better, test: PairedBootstrap(replicates: 1000, seed: 7))
        #expect((found.resampled.difference - expected.observed).magnitude < 1e-9)
        #expect((found.resampled.differenceLow - Bootstrap.quantile(0.025, ofSorted: expected.sorted)).magnitude < 1e-9)
        #expect(
            (found.resampled.differenceHigh - Bootstrap.quantile(0.975, ofSorted: expected.sorted)).magnitude < 1e-9)
        #expect((found.resampled.twoSidedPValue - expected.p).magnitude < 2.1 / 1001)
        #expect((found.differences.mean - expected.observed).magnitude < 1e-9)
    }

    /// F1 = 200 · correct / (predicted + gold), by hand; interval and p-value by a program in another language.
    @Test func goldenValues() throws {
        let found = try SeedComparison(
            base: Self.base, system: Self.better, test: PairedBootstrap(replicates: 1000, seed: 7))
        let base = [800.0 / 19, 800.0 / 21, 800.0 / 20], system = [1000.0 / 20, 1000.0 / 21, 800.0 / 19]
        for (score, golden) in zip(found.base + found.system, base + system) {
            #expect((score - golden).magnitude < 1e-9)
        }
        #expect((found.resampled.differenceLow + 7.613554568789123).magnitude < 1e-9)
        #expect((found.resampled.differenceHigh - 22.50741483462071).magnitude < 1e-9)
        #expect((found.resampled.twoSidedPValue - 407.0 / 1001).magnitude < 2.1 / 1001)
        #expect(
            found.table() == """
                base        40.07 ± 2.01
                system      46.57 ± 4.05
                difference  +6.51 ± 3.90, paired over 3 seeds
                95 % CI     -7.61 to +22.51, 1000 replicates of 8 sentences, seed 7
                p           0.4066, two-sided

                """)
    }

    @Test func oneSeedIsThePairedBootstrap() throws {
        let test = PairedBootstrap(replicates: 300, seed: 3)
        let found = try SeedComparison(base: [Self.base[0]], system: [Self.better[0]], test: test)
        #expect(try found.resampled == test.compare(Self.better[0], Self.base[0]))
        #expect(found.differences.standardDeviation == nil)
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
        #expect((many.differenceLow - one.differenceLow).magnitude < 1e-9)
        #expect((many.differenceHigh - one.differenceHigh).magnitude < 1e-9)
    }

    @Test func seedsOnOtherGoldDataAreRefused() {
        let other = Self.base[0].map { PhraseCounts(correct: 0, predicted: 0, gold: $0.gold + 1) }
        #expect(throws: EvaluationError.self) {
            try PairedBootstrap(replicates: 5, seed: 1).compareSeeds([Self.base[0], other], [Self.base[0], other])
        }
    }
}
