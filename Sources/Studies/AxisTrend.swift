import Evaluation

/// Scores along a further axis whose values are numbers: a learning curve where these are amounts of text, a dose where
/// they are rates of something done to the language.
struct AxisTrend: Sendable, Encodable {
    /// One score of one target, or what it has more than the base.
    struct Row: Sendable, Encodable {
        let target, name: String
        let isDifference: Bool
        /// By value of the axis, then by seed; empty where nothing was scored.
        let values: [[String: Double]]
    }

    let axis: String
    /// What the other further axes are: `spelling=all`.
    let others: String
    /// As they are written, in the order of the numbers.
    let values: [String]
    let numbers: [Double]
    let rows: [Row]
}

extension AxisTrend {
    /// A trend for each axis of numbers and each combination of the other axes that has two of its values.
    static func all(_ study: StudyDefinition, _ parts: [StudyResults.Part]) -> [AxisTrend] {
        study.furtherAxes.flatMap { axis -> [AxisTrend] in
            let numbers = axis.values.compactMap(Double.init).filter(\.isFinite)
            guard numbers.count > 1, numbers.count == axis.values.count else { return [] }
            func value(_ part: StudyResults.Part) -> String { part.scores.variant.value(axis.name) ?? "" }
            func others(_ part: StudyResults.Part) -> String {
                part.scores.variant.parts.filter { $0 != "\(axis.name)=\(value(part))" }.joined(separator: ", ")
            }
            var seen: Set<String> = []
            return parts.map(others).filter { seen.insert($0).inserted }.compactMap { title in
                let along = parts.filter { others($0) == title }.map { (part: $0, number: Double(value($0)) ?? 0) }
                    .sorted { $0.number < $1.number }
                guard along.count > 1 else { return nil }
                return AxisTrend(
                    axis: axis.name, others: title, values: along.map { value($0.part) },
                    numbers: along.map(\.number), rows: rows(along.map(\.part), base: study.base))
            }
        }
    }

    private static func rows(_ parts: [StudyResults.Part], base: String) -> [Row] {
        var seen: Set<String> = []
        let names = parts.flatMap(\.scores.names).filter { seen.insert($0).inserted }
        return (parts.first?.scores.targets ?? []).flatMap { target -> [Row] in
            let scores = names.map { name in
                Row(
                    target: target, name: name, isDifference: false,
                    values: parts.map { part in
                        Dictionary(uniqueKeysWithValues: part.scores.f1(name, target).map { ($0.seed, $0.f1) })
                    })
            }
            let differences = names.filter { $0 != base }.map { name in
                Row(
                    target: target, name: name, isDifference: true,
                    values: parts.map { part in
                        let found = part.tables.comparisons.row(name, base).first { $0.target == target }?.found
                        return Dictionary(
                            uniqueKeysWithValues: (found?.differences ?? []).map { ($0.seed, $0.value) })
                    })
            }
            return (scores + differences).filter { row in row.values.contains { !$0.isEmpty } }
        }
    }

    var title: String { "Along \(axis)" + (others.isEmpty ? "" : ": \(others)") }

    /// A row for each score; the last column is what the last value has more than the first, paired by seed.
    func table(base: String) -> String {
        StudyTables.table(
            ["target", "score"] + values + ["\(values.last ?? "") less \(values.first ?? "")"],
            rows.map { row in
                let cells = row.values.map { values in
                    values.isEmpty
                        ? "-" : StudyTables.meanAndDeviation(Self.bySeed(values), signed: row.isDifference)
                }
                let change = row.change
                return [row.target, row.name + (row.isDifference ? " less \(base)" : "")] + cells
                    + [change.isEmpty ? "-" : StudyTables.meanAndDeviation(change, signed: true)]
            })
    }

    /// A chart for each target: F1 of every score, its deviation over the seeds as bars.
    var charts: String {
        let targets = rows.map(\.target).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
        let charts = targets.map { target in
            CurveChart(
                title: target,
                curves: rows.filter { $0.target == target && !$0.isDifference }.map { row in
                    .init(
                        name: row.name,
                        points: zip(numbers, row.values).compactMap { number, values in
                            let summary = Self.bySeed(values)
                            guard !summary.isEmpty else { return nil }
                            return .init(
                                x: number, y: ExactMean.of(summary),
                                deviation: SeedSummary(summary).standardDeviation ?? 0)
                        })
                }
            ).svg
        }
        return "<div class=\"charts\"><div>\n\(charts.joined())</div></div>\n"
    }

    private static func bySeed(_ values: [String: Double]) -> [Double] {
        values.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension AxisTrend.Row {
    /// By seed that both have: the last value's score less the first's.
    var change: [Double] {
        guard let first = values.first, let last = values.last else { return [] }
        return first.keys.sorted().compactMap { seed in
            guard let start = first[seed], let end = last[seed] else { return nil }
            return end - start
        }
    }
}
