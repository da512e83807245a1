package import Divergence
import Evaluation
import Shards

/// Sources in the order in which a target should try them, with what speaks for each.
package struct RankingReport: Sendable, Encodable {
    package struct Row: Sendable, Encodable {
        package let rank: Int
        package let source: String
        package let points: Double
        package let parts: [String: Double]
    }

    package let target: String
    package let rows: [Row]
    /// What the order rests on.
    package let note: String
    private let partNames: [String]
    private enum CodingKeys: CodingKey { case target, rows, note }

    package init(target: String, _ ranking: SourceRanking) {
        self.target = target
        partNames = ranking.entries.first?.parts.map(\.name) ?? []
        rows = ranking.entries.enumerated().map { number, entry in
            Row(
                rank: number + 1, source: entry.source, points: entry.points,
                parts: Dictionary(entry.parts.map { ($0.name, $0.points) }) { first, _ in first })
        }
        note = Self.note(ranking.missing)
    }

    /// Of the leave-one-family-out study in `pipelines/ranking`.
    private static func note(_ missing: [String]) -> String {
        let (correlation, first) = SourceRanking.validation(missing: missing)
        let without = missing.isEmpty ? "" : ", without \(missing.joined(separator: " and "))"
        return
            "validated on Masakhane's ranks of 36 sources for 36 targets, no family's targets used for its own\(without): "
            + "Spearman \(FixedDecimal.text(correlation, decimals: 2)), best source among the first three "
            + "\(FixedDecimal.text(100 * first, decimals: 0)) %"
    }

    package var json: String {
        get throws { String(decoding: try JSON.encodePretty(self), as: UTF8.self) }
    }

    package var csv: String {
        "target,rank,source,points\(partNames.map { ",\($0)" }.joined())\n"
            + rows.map { row in
                ([target, "\(row.rank)", row.source] + numbers(row, decimals: 4)).joined(separator: ",") + "\n"
            }.joined()
    }

    package var table: String {
        TextTable.text(
            [["source", "rank", "points"] + partNames]
                + rows.map { [$0.source, "\($0.rank)"] + numbers($0, decimals: 2) })
    }

    private func numbers(_ row: Row, decimals: Int) -> [String] {
        ([row.points] + partNames.map { row.parts[$0] ?? 0 }).map { FixedDecimal.text($0, decimals: decimals) }
    }
}
