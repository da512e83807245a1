import Evaluation

/// The scores of a variant as tables in Markdown: methods against their own controls, F1, differences to the base, and
/// what tables do not show.
struct StudyTables {
    let scores: StudyScores
    let comparisons: StudyComparisons
    let base: String
    /// Names and what they are held against, in the order of the methods.
    let controls: [(name: String, base: String)]

    var targets: [String] { scores.targets }
    private var seeds: [String] { scores.seeds }

    var text: String { controlTable + scoreTable + differenceTable + seenTable + calibrationTable + notes }

    private var controlTable: String {
        guard !controls.isEmpty else { return "" }
        let rows = controls.map { name, control in
            let row = comparisons.row(name, control), marks = row.map(\.mark)
            return [
                name, control, meanCell(row.map(\.found.differences), signed: true),
                "\(row.count { $0.found.mean > 0 }) of \(row.count)", "\(marks.count { $0 > 0 })",
                "\(marks.count { $0 < 0 })",
            ]
        }
        return
            "Methods against their own controls: the mean of the difference over the targets ± its standard deviation over the seeds, "
            + "on how many targets it is above zero, and on how many there is a mark.\n\n"
            + Self.table(["method", "control", "difference", "above zero", "▲", "▼"], rows)
    }

    private var scoreTable: String {
        let drawn = seeds.count > 1 ? "seeds and sentences" : "sentences"
        let rows = scores.names.map { name in
            let row = name == base ? [] : comparisons.row(name, base)
            let marks = Dictionary(uniqueKeysWithValues: row.map { ($0.target, $0.mark) })
            let values = targets.map { scores.f1(name, $0).map { (seed: $0.seed, value: $0.f1) } }
            let cells = zip(targets, values).map { target, values in
                guard !values.isEmpty else { return "-" }
                let mark = marks[target] ?? 0
                return Self.meanAndDeviation(values.map(\.value)) + (mark > 0 ? " ▲" : mark < 0 ? " ▼" : "")
            }
            return [name] + cells + [meanCell(values.filter { !$0.isEmpty })]
        }
        return
            "F1, mean ± standard deviation over the seeds \(seeds.joined(separator: " ")). ▲ better, ▼ worse than `\(base)` "
            + "(p < 0.05, paired bootstrap over \(drawn), Holm over the targets of a row).\n\n"
            + Self.table(["method"] + targets + ["mean"], rows)
    }

    private var differenceTable: String {
        let rows = scores.names.filter { $0 != base }.map { name in
            let row = comparisons.row(name, base)
            let cells = targets.map { target in
                row.first { $0.target == target }.map {
                    "\(Self.meanAndDeviation($0.found.differences.map(\.value), signed: true)), \(Self.probability($0.corrected))"
                } ?? "-"
            }
            return [name] + cells + [meanCell(row.map(\.found.differences), signed: true)]
        }
        guard !rows.isEmpty else { return "" }
        return "Less `\(base)`, paired by seed; p-values two-sided, after Holm.\n\n"
            + Self.table(["method"] + targets + ["mean"], rows)
    }

    /// Recall on what was seen in the labels that were learnt from and on all else; nothing where no counts tell.
    private var seenTable: String {
        guard scores.systemCounts.withSeen > 0 else { return "" }
        let amounts = targets.compactMap { target in
            scores.seenAmount(target).map { "\(target) \($0.seen) of \($0.all)" }
        }
        let rows = scores.names.map { name in
            [name]
                + SeenRecall.Side.allCases.flatMap { side in
                    let own = targets.map { scores.recall(side, name, $0) }
                    let gains = name == base ? [] : targets.map { scores.recallGain(side, name, over: base, $0) }
                    return [
                        meanCell(own.filter { !$0.isEmpty }), meanCell(gains.filter { !$0.isEmpty }, signed: true),
                    ]
                }
        }
        return
            "Recall on entities whose words stand as an entity in what was learnt from (seen), and on all others: means over the targets; less `\(base)`, paired by seed, where the same entities were seen. Seen: \(amounts.joined(separator: ", ")) entities.\n\n"
            + Self.table(["method", "seen", "less `\(base)`", "unseen", "less `\(base)`"], rows)
    }

    /// Systems without an entity, and runs that are missing.
    private var notes: String {
        let silent = silentSystems, (all, withSeen) = scores.systemCounts
        var text =
            "- \(silent.count) of \(all) scored systems find no entity at all"
            + (silent.isEmpty ? "" : ": " + silent.joined(separator: ", ")) + ".\n"
        let short = scores.names.flatMap { name in
            targets.map { ("\(name) \($0)", scores.f1(name, $0).count) }
        }.filter { $0.1 < seeds.count }.map { "\($0.0) \($0.1)" }
        if withSeen > 0, withSeen < all {
            text +=
                "- Of \(all - withSeen) of \(all) scored systems the counts do not tell seen entities from others.\n"
        }
        text += calibrationNotes
        if !short.isEmpty { text += "- Fewer than \(seeds.count) seeds: \(short.joined(separator: ", ")).\n" }
        return text
    }

    /// `NAME TARGET SEED` of the systems that find nothing right.
    var silentSystems: [String] {
        scores.names.flatMap { name in
            targets.flatMap { target in
                let totals = scores.totals(name, target)
                return seeds.filter { totals[$0]?.correct == 0 }.map { "\(name) \(target) \($0)" }
            }
        }
    }

    /// The mean over the targets, and its deviation over the seeds; where some are missing, in brackets over how many
    /// targets.
    ///
    /// - Parameter rows: By target, by seed.
    func meanCell(_ rows: [[(seed: String, value: Double)]], signed: Bool = false) -> String {
        guard !rows.isEmpty else { return "-" }
        if rows.count == targets.count, rows.allSatisfy({ $0.count == seeds.count }) {
            let means = seeds.indices.map { seed in ExactMean.of(rows.map { $0[seed].value }) }
            return Self.meanAndDeviation(means, signed: signed)
        }
        let mean = Self.decimal(ExactMean.of(rows.map { ExactMean.of($0.map(\.value)) }), signed: signed)
        return mean + (rows.count == targets.count ? "" : " (\(rows.count))")
    }

    static func meanAndDeviation(_ values: [Double], signed: Bool = false) -> String {
        let deviation = SeedSummary(values).standardDeviation
        return decimal(ExactMean.of(values), signed: signed) + (deviation.map { " ± " + decimal($0) } ?? "")
    }

    /// One decimal; with a sign, also that of what is rounded to 0.
    static func decimal(_ value: Double, decimals: Int = 1, signed: Bool = false) -> String {
        guard signed else { return FixedDecimal.text(value, decimals: decimals) }
        return (value.sign == .minus ? "-" : "+") + FixedDecimal.text(value.magnitude, decimals: decimals)
    }

    static func probability(_ value: Double) -> String {
        guard value >= 0.001 else { return "p < .001" }
        let text = FixedDecimal.text(value, decimals: 3)
        return "p = " + (text.hasPrefix("0.") ? String(text.dropFirst()) : text)
    }

    /// A table in Markdown; nothing without rows.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        return line(head) + "|" + String(repeating: "---|", count: head.count) + "\n" + rows.map(line).joined() + "\n"
    }
}
