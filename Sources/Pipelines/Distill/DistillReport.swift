import Diagnostics
import Evaluation
import Shards

/// What a run of `distill` came to, as Markdown beside its model: the same bytes for the same run, so no times.
package struct DistillReport {
    private let recipe: DistillRecipe
    private let materials: DistillMaterials

    package init(_ recipe: DistillRecipe, _ materials: DistillMaterials) {
        (self.recipe, self.materials) = (recipe, materials)
    }

    package var path: String { "\(materials.output)/report.md" }

    private func scores(_ system: String) throws -> ScoresFile? { try ScoresFile(path: recipe.scores(system)) }

    package func write() throws { try AtomicFile.write(text(), to: path) }

    private func text() throws -> String {
        var lines = [
            "# A tagger for \(materials.language)", "",
            "Made by \(Version.producer); `\(recipe.path)` has every option.", "",
        ]
        lines += try scoreLines()
        lines += ["## What was chosen", ""]
        lines += recipe.choices.made.map { "- **\($0.name)**: \($0.reason). Expected: \($0.gain)." }
        if !recipe.choices.missing.isEmpty {
            lines += ["", "## What would help", ""] + recipe.choices.missing.map { "- \($0)" }
        }
        lines += ["", "## What it was made of", ""]
        func add(_ what: String, _ items: [String]) {
            if !items.isEmpty { lines.append("- \(what): \(items.map { "`\($0)`" }.joined(separator: ", "))") }
        }
        add("Unlabelled text", materials.text)
        add("Labelled text of other languages", materials.sources.map { "\($0.name)=\($0.path)" })
        add("Teachers", materials.teachers)
        add("Sentence pairs", materials.parallel.map { "\($0.name)=\($0.path)" })
        add("Dictionaries", materials.dictionaries.map { "\($0.name)=\($0.path)" })
        add("Vectors", materials.vectors)
        add("Encoder", materials.encoder.map { [$0] } ?? [])
        add("Labels of the target, for scores alone", materials.gold)
        lines += ["", "Use it: `nerpipe tag --model \(recipe.model) < text > tagged.conll`. Nothing else is needed."]
        return lines.joined(separator: "\n") + "\n"
    }

    private func scoreLines() throws -> [String] {
        let systems = try [("teacher, applied directly", scores("teacher")), ("student", scores("student"))]
        var lines = ["## Scores", ""]
        guard systems.contains(where: { $0.1 != nil }) else {
            return lines + ["Not known: no labelled text of \(materials.language) was given (--gold).", ""]
        }
        lines += ["| | precision | recall | F1 | 95 % interval |", "|---|---|---|---|---|"]
        func number(_ value: Double) -> String { FixedDecimal.text(value, decimals: 2) }
        for (name, scores) in systems {
            guard let scores else { continue }
            let interval = scores.interval.map { "\(number($0.f1Low)) to \(number($0.f1High))" } ?? ""
            lines.append(
                "| \(name) | \(number(scores.overall.precision)) | \(number(scores.overall.recall)) | \(number(scores.overall.f1)) | \(interval) |"
            )
        }
        return lines + [
            "",
            "Exact spans on `\(materials.gold.joined(separator: " "))`, one seed; taggers of other seeds differ by a point or two.",
            "",
        ]
    }

    /// Lines for the end of the run: what there is now, and what to do with it.
    package func summary() throws -> [String] {
        var lines: [String] = []
        if let teacher = try scores("teacher"), let student = try scores("student") {
            lines.append(
                "F1 of the teacher, applied directly: \(FixedDecimal.text(teacher.overall.f1, decimals: 2)); of the student: \(FixedDecimal.text(student.overall.f1, decimals: 2))"
            )
        }
        lines.append("report: \(path)")
        return lines + ["next: nerpipe tag --model \(recipe.model) < text > tagged.conll"]
    }

    /// Removes what only the run needed.
    package func removeWork() throws {
        guard Directory.exists(recipe.work) else { return }
        try Directory.removeTree(recipe.work)
    }
}
