import Evaluation
import Statistics

/// What the analysis of a gain found, in sentences built from its figures.
struct GainText {
    private let analysis: GainAnalysis

    init(_ analysis: GainAnalysis) { self.analysis = analysis }

    var markdown: String {
        "## What `\(analysis.method)` gains over `\(analysis.base)`\n\n" + sentences.map { "- \($0)\n" }.joined()
            + "\n" + StudyTables.table(unitHead, unitRows)
            + StudyTables.table(Self.correlationHead, correlationRows) + StudyTables.table(Self.slopeHead, slopeRows)
            + StudyTables.table(Self.sourceHead, sourceRows) + StudyTables.table(otherHead, otherRows)
    }

    static func number(_ value: Double, _ decimals: Int = 2) -> String {
        StudyTables.decimal(value, decimals: decimals, signed: true)
    }

    static func interval(_ interval: Interval?, _ decimals: Int = 2) -> String {
        interval.map { "\(number($0.low, decimals)) to \(number($0.high, decimals))" } ?? "-"
    }

    /// First what was decided beforehand, then what it found, then what it does not say.
    var sentences: [String] {
        let count = Set(analysis.units.map(\.target)).count
        var lines = [
            "Decided beforehand: the gain of `\(analysis.method)` over `\(analysis.base)` against \(analysis.primaryMeasure), one value for each language; everything else below is explored.",
            "Of \(analysis.units.count) gains on \(count) languages \(analysis.units.count { $0.gain > 0 }) are above zero; the 95 % interval lies above zero for \(Self.list(analysis.better)), below zero for \(Self.list(analysis.worse)).",
        ]
        lines += primary + models + robustness + holes
        if !analysis.leftOutTargets.isEmpty {
            lines.append(
                "Not scored or not measured, and left out: \(analysis.leftOutTargets.joined(separator: ", ")).")
        }
        if !analysis.unusedCovariates.isEmpty {
            lines.append(
                "Not in the models, which may have a fifth as many predictors as there are languages: \(analysis.unusedCovariates.joined(separator: ", "))."
            )
        }
        return lines + [seen]
    }

    /// What is not in the tables of measures, and why.
    private var holes: [String] {
        var lines: [String] = []
        // Measures of one kind lack the same pairs.
        var known: Set<[String]> = []
        let groups = analysis.missing.map(\.pairs).filter { known.insert($0).inserted }.map { pairs in
            "\(analysis.missing.filter { $0.pairs == pairs }.map(\.measure).joined(separator: " / ")) for \(Self.list(pairs))"
        }
        if !groups.isEmpty {
            lines.append(
                "Undefined or not measured for a pair, which is left out of that measure alone: \(groups.joined(separator: "; "))."
            )
        }
        if !analysis.withoutCorrelation.isEmpty {
            lines.append(
                "No correlation can be computed, with fewer than three languages or without variation: \(analysis.withoutCorrelation.joined(separator: " / "))."
            )
        }
        return lines
    }

    private var seen: String {
        guard analysis.hasSeenMentions else {
            return
                "Mentions seen and not seen in the source are not told apart: the counts of sentences do not have them (evaluate --counts with --seen)."
        }
        func mean(_ change: (GainUnit) -> Double?) -> String {
            let values = analysis.units.compactMap(change)
            return "\(values.isEmpty ? "-" : Self.number(ExactMean.of(values), 1)) (mean of \(values.count) gains)"
        }
        return
            "Recall changes by \(mean(\.seenRecallChange)) on entities whose words stand as one in what was learnt from, by \(mean(\.unseenRecallChange)) on all others."
    }

    private var primary: [String] {
        guard let found = analysis.correlations.first(where: \.isPrimary) else {
            return [
                "No correlation with \(analysis.primaryMeasure) can be computed: fewer than three languages, or no variation."
            ]
        }
        let permutations = found.isExact ? "all permutations" : "9,999 drawn permutations"
        let few = found.languages < 10 ? " With fewer than ten languages no claim rests on it." : ""
        return [
            "Spearman's rho with \(found.measure) is \(Self.number(found.rho)) over \(found.languages) languages, "
                + "\(StudyTables.probability(found.pValue)) by \(permutations) (95 %: \(Self.interval(found.fisher)) by Fisher's transformation, \(Self.interval(found.bootstrap)) with languages drawn).\(few)"
        ]
    }

    private var models: [String] {
        var lines: [String] = []
        if let model = analysis.slopes.last(where: { $0.model.hasPrefix("mixed") }) {
            lines.append(
                "In the mixed model (\(model.model)) a unit of \(analysis.primaryMeasure) goes with \(Self.number(model.value)) F1 (standard error \(FixedDecimal.text(model.standardError, decimals: 2)), \(StudyTables.probability(model.pValue)))."
            )
        }
        if let found = analysis.permutation {
            let centered =
                analysis.centeredPermutation.map {
                    ", and \(StudyTables.probability($0.pValue)) with the means of sources and targets taken out"
                } ?? ""
            let some =
                found.languages < Set(analysis.units.map(\.target)).count
                ? " (of the \(found.languages) that every source taught)" : ""
            lines.append(
                "With the names of the languages\(some) permuted, not the cells: \(StudyTables.probability(found.pValue))\(centered)."
            )
        }
        return lines
    }

