import Randomness
import Shards
import Statistics
import Testing

@testable import Studies

struct GainAnalysisTests {
    private static let text = """
        cell: [x]
        axes: {method: [a], target: [t], seed: [1]}
        measures: d.csv
        gain: {of: tsl, over: direct, measure: distance, covariates: [first, second, third]}
        """

    private static func question() throws -> GainQuestion {
        try #require(try StudyDefinition(text: text, path: "s.yaml").gain)
    }

    /// 12 languages, 5 seeds; the base's noise of a seed is missing from the gain of that seed.
    private static func units(
        noise: Double, unit: Double = 1, missing: Set<Int> = [], gain: (_ distance: Double) -> Double
    ) -> [GainUnit] {
        var random = RandomSource(seed: 4, stream: .survey)
        return (0..<12).map { number in
            let distance = Double(number) / 11
            let noises = (0..<5).map { _ in noise * random.nextNormal() }
            let gains = noises.map { gain(distance) - $0 }, mean = ExactMean.of(gains)
            var measures = ["distance": unit * distance, "other": Double(number * 7 % 12), "same": 1]
            if missing.contains(number) { measures["other"] = nil }
            return GainUnit(
                variant: "", source: "en", target: "t\(number)", family: "f\(number % 3)",
                script: number < 11 ? "Latn" : nil,
                baseF1: 50 + ExactMean.of(noises), f1: 50 + gain(distance), gains: gains, gain: mean,
                interval: Interval(low: mean - 1, high: mean + 1), relativeErrorReduction: 2 * mean, precisionChange: 0,
                recallChange: 0, seenRecallChange: nil, unseenRecallChange: nil,
                baseScores: noises.map { 50 + $0 }, measures: measures,
                covariates: [Double(number * 5 % 12), 1, 2])
        }
    }

    @Test func aGainThatGrowsIsFound() throws {
        let analysis = GainAnalysis(
            try Self.question(), Self.units(noise: 0.1) { -2 + 6 * $0 }, targets: (0..<13).map { "t\($0)" },
            measures: ["other", "distance"])
        let primary = try #require(analysis.correlations.first)
        #expect(primary.measure == "distance" && primary.isPrimary && primary.rho > 0.95 && primary.pValue < 0.001)
        #expect(
            analysis.correlations.count == 2 && analysis.correlations[1].corrected == analysis.correlations[1].pValue)
        #expect(analysis.worse == ["t0", "t1"] && analysis.better.last == "t11" && analysis.leftOutTargets == ["t12"])
        for slope in analysis.slopes where !slope.model.contains("square") {
            #expect((slope.value - 6).magnitude < 0.5, "\(slope)")
        }
        // One source: no effect of sources to be told from the constant.
        #expect(analysis.slopes.map(\.model) == ["weighted", "weighted, square", "mixed, targets"])
        #expect((analysis.permutation?.pValue ?? 1) < 0.001 && analysis.centeredPermutation == nil)
        #expect(analysis.leaveOut.map(\.value) == ["f0", "f1", "f2", "Latn"] && analysis.leaveOut[0].languages == 8)
        // A fifth of twelve languages, one place of which is the measure's.
        #expect(analysis.unusedCovariates == ["second", "third"])
        let sentences = GainText(analysis).sentences
        #expect(sentences[0].hasPrefix("Decided beforehand: the gain of `tsl` over `direct` against distance"))
        #expect(sentences[1].contains("below zero for 2 (t0, t1)"), "\(sentences[1])")
        #expect(sentences.contains { $0.contains("0 of other seeds") || $0.contains("of other seeds than the gain") })
    }

    /// Where a source is among the targets, or taught not all of them, a permuted pair may be one that was not scored.
    @Test func namesArePermutedAmongTheLanguagesThatAllSourcesTaught() throws {
        let units = ["a", "b", "c"].flatMap { source in
            Self.units(noise: 0.1) { 6 * $0 }.filter { source != "c" || $0.target != "t3" }.map { unit in
                GainUnit(
                    variant: "source=\(source)", source: source, target: unit.target, family: nil, script: nil,
                    baseF1: unit.baseF1, f1: unit.f1, gains: unit.gains, gain: unit.gain, interval: unit.interval,
                    relativeErrorReduction: 0, precisionChange: 0, recallChange: 0, seenRecallChange: nil,
                    unseenRecallChange: nil, baseScores: unit.baseScores, measures: unit.measures,
                    covariates: unit.covariates)
            }
        }
        let analysis = GainAnalysis(try Self.question(), units, targets: [], measures: ["distance"])
        let found = try #require(analysis.permutation)
        #expect(found.languages == 11 && found.pValue < 0.001, "\(found)")
        #expect(GainText(analysis).sentences.contains { $0.contains("(of the 11 that every source taught) permuted") })
    }

    /// Noise alone: of the same seeds the gain falls with the base's F1, of other seeds it does not.
    @Test func theCouplingTrapIsAvoided() throws {
        let analysis = GainAnalysis(
            try Self.question(), Self.units(noise: 3) { _ in 1 }, targets: [], measures: ["distance"])
        let same = try #require(analysis.coupling.sameSeeds), other = try #require(analysis.coupling.otherSeeds)
        #expect(same < -0.9 && other.magnitude < 0.4, "\(same) \(other)")
    }

    /// A measure that is undefined for a pair loses that pair, and says so; the others keep it.
    @Test func aMeasureWithoutAValueIsCounted() throws {
        let analysis = GainAnalysis(
            try Self.question(), Self.units(noise: 0.1, missing: [2, 5]) { $0 }, targets: [],
            measures: ["other", "distance", "same"])
        #expect(analysis.correlations.map(\.languages) == [12, 10])
        #expect(analysis.missing == [.init(measure: "other", pairs: ["en-t2", "en-t5"])])
        #expect(analysis.withoutCorrelation == ["same"])
        let sentences = GainText(analysis).sentences
        #expect(
            sentences.contains(
                "Undefined or not measured for a pair, which is left out of that measure alone: other for 2 (en-t2, en-t5)."
            ))
        #expect(sentences.contains { $0.hasPrefix("No correlation can be computed") && $0.hasSuffix(": same.") })
    }

    /// Gains that are all the same, and the largest numbers that are read: every figure is one, or is left out.
    @Test(arguments: [0.0, 1, -1], [1, 1e15, 1e-300])
    func whatIsNoNumberIsNotTold(gain: Double, unit: Double) throws {
        let analysis = GainAnalysis(
            try Self.question(), Self.units(noise: 0, unit: unit) { _ in gain }, targets: [], measures: ["distance"])
        let text = String(decoding: try JSON.encodePretty(analysis), as: UTF8.self) + GainText(analysis).markdown
        #expect(!text.contains("nan") && !text.contains("inf"), "\(text)")
        let varied = GainAnalysis(
            try Self.question(), Self.units(noise: 0.5, unit: unit) { gain * $0 }, targets: [], measures: ["distance"])
        #expect(try !JSON.encodePretty(varied).isEmpty && GainText(varied).markdown.contains("| distance"))
    }

    @Test func withTwoLanguagesNothingIsClaimed() throws {
        let analysis = GainAnalysis(
            try Self.question(), Array(Self.units(noise: 0.1) { $0 }.prefix(2)), targets: ["t0", "t1"],
            measures: ["distance"])
        #expect(
            analysis.correlations.isEmpty && analysis.permutation == nil
                && analysis.leaveOut.allSatisfy { $0.rho == nil })
        #expect(GainText(analysis).sentences.contains { $0.hasPrefix("No correlation with distance can be computed") })
    }
}
