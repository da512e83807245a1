import Diagnostics

/// A chain as it was written, before variables are put in.
struct ChainDraft {
    enum Phase {
        case command(String, StageOptions)
        case pipeline(DefinitionDraft)

        var name: String {
            switch self {
            case .command(let name, _): name
            case .pipeline: Chain.pipeline
            }
        }
    }

    private let reader: DefinitionText
    private let named: [String]
    private var variables: [String: String] = [:]
    private var isSet: Set<String> = []
    private(set) var records: String?
    private(set) var phases: [Phase] = []

    init(_ root: [String: DefinitionText.Node], _ reader: DefinitionText, named: [String]) throws {
        (self.reader, self.named) = (reader, named)
        for (name, value) in try reader.section(root["vars"], "vars") {
            variables[name] = try reader.scalar(value, "vars.\(name)")
        }
        records = try root["records"].map { try reader.scalar($0, "records") }
    }

    /// - Returns: Whether the setting is one of a variable; others wait for the phases.
    mutating func applyToVariables(_ setting: String) throws -> Bool {
        guard let (name, value) = try? DefinitionText.parts(ofSetting: setting), !name.contains(".") else {
            return false
        }
        if name == "records" {
            records = value
        } else {
            try reader.requireKeys([name], among: variables.keys + named, section: "vars")
            variables[name] = value
        }
        return true
    }

    mutating func read(_ list: [DefinitionText.Node]) throws {
        phases = try list.map { node in
            guard case .section(let section) = node, section.count == 1, let (name, content) = section.first else {
                throw reader.failure(
                    "each of 'phases' must be one phase: - train: {inputs: [train.conll], output: teacher}")
            }
            let options = try reader.section(content, name)
            if name == Chain.pipeline {
                return .pipeline(try DefinitionDraft(options, reader, named: named, inherited: variables))
            }
            var result = StageOptions()
            for (key, value) in options { result[key] = try reader.values(value, "\(name).\(key)") }
            return .command(name, result)
        }
    }

    /// Changes an option of a phase, or of a stage of the one pipeline that has it.
    mutating func apply(_ setting: String) throws {
        let (name, value) = try DefinitionText.parts(ofSetting: setting)
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let place = parts[0].split(separator: "#", maxSplits: 1).map(String.init)
        let matches = phases.indices.filter { phases[$0].name == place[0] }
        guard !matches.isEmpty, place[0] != Chain.pipeline, parts.count == 2 else {
            return try applyToStage(setting, name)
        }
        let number = place.count == 2 ? Int(place[1]) ?? 0 : 1
        guard matches.indices.contains(number - 1), place.count == 2 || matches.count == 1 else {
            throw reader.failure(
                "--set \(name): there are \(matches.count) phases '\(place[0])'; say which, as \(place[0])#2.\(parts[1])"
            )
        }
        guard case .command(_, var options) = phases[matches[number - 1]] else { return }
        options[parts[1]] = (isSet.insert(name).inserted ? [] : options[parts[1]] ?? []) + [value]
        phases[matches[number - 1]] = .command(place[0], options)
    }

    private mutating func applyToStage(_ setting: String, _ name: String) throws {
        let pipelines = phases.indices.filter { phases[$0].name == Chain.pipeline }
        guard pipelines.count == 1, case .pipeline(var draft) = phases[pipelines[0]] else {
            let phases = Set(phases.map(\.name)).sorted().joined(separator: ", ")
            throw reader.failure(
                "--set \(name): names no option of a phase (\(phases)), and there are \(pipelines.count) pipelines")
        }
        try draft.apply(setting)
        phases[pipelines[0]] = .pipeline(draft)
    }

    func resolvedVariables() throws -> [String: String] { try variables.mapValues { try reader.expand($0, variables) } }
}
