import Diagnostics
import Distillation
import Evaluation

/// Runs as one HTML page that needs nothing else, from their records alone: the same records, the same bytes.
package struct RunReport {
    private let runs: [RunFacts]
    private let frontier: Frontier?

    /// - Parameter frontier: Shown before the runs.
    /// - Throws: When one of the folders has no records of ours.
    package init(_ paths: [String], frontier: Frontier? = nil) throws {
        runs = try paths.map { try RunFacts(path: $0) }
        self.frontier = frontier
    }

    /// What should make somebody look.
    package var alarms: [String] { runs.flatMap(\.alarms) }

    package func html() throws -> String {
        var body = HTMLText.section(
            "Alarms", alarms.map { "<p class=\"alarm\">\(HTMLText.escaped($0))</p>\n" }.joined())
        if let frontier { body += HTMLText.section("How good for what time", frontier.html) }
        if runs.count > 1 { body += HTMLText.section("Compared", try comparison()) }
        for run in runs {
            if runs.count > 1 { body += "<h1>\(HTMLText.escaped(run.path))</h1>\n" }
            body += HTMLText.section("Scores", scores(run))
            body += HTMLText.section("Learning", learning(run)) + HTMLText.section("Flow", flow(run))
            body += HTMLText.section("Student and teacher", agreement(run))
            body += HTMLText.section("Phases", phases(run)) + HTMLText.section("Configuration", configuration(run))
            if let recipe = run.recipe {
                body += HTMLText.section("Recipe", "<pre>\(HTMLText.escaped(recipe))</pre>\n")
            }
        }
        return HTMLText.page(title: title, body)
    }

    private var title: String {
        switch runs.count {
        case 0: "nerpipe: taggers compared"
        case 1: "nerpipe: \(runs[0].path)"
        default: "nerpipe: \(runs.count) runs"
        }
    }

    private static func number(_ value: Double, _ decimals: Int = 2) -> String {
        FixedDecimal.text(value, decimals: decimals)
    }

    private func scores(_ run: RunFacts) -> String {
        guard !run.scores.isEmpty else { return "" }
        let tiles = run.scores.map { score in
            let interval =
                score.scores.interval.map {
                    "<span class=\"soft\">\(Self.number($0.f1Low)) to \(Self.number($0.f1High))</span>"
                } ?? ""
            return
                "<div class=\"tile\">\(HTMLText.escaped(score.name)), F1<b>\(Self.number(score.scores.overall.f1))</b>\(interval)</div>\n"
        }
        let learnt = run.scores.flatMap { score in
            [("seen in what was learnt from", score.scores.seen), ("not seen there", score.scores.unseen)].compactMap {
                name, counts in counts.map { Self.row(name, score.name, $0) }
            }
        }
        let types = Set(run.scores.flatMap { $0.scores.types.keys }).sorted()
        let rows = types.flatMap { type in
            run.scores.compactMap { score in
                score.scores.types[type].map { Self.row(type, score.name, $0) }
            }
        }
        return
            "<div class=\"tiles\">\n\(tiles.joined())</div>\n<p class=\"soft\">Exact spans, 95 % intervals over sentences.</p>\n"
            + HTMLText.table(["type", "", "precision", "recall", "F1", "interval", "predicted", "gold"], rows)
            + (learnt.isEmpty
                ? ""
                : HTMLText.table(
                    ["words of the entity", "", "precision", "recall", "F1", "", "predicted", "gold"], learnt))
    }

    private static func row(_ name: String, _ system: String, _ counts: ScoresFile.Counts) -> [String] {
        [
            HTMLText.escaped(name), HTMLText.escaped(system), number(counts.precision), number(counts.recall),
            number(counts.f1), counts.f1Low.map { "\(number($0)) to \(number(counts.f1High ?? $0))" } ?? "",
            "\(counts.predicted)", "\(counts.gold)",
        ]
    }

    private func agreement(_ run: RunFacts) -> String {
        run.scores.compactMap(\.scores.agreement).map { AgreementSection(agreement: $0).html }.joined()
    }

    private func flow(_ run: RunFacts) -> String {
        run.trainings.map { training in
            let content = training.flow.map { FlowSection(flow: $0, processCount: training.legs).html } ?? ""
            return content.isEmpty ? "" : "<h3><code>\(HTMLText.escaped(training.path))</code></h3>\n\(content)"
        }.joined()
    }

    private func learning(_ run: RunFacts) -> String {
        // One for each model: losses of different objectives are no numbers of one scale.
        let charts = run.trainings.map { training -> String in
            let marks = training.resumeMarks
            let loss = LineChart(
                title: "\(training.name): loss by epoch", values: training.epochs.map(\.loss), marks: marks)
            let development = LineChart(
                title: "\(training.name): development F1 by epoch", values: training.epochs.map(\.developmentF1),
                marks: marks)
            let reliability = training.calibration.map { ReliabilityChart(calibration: $0).html } ?? ""
            return "<div>\n\(loss.svg)\(development.svg)\(reliability)</div>\n"
        }
        let rows = run.trainings.map { training -> [String] in
            let speed = training.seconds > 0 ? "\(Int(Double(training.tokens) / training.seconds))" : ""
            let resumes = training.resumes.map { "\($0)" }.joined(separator: ", ")
            return [
                "<code>\(HTMLText.escaped(training.path))</code>", "\(training.epochs.count)",
                training.bestEpoch.map { "\($0 + 1)" } ?? "last", "\(training.updates)", "\(training.tokens)", speed,
                "\(training.legs)", resumes, "\(training.peakResidentBytes >> 20)",
                training.memoryBoundBytes.map { "\($0 >> 20)" } ?? "not planned", HTMLText.escaped(training.kernels),
            ]
        }
        guard !rows.isEmpty else { return "" }
        return "<div class=\"charts\">\n\(charts.joined())</div>\n"
            + HTMLText.table(
                [
                    "model", "epochs", "kept", "updates", "tokens", "tokens/s", "processes", "resumed after update",
                    "peak MiB", "bound MiB", "kernels",
                ], rows)
    }

    private func phases(_ run: RunFacts) -> String {
        run.phases.map { name, record in
            let words = HTMLText.escaped(record.words.map(Definition.quoted).joined(separator: " "))
            let state = record.isDone ? "done" : "<span class=\"alarm\">not done</span>"
            return "<h3>\(HTMLText.escaped(name)): \(state)</h3>\n<pre>nerpipe \(words)</pre>\n"
                + Self.files("read", record.inputs) + Self.files("made", record.outputs)
        }.joined()
    }

    /// Files with the beginnings of their digests.
    private static func files(_ what: String, _ stamps: [String: FileStamp]) -> String {
        let names = stamps.sorted { $0.key < $1.key }.map {
            "<code>\(HTMLText.escaped($0))</code> \($1.digest.prefix(8))"
        }
        return names.isEmpty ? "" : "<p class=\"soft\">\(what): \(names.joined(separator: ", "))</p>\n"
    }

    private func configuration(_ run: RunFacts) -> String {
        run.trainings.map { training in
            "<h3>\(HTMLText.escaped(training.path))</h3>\n" + Self.told(training.words)
                + HTMLText.table(
                    ["what must be the same when it is continued", ""],
                    training.identity.map { [HTMLText.escaped($0.name), "<code>\(HTMLText.escaped($0.text))</code>"] })
        }.joined()
    }

    private static func told(_ words: [String]) -> String {
        words.isEmpty
            ? ""
            : "<pre>nerpipe \(HTMLText.escaped(words.map(Definition.quoted).joined(separator: " ")))</pre>\n<p class=\"soft\">What was not said is as this version of nerpipe chooses it.</p>\n"
    }

    /// Every run's student against the first one's, on the same gold labels.
    private func comparison() throws -> String {
        let students = runs.map { run in run.scores.first { $0.name == "student" } }
        guard let first = students[0], let base = first.counts else { return "" }
        var rows: [[String]] = []
        for (run, student) in zip(runs, students) {
            guard let student else { continue }
            var row = ["<code>\(HTMLText.escaped(run.path))</code>", Self.number(student.scores.overall.f1), "", ""]
            if let counts = student.counts, counts.goldDigest == base.goldDigest,
                counts.sentences.count == base.sentences.count, counts != base
            {
                let comparison = try SeedComparison(
                    base: [base.sentences], system: [counts.sentences],
                    test: PairedBootstrap(replicates: 10_000, seed: 1))
                let sentences = comparison.resampled.acrossSentences
                row[2] =
                    "\(Self.number(comparison.resampled.difference)) (\(Self.number(sentences.low)) to \(Self.number(sentences.high)))"
                row[3] = Self.number(sentences.twoSidedPValue, 3)
            } else if run.path != runs[0].path {
                row[2] = "other gold labels, or the same result"
            }
            rows.append(row)
        }
        return HTMLText.table(
            ["run", "F1 of the student", "less the first", "p, two-sided (paired bootstrap over sentences)"], rows)
    }
}
