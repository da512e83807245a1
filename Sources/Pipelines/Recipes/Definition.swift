import Diagnostics
import Shards

/// A pipeline definition: the stages in the order in which the text passes them, with their options.
///
/// ```yaml
/// vars:   {data: "${NERPIPE_DATA}", target: es}     # for ${...} below; --set target=nl changes one
/// inputs: ["${data}/text/${target}/*.txt.zst"]
/// rounds: 1                                         # students made one after the other, each taught by the one before it
/// stages:
///   - tokenize: {lang: "${target}"}
///   - embed:    {vectors: tables/eur.vectors}
///   - score:    {teacher: teachers/en}
///   - update:   {output: "students/${target}", epochs: 8}
/// ```
///
/// Options are the long names of the command line without the dashes, and there is one declaration for both: a list value
/// repeats its option, `true` stands for a flag, `false` leaves it out. Without `tokenize` the inputs are streams; without
/// `update` the stream goes to the file that `output` names.
package struct Definition: Sendable {
    package struct Step: Sendable {
        package var name: String
        package var options: StageOptions
    }

    package static let first = "tokenize", last = "update"
    package static var stageNames: [String] { [first] + StageList.all.map { $0.help.name } + [last] }

    /// Options that the stages have as commands of their own, and that one process for all of them is given itself.
    static let foreignKeys: Set<String> = [
        "output", "compress", "level", "jobs", "quiet", "verbose", "progress", "log-format", "metrics", "help",
        "version",
    ]

    package let path: String
    package let inputs: [String]
    package let steps: [Step]
    /// Students that are made one after the other, each taught by the one before it; 1: one, taught by the teachers.
    package let rounds: Int
    /// File for the stream, when no student is made.
    package let output: String?

    /// Reads a definition and applies settings: `name=value` for a variable, `stage.option=value` for an option, `stage#2.option=value`
    /// for one of the second stage of that name. What is set more than once becomes a list.
    package init(path: String, settings: [String]) throws {
        try self.init(
            text: String(decoding: Directory.contents(of: path), as: UTF8.self), path: path, settings: settings)
    }

    package init(text: String, path: String, settings: [String]) throws {
        let reader = DefinitionText(path: path)
        var draft = try DefinitionDraft(reader.parse(text), reader, named: reader.variableNames(in: text))
        for setting in settings { try draft.apply(setting) }
        try self.init(draft, reader)
    }

    /// - Parameter draft: With all settings applied.
    init(_ draft: DefinitionDraft, _ reader: DefinitionText) throws {
        path = reader.path
        let variables = try draft.resolvedVariables()
        func resolve(_ value: String) throws -> String { try reader.expand(value, variables) }
        inputs = try draft.inputs.map(resolve)
        guard !inputs.isEmpty, !inputs.contains("") else {
            throw reader.failure("'inputs' is empty; list the text files of the target language")
        }
        steps = try draft.steps.map { step in
            var options = StageOptions()
            for name in step.options.names { options[name] = try step.options[name]?.map(resolve) }
            return Step(name: step.name, options: options)
        }
        output = try draft.output.map(resolve)
        let rounds = try resolve(draft.rounds)
        guard let count = Int(rounds), (1...1000).contains(count) else {
            throw reader.failure("'rounds' is \(rounds.prefix(40)), must be a number from 1 to 1000")
        }
        self.rounds = count
        try requireOrder(reader)
    }

    /// The same, in place of what an earlier run made.
    package var startingOver: Definition {
        var steps = steps
        if let last = steps.indices.last, steps[last].name == Self.last { steps[last].options["fresh"] = ["true"] }
        return Definition(path: path, inputs: inputs, steps: steps, rounds: rounds, output: output)
    }

    private init(path: String, inputs: [String], steps: [Step], rounds: Int, output: String?) {
        (self.path, self.inputs, self.steps, self.rounds, self.output) = (path, inputs, steps, rounds, output)
    }

    private func requireOrder(_ reader: DefinitionText) throws {
        for (place, step) in steps.enumerated() {
            if step.name == Self.first, place > 0 { throw reader.failure("'tokenize' can only be the first stage") }
            if step.name == Self.last, place < steps.count - 1 {
                throw reader.failure("'update' can only be the last stage")
            }
        }
        let makesStudent = steps.last?.name == Self.last
        guard makesStudent != (output != nil) else {
            throw reader.failure(
                makesStudent
                    ? "'output' is where a stream goes that no student learns from; leave it out, 'update' is there"
                    : "the last stage is not 'update'; add it, or say with 'output: FILE' where the stream goes")
        }
        guard rounds == 1 || makesStudent else { throw reader.failure("'rounds' needs 'update' as the last stage") }
    }
}
