import Diagnostics

/// What was written, before variables are put in.
struct DefinitionDraft {
    private let reader: DefinitionText
    private var variables: [String: String] = [:]
    /// What was set; once more makes a list.
    private var isSet: Set<String> = []
    /// Variables that stand in the definition, also those that the environment has to give.
    private let named: [String]
    var inputs: [String]
    var steps: [Definition.Step]
    var rounds = "1"
    var output: String?

    /// - Parameters:
    ///   - root: The definition, or a part of one.
    ///   - inherited: Variables of what it is a part of; nil: it has its own.
    init(
        _ root: [String: DefinitionText.Node], _ reader: DefinitionText, named: [String],
        inherited: [String: String]? = nil
    ) throws {
        self.reader = reader
        self.named = named
        variables = inherited ?? [:]
        let own = inherited == nil ? ["vars"] : []
        try reader.requireKeys(Array(root.keys), among: own + ["inputs", "rounds", "stages", "output"])
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

    private static func step(_ node: DefinitionText.Node, _ reader: DefinitionText) throws -> Definition.Step {
        let name: String
        var options: DefinitionText.Node?
        switch node {
        case .scalar(let text): name = text
        case .section(let section) where section.count == 1:
            (name, options) = (section.keys.first ?? "", section.values.first)
        default: throw reader.failure("each of 'stages' must be one stage: - embed: {vectors: FILE}")
        }
        try reader.requireKeys([name], among: Definition.stageNames)
        var result = StageOptions()
        for (key, value) in try reader.section(options, name) {
            result[key] = try reader.values(value, "\(name).\(key)")
        }
        let step = Definition.Step(name: name, options: result)
        try requireOwn(step, reader)
        return step
    }

    private static func requireOwn(_ step: Definition.Step, _ reader: DefinitionText) throws {
        for key in step.options.names
        where Definition.foreignKeys.contains(key) && !(step.name == Definition.last && key == "output") {
            throw reader.failure(
                "'\(step.name).\(key)' has no meaning in a definition, where the stages are joined; leave it out")
        }
    }

    mutating func apply(_ setting: String) throws {
        let (name, value) = try DefinitionText.parts(ofSetting: setting)
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
        try reader.requireKeys([name], among: Definition.stageNames)
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
