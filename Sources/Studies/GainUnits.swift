import Evaluation
import Glibc
import Statistics

/// What one method gains over another for a source and a target, seed by seed.
struct GainUnit: Sendable, Encodable {
    /// Of the study's further axes; empty where there are none.
    let variant: String
    let source, target: String
    let family, script: String?
    /// F1 of the base and of the method, means over the seeds.
    let baseF1, f1: Double
    /// Their difference by seed, and its mean.
    let gains: [Double]
    let gain: Double
    /// With seeds and sentences drawn.
    let interval: Interval
    /// The share of what is wrong with the base that is right then: gain / (100 - F1 of the base), in percent.
    let relativeErrorReduction: Double
    let precisionChange, recallChange: Double
    /// Of the entities that were seen in what was learnt from, and of the others; nil where the counts do not tell.
    let seenRecallChange, unseenRecallChange: Double?
    /// F1 of the base by seed: to be held against gains of other seeds only.
    let baseScores: [Double]
    /// Of the study's measures file; missing where it was not measured.
    let measures: [String: Double]
    /// In the order of the question.
    let covariates: [Double]?

    /// The target, and which variant where there are several.
    var label: String { variant.isEmpty ? target : "\(target) (\(variant))" }

    /// The variance of the mean gain over the seeds; nil with one seed.
    var variance: Double? {
        SeedSummary(gains).standardDeviation.map { $0 * $0 / Double(gains.count) }
    }
}

extension GainUnit {
    /// - Parameter method: The one that is asked about, or another.
    /// - Returns: nil where one of both was not scored.
    init?(
        _ materials: GainMaterials, _ method: String, _ target: String, _ scores: StudyScores,
        _ comparisons: StudyComparisons
    ) {
        let question = materials.question, measures = materials.measures, languages = materials.languages
        guard let cell = comparisons.row(method, question.base).first(where: { $0.target == target }) else {
            return nil
        }
        let variant = scores.variant, seeds = cell.found.differences.map(\.seed)
        let own = scores.totals(method, target), base = scores.totals(question.base, target)
        func mean(_ counts: [String: PhraseCounts], _ value: (PhraseCounts) -> Double) -> Double {
            ExactMean.of(seeds.compactMap { counts[$0].map(value) })
        }
        self.variant = variant.title
        self.target = target
        source = variant.value("source") ?? variant.value("sources") ?? question.source
        family = languages?.word("family", target)
        script = languages?.word("script", target)
        f1 = mean(own, \.f1)
        baseF1 = mean(base, \.f1)
        gains = cell.found.differences.map(\.value)
        gain = cell.found.mean
        interval = Interval(low: cell.found.low, high: cell.found.high)
        relativeErrorReduction = baseF1 < 100 ? 100 * gain / (100 - baseF1) : 0
        precisionChange = mean(own, \.precision) - mean(base, \.precision)
        recallChange = mean(own, \.recall) - mean(base, \.recall)
        func change(_ side: SeenRecall.Side) -> Double? {
            let changes = scores.recallGain(side, method, over: question.base, target).map(\.value)
            return changes.isEmpty ? nil : ExactMean.of(changes)
        }
        (seenRecallChange, unseenRecallChange) = (change(.seen), change(.unseen))
        baseScores = seeds.compactMap { base[$0]?.f1 }
        let source = source
        self.measures = measures.names.reduce(into: [:]) { $0[$1] = measures.value($1, source: source, target: target) }
        let numbers = question.covariates.compactMap { Self.covariate($0, target, variant, languages) }
        covariates = numbers.count == question.covariates.count ? numbers : nil
    }

    /// A number of a language or of a further axis; `log NAME` is its natural logarithm.
    private static func covariate(
        _ name: String, _ target: String, _ variant: StudyVariant, _ languages: LanguageTable?
    ) -> Double? {
        if name.hasPrefix("log ") {
            let value = covariate(String(name.dropFirst(4)), target, variant, languages)
            return value.flatMap { $0 > 0 ? log($0) : nil }
        }
        return variant.value(name).flatMap(Double.init) ?? languages?.number(name, target)
    }
}
