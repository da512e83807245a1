import Evaluation
import Pipelines

/// Differences by method and language as a table of colours, which are also written as numbers: blue is better, red
/// worse.
struct HeatMap {
    let tables: StudyTables

    var html: String {
        let names = tables.scores.names.filter { $0 != tables.base }, targets = tables.scores.targets
        guard !names.isEmpty else { return "" }
        let rows = names.map { ($0, tables.comparisons.row($0, tables.base)) }
        let largest = max(rows.flatMap { $0.1.map { $0.found.mean.magnitude } }.max() ?? 1, 1e-9)
        let head = "<tr><th></th>" + targets.map { "<th>\(HTMLText.escaped($0))</th>" }.joined() + "</tr>"
        let body = rows.map { name, row in
            let cells = targets.map { target in
                guard let cell = row.first(where: { $0.target == target }) else { return "<td class=\"soft\">-</td>" }
                return Self.cell(cell, share: (cell.found.mean.magnitude / largest).squareRoot())
            }
            return "<tr><th>\(HTMLText.escaped(name))</th>" + cells.joined() + "</tr>\n"
        }
        return
            "<p class=\"soft\">Less <code>\(HTMLText.escaped(tables.base))</code>, mean over the seeds; bold where it can be told from nothing (p &lt; 0.05, Holm over the languages of a row).</p>\n"
            + "<table class=\"heat\">\n<thead>\(head)</thead>\n<tbody>\n\(body.joined())</tbody>\n</table>\n"
    }

    private static func cell(_ cell: StudyComparisons.Cell, share: Double) -> String {
        let number = StudyTables.decimal(cell.found.mean, signed: true)
        let text = cell.mark == 0 ? number : "<b>\(number)</b>"
        let colour = cell.found.mean < 0 ? "--bad" : "--one"
        let percent = FixedDecimal.text(60 * share, decimals: 0)
        let range =
            "\(StudyTables.decimal(cell.found.low, signed: true)) to \(StudyTables.decimal(cell.found.high, signed: true))"
        return
            "<td style=\"background:color-mix(in srgb,var(\(colour)) \(percent)%,transparent)\" title=\"\(range), \(StudyTables.probability(cell.corrected).replacing("<", with: "&lt;"))\">\(text)</td>"
    }
}
