package import Divergence
import Evaluation
import Shards
package import VectorSpaces

/// What was measured of one source and the target, as rows of one form.
package struct DivergenceReport: Sendable, Encodable {
    package struct Row: Sendable, Encodable {
        package let measure: String
        package let value: LexicalMeasures.Value
        /// Counts are printed without decimals.
        let isCount: Bool
        private enum CodingKeys: CodingKey { case measure, value }
    }

    package let target, source: String
    package private(set) var rows: [Row] = []
    /// What a ranking of sources asks for.
    package private(set) var evidence: SourceRanking.Evidence
    private enum CodingKeys: CodingKey { case target, source, rows }

    /// - Parameter seed: Of resamples.
    package init(
        target: (name: String, profile: TextProfile), source: (name: String, profile: TextProfile), number: Int,
        seed: UInt64
    ) {
        (self.target, self.source) = (target.name, source.name)
        let measures = LexicalMeasures(
            source: source.profile, target: target.profile, number: number, seed: seed)
        evidence = SourceRanking.Evidence(
            source: source.name, jaccard: measures.jaccard.value, ratio: measures.ratio)
        count("source words", source.profile.wordCount)
        count("target words", target.profile.wordCount)
        rows.append(Row(measure: "source types", value: measures.sourceTypes, isCount: true))
        rows.append(Row(measure: "target types", value: measures.targetTypes, isCount: true))
        add("same script", measures.sameScript)
        add("type Jaccard", measures.jaccard)
        add("word overlap", measures.wordOverlap)
        add("type coverage", measures.typeCoverage)
        add("token coverage", measures.tokenCoverage)
        add("frequency overlap", measures.frequencyOverlap)
        add("n-gram JSD", measures.jensenShannon)
        add("n-gram distance", measures.ngramDistance)
        add("type-token ratio distance", measures.ratioDistance)
        if let running = measures.running {
            add("running n-gram JSD", .init(running.whole, bound: measures.isSketch ? "at least" : nil))
            add(
                "running n-gram JSD, resampled",
                running.resampled.map { .init($0.mean, error: $0.deviation) } ?? .undefined)
        }
        if let pieces = measures.pieces { add(pieces) }
    }

    private mutating func add(_ pieces: PieceCounts.Comparison) {
        count("source piece types", pieces.sourceTypes)
        count("target piece types", pieces.targetTypes)
        add("piece Jaccard", .init(pieces.jaccard))
        add("piece overlap", .init(pieces.overlap))
        add("piece type coverage", .init(pieces.typeCoverage))
        add("piece token coverage", .init(pieces.tokenCoverage))
        add("piece frequency overlap", .init(pieces.frequencyOverlap))
        add("source fertility", .init(pieces.sourceFertility))
        add("target fertility", .init(pieces.targetFertility))
        add("source unknown pieces", .init(pieces.sourceUnknown))
        add("target unknown pieces", .init(pieces.targetUnknown))
    }

    private mutating func add(_ measure: String, _ value: LexicalMeasures.Value) {
        rows.append(Row(measure: measure, value: value, isCount: false))
    }

    private mutating func count(_ measure: String, _ number: Int) {
        rows.append(Row(measure: measure, value: .init(Double(number)), isCount: true))
    }

    package mutating func add(_ distance: WordDistance) {
        count("translations", distance.pairCount)
        add("LDN", .init(distance.normalized))
        add("LDND", .init(distance.divided))
        add("cognate rate", .init(distance.cognateRate))
    }

    package mutating func add(_ overlap: MentionOverlap) {
        count("target mentions", overlap.mentionCount)
        add("mention overlap", .init(overlap.mentions))
        add("typed mention overlap", .init(overlap.typed))
        add("distinct mention overlap", .init(overlap.types))
        add("entity token overlap", .init(overlap.tokens))
    }

    package mutating func add(_ alignability: Alignability) {
        count("translations tested", alignability.testedWordCount)
        add("alignability", .init(alignability.rotated / 100))
        add("alignability, not rotated", .init(alignability.plain / 100))
    }

    /// Of a table of typology, a distance and how much of it is known for each set.
    package mutating func add(_ distances: [TypologicalFeatures.Distance]) {
        for distance in distances {
            add("typology \(distance.set)", distance.value.map { .init($0) } ?? .undefined)
            add(
                "typology \(distance.set), known",
                .init(distance.count == 0 ? 0 : Double(distance.knownCount) / Double(distance.count)))
            if distance.set == Self.placeSet { evidence.geographicDistance = distance.value }
        }
    }

    /// The set of features that says where a language is spoken.
    package static let placeSet = "geo"

    /// - Parameter value: How well the source teaches; more is better.
    package mutating func setStrength(_ value: Double?) { evidence.strength = value }

    package static func json(_ reports: [DivergenceReport]) throws -> String {
        String(decoding: try JSON.encodePretty(reports), as: UTF8.self)
    }

    /// RFC 4180.
    package static func csv(_ reports: [DivergenceReport]) -> String {
        func field(_ text: String) -> String {
            text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        }
        let lines = reports.flatMap { report in
            report.rows.map { row in
                [
                    report.target, report.source, row.measure, row.text(decimals: 6),
                    FixedDecimal.text(row.value.error, decimals: 6), row.value.bound ?? "",
                ].map(field).joined(separator: ",") + "\n"
            }
        }
        return "target,source,measure,value,error,bound\n" + lines.joined()
    }

    /// A column for each source.
    package static func table(_ reports: [DivergenceReport]) -> String {
        let measures = reports.flatMap { $0.rows.map(\.measure) }
        var seen: Set<String> = []
        let lines = measures.filter { seen.insert($0).inserted }.map { measure in
            [measure] + reports.map { report in report.rows.first { $0.measure == measure }?.cell ?? "-" }
        }
        return TextTable.text([[reports.first?.target ?? ""] + reports.map(\.source)] + lines)
    }
}

extension DivergenceReport.Row {
    fileprivate func text(decimals: Int) -> String {
        value.isUndefined ? "undefined" : FixedDecimal.text(value.value, decimals: isCount ? 0 : decimals)
    }

    fileprivate var cell: String {
        let sign = value.bound.map { $0 == "at least" ? ">=" : "<=" } ?? ""
        let error =
            value.error >= (isCount ? 0.5 : 0.00005)
            ? " ± \(FixedDecimal.text(value.error, decimals: isCount ? 0 : 4))" : ""
        return sign + text(decimals: 4) + error
    }
}
