import Evaluation
import Pipelines

/// A study as one HTML page that needs nothing else: what was found in sentences, the gain against each measure, all
/// differences, and the ledger of what failed, is missing, or got worse.
struct StudyPage {
    private let results: StudyResults

    init(_ results: StudyResults) { self.results = results }

    var html: String {
        var body = HTMLText.section(
            "What was found",
            Self.list((results.gain.map { GainText($0).sentences } ?? []) + results.parts.flatMap { sentences($0) }))
        if let gain = results.gain {
            body += HTMLText.section("Gain against each measure", charts(gain))
            let text = GainText(gain)
            body += HTMLText.section(
                "Gain of \(gain.method) over \(gain.base)",
                Self.table(text.unitHead, text.unitRows)
                    + Self.table(GainText.correlationHead, text.correlationRows)
                    + Self.table(GainText.slopeHead, text.slopeRows) + Self.table(GainText.sourceHead, text.sourceRows)
                    + Self.table(text.otherHead, text.otherRows)
                    + leaveOut(gain))
        }
        for trend in results.trends {
            body += HTMLText.section(
                trend.title, trend.charts + "<pre>\(HTMLText.escaped(trend.table(base: results.study.base)))</pre>\n")
        }
        for part in results.parts {
            let title = part.scores.variant.parts.isEmpty ? "" : ": \(part.scores.variant.title)"
            body += HTMLText.section("Languages and methods\(title)", HeatMap(tables: part.tables).html)
            body += HTMLText.section("Tables\(title)", "<pre>\(HTMLText.escaped(part.tables.text))</pre>\n")
        }
        body += HTMLText.section("Ledger", ledger)
        body += HTMLText.section("Study", Self.table(["", ""], definition))
        return HTMLText.page(title: "nerpipe study: \(results.study.name)", body)
    }

    private func sentences(_ part: StudyResults.Part) -> [String] {
        let tables = part.tables, prefix = part.scores.variant.parts.isEmpty ? "" : "\(part.scores.variant.title): "
        let rows = part.scores.names.filter { $0 != tables.base }.map { name in
            (name, tables.comparisons.row(name, tables.base))
        }.filter { !$0.1.isEmpty }
        let cells = rows.flatMap(\.1)
        guard !cells.isEmpty else { return ["\(prefix)Nothing was compared with `\(tables.base)`."] }
        let means = rows.map { ($0.0, ExactMean.of($0.1.map(\.found.mean))) }
        let best = means.max { $0.1 < $1.1 }, worst = means.min { $0.1 < $1.1 }
        var lines = [
            "\(prefix)\(rows.count) \(rows.count == 1 ? "method" : "methods") on \(part.scores.targets.count) languages with \(part.scores.seeds.count) seeds: of \(cells.count) differences to `\(tables.base)` \(cells.count { $0.mark > 0 }) are marked better, \(cells.count { $0.mark < 0 }) worse, \(cells.count { $0.mark == 0 }) cannot be told from nothing."
        ]
        if let best, rows.count == 1 {
            lines.append(
                "\(prefix)In the mean over the languages the difference is \(StudyTables.decimal(best.1, signed: true))."
            )
        } else if let best, let worst {
            lines.append(
                "\(prefix)In the mean over the languages `\(best.0)` has the largest difference (\(StudyTables.decimal(best.1, signed: true))), `\(worst.0)` the smallest (\(StudyTables.decimal(worst.1, signed: true)))."
            )
        }
        let everywhere = rows.filter { row in
            row.1.count == part.scores.targets.count && row.1.allSatisfy { $0.mark > 0 }
        }.map(\.0)
        lines.append("\(prefix)Marked better on every language: \(GainText.list(everywhere)).")
        if part.scores.systemCounts.withSeen == 0 {
            lines.append(
                "\(prefix)Entities seen and not seen in what was learnt from are not told apart by the counts.")
        }
        return lines
    }

    private func charts(_ gain: GainAnalysis) -> String {
        let charts = gain.correlations.map { found in
            ScatterChart(
                title: "\(found.measure): rho \(GainText.number(found.rho)), \(StudyTables.probability(found.pValue))",
                points: gain.units.compactMap { unit in
                    unit.measures[found.measure].map {
                        .init(label: unit.label, source: unit.source, x: $0, y: unit.gain, interval: unit.interval)
                    }
                }
            ).svg
        }
        return charts.isEmpty
            ? ""
            : "<div class=\"charts\"><div>\n\(charts.joined())</div></div>\n<p class=\"soft\">Across: the measure, by its logarithm where it spreads over a factor of twenty; upwards: the gain in F1, with its 95 % interval over seeds and sentences; dashed: the parabola that fits best.</p>\n"
    }

    private func leaveOut(_ gain: GainAnalysis) -> String {
        gain.leaveOut.isEmpty
            ? ""
            : "<h3>With one family or script left out</h3>\n"
                + Self.table(
                    ["", "left out", "languages", "rho", "slope"],
                    gain.leaveOut.map { row in
                        [
                            row.kind, row.value, "\(row.languages)", row.rho.map { GainText.number($0) } ?? "-",
                            row.slope.map { GainText.number($0) } ?? "-",
                        ]
                    })
    }

    /// What went wrong, or the wrong way; nothing of it is left out of the counts above.
    private var ledger: String {
        var lines = results.failed.map { "failed: \($0.cell), \($0.what), see \($0.log)" }
        for part in results.parts {
            let tables = part.tables, prefix = part.scores.variant.parts.isEmpty ? "" : "\(part.scores.variant.title), "
            for name in part.scores.names {
                let short = part.scores.targets.filter { part.scores.f1(name, $0).count < part.scores.seeds.count }
                if !short.isEmpty {
                    lines.append("\(prefix)seeds are missing: \(name) on \(short.joined(separator: ", "))")
                }
                guard name != tables.base else { continue }
                let worse = tables.comparisons.row(name, tables.base).filter { $0.mark < 0 }.map {
                    "\($0.target) (\(StudyTables.decimal($0.found.mean, signed: true)))"
                }
                if !worse.isEmpty {
                    lines.append("\(prefix)worse than \(tables.base): \(name) on \(worse.joined(separator: ", "))")
                }
            }
            if !tables.silentSystems.isEmpty {
                lines.append("\(prefix)no entity at all: \(tables.silentSystems.joined(separator: ", "))")
            }
        }
        return Self.list(lines.isEmpty ? ["Nothing failed, is missing, or is worse than the base."] : lines)
    }

    private var definition: [[String]] {
        results.study.axes.map { [$0.name, $0.values.joined(separator: " ")] }
            + [
                ["cell", results.study.command.map(Definition.quoted).joined(separator: " ")],
                ["work", results.study.work],
            ]
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        rows.isEmpty ? "" : HTMLText.table(head.map(HTMLText.escaped), rows.map { $0.map(HTMLText.escaped) })
    }

    /// Names between backticks become code.
    private static func list(_ sentences: [String]) -> String {
        let items = sentences.map { sentence in
            let parts = HTMLText.escaped(sentence).split(separator: "`", omittingEmptySubsequences: false)
            let text = parts.enumerated().map { $0 % 2 == 1 ? "<code>\($1)</code>" : String($1) }.joined()
            return "<li>\(text)</li>\n"
        }
        return "<ul>\n\(items.joined())</ul>\n"
    }
}
