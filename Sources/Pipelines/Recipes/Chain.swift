import Diagnostics
import Shards

/// A definition of a whole job: phases that are done one after the other, each a command of nerpipe or stages in one process.
///
/// ```yaml
/// vars:    {work: sw/work}
/// records: "${work}/phases"         # what is done, so that it is not done again
/// phases:
///   - vectors train: {parallel: ["en-sw=parallel/en-sw"], text: ["sw=news.sw.txt.zst"], output: "${work}/words.vectors"}
///   - train:    {inputs: [en/train.conll], lang: en, vectors: "${work}/words.vectors", output: "${work}/teacher"}
///   - pipeline: {inputs: [news.sw.txt.zst], stages: [{tokenize: {lang: sw}}, ...]}
///   - evaluate: {inputs: [gold.conll], model: "${work}/student", output: sw/scores.txt}
/// ```
///
/// Options are the long names of the command line without the dashes, `inputs` what stands there without an option. A pipeline is a
/// ``Definition`` without variables of its own.
package struct Chain: Sendable {
    package struct Phase: Sendable {
        package enum Action: Sendable {
            /// The words behind `nerpipe`.
            case command([String])
            case pipeline(Definition)
        }

        /// `train`, `vectors train`, `pipeline`.
        package let name: String
        package let action: Action
        /// Everything that decides the result, but for the content of files.
        package let words: [String]
        /// Files and folders that it makes.
        package let outputs: [String]
    }

    static let pipeline = "pipeline"
    /// Options whose values are made, not read.
    private static let outputOptions = ["output", "dictionaries", "counts"]

    package let path: String
    /// The folder of the records.
    package let records: String
    package let phases: [Phase]

    init(_ root: [String: DefinitionText.Node], _ reader: DefinitionText, text: String, settings: [String]) throws {
        path = reader.path
        try reader.requireKeys(Array(root.keys), among: ["vars", "records", "phases"])
        var draft = try ChainDraft(root, reader, named: reader.variableNames(in: text))
        let settings = try settings.filter { try !draft.applyToVariables($0) }
        guard case .list(let list)? = root["phases"], !list.isEmpty else {
            throw reader.failure(
                "'phases' is missing; list them in their order: - train: {inputs: [train.conll], output: teacher}")
        }
        try draft.read(list)
        for setting in settings { try draft.apply(setting) }
        let variables = try draft.resolvedVariables()
        records =
            try draft.records.map { try reader.expand($0, variables) } ?? "\(Directory.parent(of: reader.path))/phases"
        phases = try draft.phases.map { try Self.phase($0, reader, variables) }
    }

    private static func phase(
        _ draft: ChainDraft.Phase, _ reader: DefinitionText, _ variables: [String: String]
    ) throws -> Phase {
        switch draft {
        case .command(let name, var options):
            for key in options.names { options[key] = try options[key]?.map { try reader.expand($0, variables) } }
            let inputs = options["inputs"] ?? []
            let words = name.split(separator: " ").map(String.init) + options.removing(["inputs"]).arguments + inputs
            return Phase(
                name: name, action: .command(words), words: words, outputs: outputOptions.flatMap { options[$0] ?? [] })
        case .pipeline(let draft):
            let definition = try Definition(draft, reader)
            let outputs = [definition.output, definition.steps.last?.options["output"]?.last].compactMap { $0 }
            let words = (1...definition.rounds).flatMap { round in
                definition.steps(round: round).flatMap { [$0.name] + $0.options.arguments }
            }
            return Phase(
                name: pipeline, action: .pipeline(definition), words: [pipeline] + definition.inputs + words,
                outputs: outputs)
        }
    }
}

/// A definition as it stands in its file: of one pipeline, or of a chain of phases.
package enum DefinitionFile {
    case pipeline(Definition)
    case chain(Chain)

    /// Reads a definition and applies settings: `name=value` for a variable, `stage.option=value` for an option of a stage or a
    /// phase, `stage#2.option=value` for one of the second of that name.
    package init(path: String, settings: [String]) throws {
        try self.init(
            text: String(decoding: Directory.contents(of: path), as: UTF8.self), path: path, settings: settings)
    }

    package init(text: String, path: String, settings: [String] = []) throws {
        let reader = DefinitionText(path: path), root = try reader.parse(text)
        self =
            try root["phases"] == nil
            ? .pipeline(Definition(text: text, path: path, settings: settings))
            : .chain(Chain(root, reader, text: text, settings: settings))
    }
}
