import Diagnostics
import Evaluation
import Pipelines
import Shards
package import Streams

/// All that a study found, from the lines and counts of its cells alone: the same files, the same bytes, for any number
/// of jobs.
package struct StudyResults: Sendable {
    /// One set of tables for each combination of further axes.
    struct Part: Sendable {
        let tables: StudyTables
        var scores: StudyScores { tables.scores }
    }

    let study: StudyDefinition
    let parts: [Part]
    let trends: [AxisTrend]
    let gain: GainAnalysis?
    /// Of cells that failed in this run: part of the ledger.
    let failed: [StudyRun.Failed]

    /// - Throws: When nothing was scored yet, or a file cannot be read.
    package init(
        _ study: StudyDefinition, gain materials: GainMaterials?, failed: [StudyRun.Failed] = [],
        threads: ComputeThreads
    ) throws {
        self.study = study
        self.failed = failed
        let parts = try study.variants.compactMap { variant -> Part? in
            let scores = try StudyScores(study, variant)
            guard !scores.names.isEmpty else { return nil }
            let controls = try Self.controls(study, scores.names)
            var pairs = scores.names.filter { $0 != study.base }.map { (name: $0, base: study.base) } + controls
            if let gain = study.gain { pairs.append((gain.method, gain.base)) }
            let comparisons = try StudyComparisons(scores, pairs: pairs, threads: threads)
            return Part(
                tables: StudyTables(scores: scores, comparisons: comparisons, base: study.base, controls: controls))
        }
        self.parts = parts
        trends = AxisTrend.all(study, parts)
        guard !parts.isEmpty else { throw Failure.noScores(study.work) }
        gain = materials.map { Self.analysis($0, study, parts) }
    }

    /// Lines `NAME CONTROL`, of those that were scored.
    private static func controls(_ study: StudyDefinition, _ names: [String]) throws -> [(name: String, base: String)] {
        guard let contrasts = study.contrasts else { return [] }
        return try study.values("method").flatMap { method -> [(name: String, base: String)] in
            let path = contrasts.replacing("${method}", with: method)
            guard Directory.fileExists(path) else { return [] }
            let text = String(decoding: try Directory.contents(of: path), as: UTF8.self)
            return text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.count == 2 && words.allSatisfy(names.contains) ? (words[0], words[1]) : nil
            }
        }
    }

    private static func analysis(_ materials: GainMaterials, _ study: StudyDefinition, _ parts: [Part]) -> GainAnalysis
    {
        func units(_ method: String) -> [GainUnit] {
            parts.flatMap { part in
                part.scores.targets.compactMap {
                    GainUnit(materials, method, $0, part.scores, part.tables.comparisons)
                }
            }
        }
        let question = materials.question
        var seen: Set = [question.method, question.base]
        let others = parts.flatMap(\.scores.names).filter { seen.insert($0).inserted }
        return GainAnalysis(
            question, units(question.method), targets: study.values("target"), measures: materials.measures.names,
            others: question.base == study.base ? others.map { ($0, units($0)) } : [])
    }

    /// The tables, scores along axes of numbers, and what the gain goes with where that was asked.
    package var markdown: String {
        parts.map { part in
            (part.scores.variant.parts.isEmpty ? "" : "## \(part.scores.variant.title)\n\n") + part.tables.text
        }.joined(separator: "\n") + trends.map { "\n## \($0.title)\n\n" + $0.table(base: study.base) }.joined()
            + (gain.map { "\n" + GainText($0).markdown } ?? "")
    }

    /// A line for each score: RFC 4180.
    package var csv: String {
        let further = study.furtherAxes.map(\.name), hasSeen = parts.contains { $0.scores.systemCounts.withSeen > 0 }
        let hasCalibration = parts.contains { $0.scores.calibrationCounts.looked > 0 }
        let seenColumns = ["seen_correct", "seen_predicted", "seen_gold", "seen_recall", "unseen_recall"]
        var text =
            (further + ["name", "target", "seed", "correct", "predicted", "gold", "precision", "recall", "f1"]
            + (hasSeen ? seenColumns : [])
            + (hasCalibration ? ["calibration_error", "fitted_calibration_error", "overconfidence"] : [])).joined(
                separator: ",") + "\n"
        for part in parts {
            let values = further.map { part.scores.variant.value($0) ?? "" }
            for name in part.scores.names {
                for target in part.scores.targets {
                    let totals = part.scores.totals(name, target)
                    for seed in part.scores.seeds {
                        guard let counts = totals[seed] else { continue }
                        let numbers = [counts.precision, counts.recall, counts.f1]
                        let fields =
                            values + [name, target, seed, "\(counts.correct)", "\(counts.predicted)", "\(counts.gold)"]
                        text +=
                            (fields + numbers.map { FixedDecimal.text($0, decimals: 4) }
                            + (hasSeen ? Self.seenFields(part.scores, name, target, seed) : [])
                            + (hasCalibration ? Self.calibrationFields(part.scores, name, target, seed) : []))
                            .joined(separator: ",") + "\n"
                    }
                }
            }
        }
        return text
    }

    /// What is not known is empty.
    private static func seenFields(_ scores: StudyScores, _ name: String, _ target: String, _ seed: String) -> [String]
    {
        guard let counts = scores.seenTotals(name, target)[seed], let recall = scores.seenRecall(name, target, seed)
        else { return ["", "", "", "", ""] }
        return ["\(counts.correct)", "\(counts.predicted)", "\(counts.gold)"]
            + [recall.seen, recall.unseen].map { $0.map { FixedDecimal.text($0, decimals: 4) } ?? "" }
    }

    private static func calibrationFields(_ scores: StudyScores, _ name: String, _ target: String, _ seed: String)
        -> [String]
    {
        StudyScores.CalibrationMeasure.allCases.map {
            scores.calibration($0, name, target, seed).map { FixedDecimal.text($0, decimals: 4) } ?? ""
        }
    }

    package func json() throws -> [UInt8] { try JSON.encodePretty(StudyRecord(self)) }

    package func html() -> String { StudyPage(self).html }

    static let names = ["results.md", "results.csv", "results.json", "report.html"]

    /// Writes the four files into a folder, in place of those of an earlier time.
    ///
    /// - Throws: When there are files of these names that this study did not make, and `replaces` is not set.
    package func write(to folder: String, replaces: Bool) throws {
        try Directory.make(folder)
        let isOurs = StudyRecord.isOne("\(folder)/results.json", of: study.name)
        if !replaces, !isOurs, let name = Self.names.first(where: { Directory.fileExists("\(folder)/\($0)") }) {
            throw Failure.resultsOfAnotherStudy("\(folder)/\(name)")
        }
        // First what says that the others are of a study.
        try AtomicFile.write(json(), to: "\(folder)/results.json")
        try AtomicFile.write(markdown, to: "\(folder)/results.md")
        try AtomicFile.write(csv, to: "\(folder)/results.csv")
        try AtomicFile.write(html(), to: "\(folder)/report.html")
    }
}
