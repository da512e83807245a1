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
    private static let foreignKeys: Set<String> = [
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
        self.path = path
        let reader = DefinitionText(path: path)
        var draft = try Draft(reader.parse(text), reader, named: reader.variableNames(in: text))
        for setting in settings { try draft.apply(setting) }
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

    /// What was written, before variables are put in.
    private struct Draft {
        private let reader: DefinitionText
        private var variables: [String: String] = [:]
        /// What was set; once more makes a list.
        private var isSet: Set<String> = []
        /// Variables that stand in the definition, also those that the environment has to give.
        private let named: [String]
        var inputs: [String]
        var steps: [Step]
        var rounds = "1"
        var output: String?

        init(_ root: [String: DefinitionText.Node], _ reader: DefinitionText, named: [String]) throws {
            self.reader = reader
            self.named = named
            try reader.requireKeys(Array(root.keys), among: ["vars", "inputs", "rounds", "stages", "output"])
            for (name, value) in try reader.section(root["vars"], "vars") {
                variables[name] = try reader.scalar(value, "vars.\(name)")
            }
            guard let inputs = root["inputs"] else {
                throw reader.failure("'inputs' is missing; list the text files of the target language")
            }
            self.inputs = try reader.values(inputs, "inputs")
            if let rounds = root["rounds"] { self.rounds = try reader.scalar(rounds, "rounds") }
            output = try root["output"].map { try reader.scalar($0, "output") }
            guard case .list(let list)? = root["stages"], !list.isEmpty else {
                throw reader.failure("'stages' is missing; list the stages in their order: - tokenize: {lang: sw}")
            }
            steps = try list.map { try Self.step($0, reader) }
        }

        private static func step(_ node: DefinitionText.Node, _ reader: DefinitionText) throws -> Step {
            let name: String
            var options: DefinitionText.Node?
            switch node {
            case .scalar(let text): name = text
            case .section(let section) where section.count == 1:
                (name, options) = (section.keys.first ?? "", section.values.first)
            default: throw reader.failure("each of 'stages' must be one stage: - embed: {vectors: FILE}")
            }
            try reader.requireKeys([name], among: stageNames)
            var result = StageOptions()
            for (key, value) in try reader.section(options, name) {
                result[key] = try reader.values(value, "\(name).\(key)")
            }
            let step = Step(name: name, options: result)
            try requireOwn(step, reader)
            return step
        }

        private static func requireOwn(_ step: Step, _ reader: DefinitionText) throws {
            for key in step.options.names where foreignKeys.contains(key) && !(step.name == last && key == "output") {
                throw reader.failure(
                    "'\(step.name).\(key)' has no meaning in a definition, where the stages are joined; leave it out")
            }
        }

        mutating func apply(_ setting: String) throws {
            guard let equals = setting.firstIndex(of: "=") else {
                throw Failure.noSetting(setting)
            }
            let name = String(setting[..<equals]), value = String(setting[setting.index(after: equals)...])
            let isFirst = isSet.insert(name).inserted
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                try set(parts[1], of: parts[0], to: value, isFirst: isFirst)
            } else if name == "inputs" {
                inputs = (isFirst ? [] : inputs) + [value]
            } else if name == "rounds" {
                rounds = value
            } else if name == "output" {
                output = value
            } else {
                try reader.requireKeys([name], among: variables.keys + named, section: "vars")
                variables[name] = value
            }
        }

        private mutating func set(_ option: String, of stage: String, to value: String, isFirst: Bool) throws {
            let parts = stage.split(separator: "#", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            try reader.requireKeys([name], among: stageNames)
            let places = steps.indices.filter { steps[$0].name == name }
            let number = parts.count == 2 ? Int(parts[1]) ?? 0 : 1
            guard places.indices.contains(number - 1) else {
                throw reader.failure("--set \(stage).\(option): there are \(places.count) stages '\(name)'")
            }
            guard parts.count == 2 || places.count == 1 else {
                throw reader.failure(
                    "--set \(stage).\(option): there are \(places.count) stages '\(name)'; say which, as \(name)#2.\(option)"
                )
            }
            let before = isFirst ? nil : steps[places[number - 1]].options[option]
            steps[places[number - 1]].options[option] = (before ?? []) + [value]
            try Self.requireOwn(steps[places[number - 1]], reader)
        }

        func resolvedVariables() throws -> [String: String] {
            try variables.mapValues { try reader.expand($0, variables) }
        }
    }
}