    private var robustness: [String] {
        var lines: [String] = []
        for kind in ["family", "script"] {
            let rhos = analysis.leaveOut.filter { $0.kind == kind }.compactMap(\.rho)
            guard rhos.count > 1, let low = rhos.min(), let high = rhos.max() else { continue }
            lines.append("With one \(kind) left out rho lies between \(Self.number(low)) and \(Self.number(high)).")
        }
        if let same = analysis.coupling.sameSeeds {
            let other = analysis.coupling.otherSeeds.map { Self.number($0) } ?? "unknown"
            lines.append(
                "The gain against the F1 of `\(analysis.base)` itself: rho \(other) where that is of other seeds than the gain; \(Self.number(same)) of the same seeds, which have their noise in common and say nothing."
            )
        }
        return lines
    }

    /// How many and which; of more than thirty the number alone.
    static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : "\(names.count)" + (names.count > 30 ? "" : " (\(names.joined(separator: ", ")))")
    }

    var unitHead: [String] {
        [
            "source", "target", "base F1", "F1", "gain", "95 %", "relative error reduction", "precision", "recall",
        ] + (analysis.hasSeenMentions ? ["recall, seen", "recall, unseen"] : [])
    }

    var unitRows: [[String]] {
        analysis.units.map { unit in
            [
                unit.source, unit.target + (unit.variant.isEmpty ? "" : " (\(unit.variant))"),
                FixedDecimal.text(unit.baseF1, decimals: 1), FixedDecimal.text(unit.f1, decimals: 1),
                StudyTables.meanAndDeviation(unit.gains, signed: true), Self.interval(unit.interval, 1),
                "\(Self.number(unit.relativeErrorReduction, 1)) %", Self.number(unit.precisionChange, 1),
                Self.number(unit.recallChange, 1),
            ]
                + (analysis.hasSeenMentions
                    ? [unit.seenRecallChange, unit.unseenRecallChange].map { $0.map { Self.number($0, 1) } ?? "-" }
                    : [])
        }
    }

    static let correlationHead = [
        "measure", "languages", "rho", "p", "p, corrected", "95 %, Fisher", "95 %, languages drawn",
    ]

    var correlationRows: [[String]] {
        analysis.correlations.map { found in
            [
                found.measure + (found.isPrimary ? " (decided beforehand)" : ""), "\(found.languages)",
                Self.number(found.rho),
                StudyTables.probability(found.pValue), found.isPrimary ? "-" : StudyTables.probability(found.corrected),
                Self.interval(found.fisher), Self.interval(found.bootstrap),
            ]
        }
    }

    static let slopeHead = ["model", "slope", "standard error", "p", "95 %, languages drawn", "variances"]

    var slopeRows: [[String]] {
        analysis.slopes.map { slope in
            [
                slope.model, Self.number(slope.value), FixedDecimal.text(slope.standardError, decimals: 2),
                StudyTables.probability(slope.pValue), Self.interval(slope.interval),
                slope.variances.sorted { $0.key < $1.key }.map {
                    "\($0.key) \(FixedDecimal.text($0.value, decimals: 2))"
                }
                .joined(separator: ", "),
            ]
        }
    }

    static let sourceHead = [
        "source", "languages", "base F1", "gain", "above 0", "below 0", "rho", "p", "95 %, Fisher",
    ]

    var sourceRows: [[String]] {
        analysis.bySource.map { row in
            [row.name, "\(row.languages)", FixedDecimal.text(row.baseF1, decimals: 1)] + Self.gain(row)
                + [row.pValue.map(StudyTables.probability) ?? "-", Self.interval(row.fisher)]
        }
    }

    var otherHead: [String] {
        [
            "other method, explored", "languages", "gain", "above 0", "below 0", "rho with \(analysis.primaryMeasure)",
            "p", "p, corrected", "95 %, Fisher",
        ]
    }

    var otherRows: [[String]] {
        analysis.otherMethods.map { row in
            [row.name, "\(row.languages)"] + Self.gain(row)
                + [row.pValue, row.corrected].map { $0.map(StudyTables.probability) ?? "-" }
                + [Self.interval(row.fisher)]
        }
    }

    /// Of the columns from the gain to rho.
    private static func gain(_ row: GainAnalysis.Group) -> [String] {
        [number(row.gain, 1), "\(row.better)", "\(row.worse)", row.rho.map { number($0) } ?? "-"]
    }
}
