import Diagnostics
import Shards

/// The definition that `distill` runs: a ``Chain`` as YAML, which a person can edit and `run`.
package struct DistillRecipe: Sendable {
    private let materials: DistillMaterials
    package let choices: DistillChoices

    package init(_ materials: DistillMaterials) {
        self.materials = materials
        choices = DistillChoices(materials)
    }

    package static let fileName = "recipe.yaml", workName = "work", modelName = "model.nerpipe", recordsName = "phases"

    package var output: String { materials.output }
    package var path: String { "\(materials.output)/\(Self.fileName)" }
    package var work: String { "\(materials.output)/\(Self.workName)" }
    package var model: String { "\(materials.output)/\(Self.modelName)" }
    package var student: String { "\(work)/student" }
    package func scores(_ system: String) -> String { "\(materials.output)/scores.\(system).json" }

    // --- the phases

    /// Options of a phase, in the order in which a person reads them.
    private typealias Options = [(name: String, values: [String])]

    private struct Writer {
        var text = ""

        mutating func phase(_ name: String, _ options: Options) {
            text += "  - \(name):\n"
            append(options, indent: 6)
        }

        mutating func append(_ options: Options, indent: Int) {
            let space = String(repeating: " ", count: indent)
            for (name, values) in options where !values.isEmpty {
                if values.count == 1, name != "inputs" {
                    text += "\(space)\(name): \(Self.scalar(values[0]))\n"
                } else {
                    text += "\(space)\(name):\n" + values.map { "\(space)  - \(Self.scalar($0))\n" }.joined()
                }
            }
        }

        /// A value as YAML; what could be read as something else stands in quotes.
        static func scalar(_ text: String) -> String {
            let isPlain =
                text.unicodeScalars.first.map { $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) }
                ?? false
            let plain = text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
                    || "-_./=,+@%".unicodeScalars.contains($0)
            }
            if isPlain, plain { return text }
            let escaped = text.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "\"", "\\": "\\\(scalar)"
                case "\n": "\\n"
                case "\t": "\\t"
                default: String(scalar)
                }
            }.joined()
            return "\"\(escaped)\""
        }
    }

    private var table: String {
        if materials.encoder != nil { return "${work}/encoded.vectors" }
        return plainTable
    }

    /// The table before an encoder's vectors stand beside it.
    private var plainTable: String {
        materials.vectors.count == 1 && !materials.vectors[0].contains("=")
            ? materials.vectors[0] : "${work}/words.vectors"
    }

    private var ownTeachers: [String] {
        choices.teacherSeeds.indices.map {
            choices.teacherSeeds.count == 1 ? "${work}/teacher" : "${work}/teacher-\($0 + 1)"
        }
    }

    /// Ours first: the student has their labels, in their order.
    private var teachers: [String] { ownTeachers + materials.teachers }

    /// The recipe.
    package var text: String {
        var writer = Writer()
        writer.text = """
            # Made by \(Version.producer): 'nerpipe distill'. Edit it as you like; 'nerpipe run \(path)' does what changed.
            #
            # What was chosen, and why:
            \(choices.made.map { "# - \($0.name): \($0.reason). Expected: \($0.gain)" }.joined(separator: "\n"))
            vars:
              work: \(Writer.scalar(work))
              seed: "\(materials.seed)"
            records: \(Writer.scalar("\(materials.output)/\(Self.recordsName)"))
            phases:

            """
        appendVectors(&writer)
        appendTeachers(&writer)
        if !materials.gold.isEmpty { appendScore(of: teachers, as: "teacher", &writer) }
        appendPipeline(&writer)
        if !materials.gold.isEmpty {
            appendScore(of: ["${work}/student"], as: "student", against: teachers, &writer)
        }
        writer.phase(
            "model package",
            [
                ("inputs", ["${work}/student"]), ("vectors", [table]), ("lang", [materials.language]),
                ("gold", materials.gold),
                ("types", materials.gold.isEmpty ? [] : materials.types.map { [$0] } ?? []),
                ("map", materials.gold.isEmpty || materials.map.isEmpty ? [] : [materials.map]),
                ("license", materials.license.map { [$0] } ?? []), ("output", [model]),
            ])
        return writer.text
    }

    private func appendVectors(_ writer: inout Writer) {
        func named(_ items: [DistillMaterials.Named]) -> [String] { items.map { "\($0.name)=\($0.path)" } }
        if materials.vectors.isEmpty {
            let ownText = materials.text.map { "\(materials.language)=\($0)" }
            writer.phase(
                "vectors train",
                [
                    ("parallel", named(materials.parallel)), ("dictionary", named(materials.dictionaries)),
                    ("text", named(materials.sources) + ownText + named(materials.otherText)),
                    ("exclude", materials.gold + materials.development.map(\.path)),
                    ("pivot", materials.sourceLanguages.first.map { [$0] } ?? []), ("seed", ["${seed}"]),
                    ("output", ["${work}/words.vectors"]), ("dictionaries", ["${work}/dictionaries"]),
                ])
        } else if plainTable == "${work}/words.vectors" {
            writer.phase("vectors import", [("inputs", materials.vectors), ("output", [plainTable])])
        }
        if let encoder = materials.encoder {
            writer.phase(
                "vectors encode",
                [
                    ("inputs", [plainTable]), ("encoder", [encoder]), ("seed", ["${seed}"]),
                    ("output", ["${work}/encoded.vectors"]),
                ])
        }
    }

    private func appendTeachers(_ writer: inout Writer) {
        let languages = materials.sourceLanguages
        for (teacher, seed) in zip(ownTeachers, choices.teacherSeeds) {
            var options: Options = [
                ("inputs", materials.sources.map { "\($0.name)=\($0.path)" }),
                ("dev", materials.development.map { "\($0.name)=\($0.path)" }), ("lang", [languages[0]]),
                ("types", materials.types.map { [$0] } ?? []), ("map", materials.map.isEmpty ? [] : [materials.map]),
                ("vectors", [table]),
            ]
            switch choices.switchesWith {
            case .aligned(let pair):
                options.append(("code-switch", ["\(materials.language)=${work}/dictionaries/\(pair).tsv"]))
                options.append(("epochs", ["3"]))
            case .given(let path):
                options.append(("code-switch", ["\(materials.language)=\(path)"]))
                options.append(("epochs", ["3"]))
            case nil: break
            }
            writer.phase(
                "train", options + [("seed", [seed == materials.seed ? "${seed}" : "\(seed)"]), ("output", [teacher])])
        }
    }

    /// - Parameter reference: Whom its tags are held against.
    private func appendScore(
        of models: [String], as system: String, against reference: [String] = [], _ writer: inout Writer
    ) {
        writer.phase(
            "evaluate",
            [
                ("inputs", materials.gold), ("model", models), ("reference", reference),
                ("seen", materials.sources.map { "\($0.name)=\($0.path)" }), ("lang", [materials.language]),
                ("vectors", [table]),
                ("types", materials.types.map { [$0] } ?? []), ("map", materials.map.isEmpty ? [] : [materials.map]),
                ("json", ["true"]), ("output", [scores(system)]),
                ("counts", ["\(materials.output)/scores.\(system).counts"]),
            ])
    }

    private func appendPipeline(_ writer: inout Writer) {
        writer.text += "  - pipeline:\n"
        writer.append([("inputs", materials.text)], indent: 6)
        writer.text += "      stages:\n"
        func stage(_ name: String, _ options: Options) {
            writer.text += "        - \(name):\n"
            writer.append(options, indent: 12)
        }
        stage("tokenize", [("lang", [materials.language])])
        if !materials.gold.isEmpty { stage("exclude", [("sentences", materials.gold)]) }
        stage("embed", [("vectors", [table])])
        stage(
            "score",
            [("teacher", teachers)]
                + (materials.hasTransformer
                    ? [("precision", ["reduced"]), ("teacher-cache", ["${work}/answers"])] : []))
        if choices.smooths { stage("select", [("smooth", ["0.5"])]) }
        stage(
            "update",
            [
                ("output", ["${work}/student"]), ("objective", [choices.objective]), ("epochs", ["8"]),
                ("initial", choices.beginsAsTeacher ? [ownTeachers[0]] : []),
                ("learning-rate", choices.beginsAsTeacher ? ["0.0005"] : []),
                ("seed", ["${seed}"]),
            ])
    }
}
