import Randomness
import Testing

@testable import Evaluation

struct ResamplingTests {
    /// One gold and one predicted entity per sentence, right with the given probability: the true F1 is 100 times it.
    private func units(count: Int, probability: Double, generator: inout SplitMix64) -> [PhraseCounts] {
        (0..<count).map { _ in
            let right = Double(generator.next() >> 11) / 9_007_199_254_740_992 < probability
            return PhraseCounts(correct: right ? 1 : 0, predicted: 1, gold: 1)
        }
    }

    @Test func sameSeedGivesTheSameIntervalAndAnotherSeedAnother() {
        var generator = SplitMix64(seed: 1)
        let units = units(count: 60, probability: 0.6, generator: &generator)
        let first = Bootstrap(replicates: 200, seed: 9).interval(of: units)
        #expect(first == Bootstrap(replicates: 200, seed: 9).interval(of: units))
        #expect(first != Bootstrap(replicates: 200, seed: 10).interval(of: units))
        #expect(first.level == 0.95 && first.replicates == 200 && first.seed == 9)
    }

    @Test func nominal95PercentIntervalsCoverTheTruth() {
        var generator = SplitMix64(seed: 2024)
        let trials = 300
        var covered = 0
        var width = 0.0
        for trial in 0..<trials {
            let units = units(count: 80, probability: 0.7, generator: &generator)
            let interval = Bootstrap(replicates: 150, seed: UInt64(trial)).interval(of: units)
            if interval.f1Low <= 70, interval.f1High >= 70 { covered += 1 }
            width += interval.f1High - interval.f1Low
        }
        // Percentile intervals of a proportion with n = 80 cover a little less than 95 %; three standard errors of 300
        // trials are 3.8 points.
        let coverage = Double(covered) / Double(trials)
        #expect(coverage > 0.895 && coverage < 0.985, "coverage \(coverage)")
        // 2 * 1.96 * sqrt(0.7 * 0.3 / 80) * 100 = 20.1 points.
        #expect((width / Double(trials) - 20.1).magnitude < 1, "mean width \(width / Double(trials))")
    }

    @Test func widerLevelGivesWiderInterval() {
        var generator = SplitMix64(seed: 4)
        let units = units(count: 50, probability: 0.5, generator: &generator)
        let narrow = Bootstrap(replicates: 300, level: 0.5, seed: 1).interval(of: units)
        let wide = Bootstrap(replicates: 300, level: 0.99, seed: 1).interval(of: units)
        #expect(wide.f1Low < narrow.f1Low && narrow.f1High < wide.f1High)
    }

    @Test func systemAgainstItselfShowsNoDifference() throws {
        var generator = SplitMix64(seed: 5)
        let units = units(count: 40, probability: 0.6, generator: &generator)
        let paired = try PairedBootstrap(replicates: 200, seed: 1).compare(units, units)
        #expect(paired.difference == 0 && paired.acrossSentences.low == 0 && paired.acrossSentences.high == 0)
        #expect(paired.pValue == 1 && paired.acrossSentences.twoSidedPValue == 1)
        let swapped = try ApproximateRandomization(replicates: 200, seed: 1).compare(units, units)
        #expect(swapped.difference == 0 && swapped.pValue == 1)
    }

    @Test func clearlyBetterSystemIsSignificantInOneDirectionOnly() throws {
        var generator = SplitMix64(seed: 6)
        let better = units(count: 150, probability: 0.85, generator: &generator)
        let worse = units(count: 150, probability: 0.55, generator: &generator)
        let test = PairedBootstrap(replicates: 500, seed: 1)
        let forward = try test.compare(better, worse)
        let backward = try test.compare(worse, better)
        #expect(
            forward.acrossSentences.low > 0 && forward.pValue < 0.01 && forward.acrossSentences.twoSidedPValue < 0.01)
        #expect(
            backward.acrossSentences.high < 0 && backward.pValue > 0.9 && backward.acrossSentences.twoSidedPValue < 0.01
        )
        #expect(backward.difference == -forward.difference)
        #expect(try ApproximateRandomization(replicates: 500, seed: 1).compare(better, worse).pValue < 0.01)
    }

    /// With one sentence there are two outcomes, both as extreme as the observed one; with three discordant sentences
    /// one swap pattern in four is.
    @Test func randomizationFindsTheExactProbability() throws {
        let right = PhraseCounts(correct: 1, predicted: 1, gold: 1)
        let wrong = PhraseCounts(correct: 0, predicted: 1, gold: 1)
        let one = try ApproximateRandomization(replicates: 100, seed: 3).compare([right], [wrong])
        #expect(one.pValue == 1 && one.difference == 100)
        let three = try ApproximateRandomization(replicates: 20_000, seed: 3)
            .compare([right, right, right], [wrong, wrong, wrong])
        #expect((three.pValue - 0.25).magnitude < 0.01, "\(three.pValue)")
    }

    /// Every bit of a draw must be used: only sentences 0, 63, 64 and 130 differ, so one pattern in eight is extreme.
    @Test func randomizationTossesACoinForEverySentence() throws {
        let right = PhraseCounts(correct: 1, predicted: 1, gold: 1)
        let wrong = PhraseCounts(correct: 0, predicted: 1, gold: 1)
        let first = [PhraseCounts](repeating: right, count: 131)
        var second = first
        for index in [0, 63, 64, 130] { second[index] = wrong }
        let outcome = try ApproximateRandomization(replicates: 4000, seed: 8).compare(first, second)
        #expect((outcome.pValue - 0.125).magnitude < 0.02, "\(outcome.pValue)")
    }

    @Test func noUnitsGiveNoDifference() throws {
        let paired = try PairedBootstrap(replicates: 5, seed: 1).compare([PhraseCounts](), [])
        #expect(paired.difference == 0 && paired.pValue == 1)
        #expect(try ApproximateRandomization(replicates: 5, seed: 1).compare([], []).pValue == 1)
    }

    @Test func systemsOnDifferentTestFilesAreRefused() {
        let unit = PhraseCounts(correct: 0, predicted: 0, gold: 1)
        #expect(throws: EvaluationError.unequalUnitCounts(first: 2, second: 1)) {
            try PairedBootstrap(replicates: 5, seed: 1).compare([unit, unit], [unit])
        }
        #expect(throws: EvaluationError.differentGold(unit: 1, first: 1, second: 0)) {
            try ApproximateRandomization(replicates: 5, seed: 1).compare([unit, unit], [unit, PhraseCounts()])
        }
    }
}
