package import Evaluation
import LanguageCodes

/// The model card of a package, in the form of Hugging Face: a YAML header of metadata (hub documentation, "Model Cards"), then text.
package struct PackageCard: Sendable {
    /// What was measured on one labelled text.
    package struct Score: Sendable {
        /// The file, without its folder.
        package let dataset: String
        package let report: ScoreReport
        /// F1 of the model with the whole table, where it was measured beside; percent.
        package let fullTableF1: Double?

        package init(dataset: String, report: ScoreReport, fullTableF1: Double?) {
            (self.dataset, self.report, self.fullTableF1) = (dataset, report, fullTableF1)
        }
    }

    /// What a package of another size would cost.
    package struct SizeRow: Sendable {
        package let rows: Int
        package let byteCount: Int
        /// Percent.
        package let f1: Double

        package init(rows: Int, byteCount: Int, f1: Double) {
            (self.rows, self.byteCount, self.f1) = (rows, byteCount, f1)
        }
    }

    package var name = ""
    /// The table's own code.
    package var language = ""
    package var license: String?
    package var types: [String] = []
    package var producer = ""
    /// Of the table in the package, and of the one that it was cut from.
    package var rows = 0
    package var rowsOfTable = 0
    package var subwords = ""
    package var byteCount = 0
    package var score: Score?
    package var sizes: [SizeRow] = []
    /// The card of the model that was packaged, as Markdown; its heading is left out.
    package var origin = ""

    package init() {}

    package var text: String { (header + body).joined(separator: "\n") + "\n" }

    private var header: [String] {
        var lines = ["---", "language: \(Self.quoted(LanguageCode(language)?.shortest ?? language))"]
        if let license { lines.append("license: \(Self.quoted(license))") }
        lines += [
            "library_name: nerpipe", "pipeline_tag: token-classification", "tags:", "- named-entity-recognition",
            "- cross-lingual", "- nerpipe",
        ]
        if let score {
            lines += [
                "metrics:", "- f1", "- precision", "- recall", "model-index:", "- name: \(Self.quoted(name))",
                "  results:",
                "  - task:", "      type: token-classification", "      name: Named-entity recognition", "    dataset:",
                "      type: \(Self.quoted(score.dataset))", "      name: \(Self.quoted(score.dataset))",
                "    metrics:",
            ]
            for (kind, value) in [
                ("f1", score.report.f1), ("precision", score.report.precision), ("recall", score.report.recall),
            ] {
                lines += [
                    "    - type: \(kind)", "      value: \(Self.share(value))", "      name: \(kind), exact spans",
                ]
            }
        }
        return lines + ["---", ""]
    }

    /// A share of one, of percent.
    private static func share(_ percent: Double) -> String { FixedDecimal.text(percent / 100, decimals: 4) }

    /// A text as YAML in double quotes, whatever is in it.
    private static func quoted(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case _ where scalar.value < 0x20 || scalar.value == 0x7F: " "
                default: String(scalar)
                }
            }.joined() + "\""
    }

    private var body: [String] {
        let megabytes = FixedDecimal.text(Double(byteCount) / 1e6, decimals: 1)
        var lines = [
            "# \(name): named entities in \(language)", "",
            "Finds \(types.joined(separator: ", ")) in text of the language `\(language)`. Made by \(producer); \(megabytes) MB, and nothing else is needed:",
            "",
            "    nerpipe tag --model \(name) < text > tagged.conll", "",
            "- Words: \(rows) of the \(rowsOfTable) that the vector table had; \(subwords)",
            "- Text is split into sentences and words by nerpipe; words of other tokenizers may be found less often",
        ]
        if let score {
            lines += [
                "", "## Scores", "", "Exact spans on `\(score.dataset)`, \(score.report.sentenceCount) sentences.", "",
            ]
            lines += ["| | precision | recall | F1 | entities |", "|---|---|---|---|---|"]
            lines += (score.report.perType.map { ($0.name, $0.counts) } + [("all", score.report.overall)]).map {
                "| \($0) | \(FixedDecimal.text($1.precision, decimals: 2)) | \(FixedDecimal.text($1.recall, decimals: 2)) | \(FixedDecimal.text($1.f1, decimals: 2)) | \($1.gold) |"
            }
            if let full = score.fullTableF1 {
                lines += ["", "With the whole table the same model has F1 \(FixedDecimal.text(full, decimals: 2))."]
            }
        }
        if !sizes.isEmpty {
            lines += ["", "What other sizes cost:", "", "| words | MB | F1 |", "|---|---|---|"]
            lines += sizes.map {
                "| \($0.rows) | \(FixedDecimal.text(Double($0.byteCount) / 1e6, decimals: 1)) | \(FixedDecimal.text($0.f1, decimals: 2)) |"
            }
        }
        let origin = origin.split(separator: "\n", omittingEmptySubsequences: false).filter {
            // Paths of the machine where the model was made.
            line in ["# ", "Use it, from the folder", "- Frozen vectors:"].allSatisfy { !line.hasPrefix($0) }
        }
        if !origin.isEmpty { lines += ["", "## How it was made"] + origin.map(String.init) }
        return lines
    }
}
