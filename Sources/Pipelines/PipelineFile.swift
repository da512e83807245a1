import Diagnostics
import Glibc
import Shards
import Yams

/// A pipeline definition: the options of the four stages, as their long names without the dashes.
///
/// ```yaml
/// vars:   {data: "${NERPIPE_DATA}", target: es}     # for ${...} below; --set target=nl changes one
/// inputs: ["${data}/text/${target}/*.txt.zst"]
/// tokenize: {lang: "${target}"}
/// embed:    {vectors: tables/eur.vectors}
/// score:    {teacher: teachers/en}
/// update:   {output: "students/${target}", epochs: 8}
/// ```
///
/// So a definition is the command lines of a shell pipe in another notation, and there is one parser for both. A list
/// value repeats its option, `true` stands for a flag, `false` leaves it out.
package struct PipelineFile: Sendable {
    package static let stageNames = ["tokenize", "embed", "score", "select", "mix", "update"]
    /// Stages that a definition may leave out.
    private static let optionalStages: Set<String> = ["select", "mix"]

    /// Options that the stages have as commands of their own, and that one process for all of them either ignores or is
    /// given itself.
    private static let foreignKeys: Set<String> = [
        "output", "compress", "level", "jobs", "quiet", "verbose", "progress", "log-format", "metrics", "help",
        "version",
    ]

    package let path: String
    package let inputs: [String]
    /// Command-line arguments of each stage that the definition has.
    package let arguments: [String: [String]]
    /// Students that are made one after the other, each taught by the one before it; 1: one, taught by the teachers.
    package let rounds: Int

    /// Reads a definition and applies settings of the form `a.b=c` or, for a variable, `name=value`.
    package init(path: String, settings: [String]) throws {
        try self.init(
            text: String(decoding: Directory.contents(of: path), as: UTF8.self), path: path, settings: settings)
    }

    package init(text: String, path: String, settings: [String]) throws {
        self.path = path
        var root = try Self.parse(text, path)
        try Self.requireKeys(
            Array(root.keys), among: ["vars", "inputs", "rounds"] + Self.stageNames, path, section: nil)
        var variables: [String: String] = [:]
        for (name, value) in try Self.section(root["vars"], "vars", path) {
            variables[name] = try Self.scalar(value, "vars.\(name)", path)
        }
        for setting in settings {
            guard let equals = setting.firstIndex(of: "=") else {
                throw Failure(.usage, "--set '\(setting)' is not NAME=VALUE")
            }
            let name = String(setting[..<equals]), value = String(setting[setting.index(after: equals)...])
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            if parts.count == 2 {
                try Self.requireKeys([parts[0]], among: Self.stageNames, path, section: nil)
                var section = try Self.section(root[parts[0]], parts[0], path)
                section[parts[1]] = .scalar(value)
                root[parts[0]] = .section(section)
            } else if name == "inputs" {
                root["inputs"] = .list([value])
            } else if name == "rounds" {
                root["rounds"] = .scalar(value)
            } else {
                try Self.requireKeys([name], among: Array(variables.keys), path, section: "vars")
                variables[name] = value
            }
        }
        var resolved: [String: String] = [:]
        for name in variables.keys.sorted() {
            resolved[name] = try Self.expand(variables[name] ?? "", variables, path)
        }
        func resolve(_ value: String) throws -> String { try Self.expand(value, resolved, path) }
        guard let inputNode = root["inputs"] else {
            throw Failure(.mismatch, "\(path): 'inputs' is missing; list the text files of the target language")
        }
        inputs = try Self.list(inputNode, "inputs", path).map(resolve)
        guard !inputs.isEmpty, !inputs.contains("") else {
            throw Failure(.mismatch, "\(path): 'inputs' is empty; list the text files of the target language")
        }
        var arguments: [String: [String]] = [:]
        for stage in Self.stageNames {
            guard root[stage] != nil else {
                if Self.optionalStages.contains(stage) { continue }
                throw Failure(
                    .mismatch, "\(path): section '\(stage)' is missing; write '\(stage): {}' if it needs no options")
            }
            let section = try Self.section(root[stage], stage, path)
            for key in section.keys.sorted()
            where Self.foreignKeys.contains(key) && !(stage == "update" && key == "output")
                || stage != "embed" && key == "vectors"
                || stage == "update" && key == "rounds"
            {
                throw Failure(
                    .mismatch,
                    "\(path): '\(stage).\(key)' has no meaning in a definition, where the stages are joined; leave it out"
                )
            }
            arguments[stage] = try section.keys.sorted().flatMap { key -> [String] in
                guard let value = section[key] else { return [] }
                return try Self.list(value, "\(stage).\(key)", path).flatMap { item -> [String] in
                    switch item {
                    case "true": ["--\(key)"]
                    case "false": []
                    default: ["--\(key)", try resolve(item)]
                    }
                }
            }
        }
        self.arguments = arguments
        let rounds = try root["rounds"].map { try resolve(Self.scalar($0, "rounds", path)) } ?? "1"
        guard let count = Int(rounds), (1...1000).contains(count) else {
            throw Failure(.mismatch, "\(path): 'rounds' is \(rounds.prefix(40)), must be a number from 1 to 1000")
        }
        self.rounds = count
    }

    /// Command-line arguments of a stage in a round, from 1: after the first, the student before is the teacher; all but the last
    /// have a place of their own in the output folder.
    package func arguments(_ stage: String, round: Int) -> [String]? {
        guard var list = arguments[stage] else { return nil }
        if stage == "score", round > 1 {
            for option in ["--teacher", "--weight", "--weights", "--weight-level"] {
                while let place = list.firstIndex(of: option) { list.removeSubrange(place...place + 1) }
            }
            list = ["--teacher", output(round: round - 1)] + list
        }
        if stage == "update", let place = list.firstIndex(of: "--output"), place + 1 < list.count {
            list[place + 1] = output(round: round)
        }
        return list
    }

    private func output(round: Int) -> String {
        let update = arguments["update"] ?? []
        let output = update.firstIndex(of: "--output").flatMap { $0 + 1 < update.count ? update[$0 + 1] : nil } ?? ""
        return round == rounds ? output : "\(output)/rounds/\(round)"
    }

    /// The same as shell pipes, one for each round; a stage that may read its input twice has it in a file.
    package func shell(program: String) -> String {
        "set -e -o pipefail\n" + (1...rounds).map { shell(program: program, round: $0) }.joined()
    }

    private func shell(program: String, round: Int) -> String {
        func command(_ stage: String, _ more: [String] = []) -> String? {
            arguments(stage, round: round).map {
                ([program, stage] + $0 + more).map(Self.quoted).joined(separator: " ")
            }
        }
        let before = [command("tokenize", inputs), command("embed")].compactMap { $0 }
        let after = [command("mix"), command("update")].compactMap { $0 }
        func pipe(_ commands: [String]) -> String { commands.joined(separator: " \\\n  | ") + "\n" }
        let file = "\(output(round: round)).scored.zst"
        guard let score = command("score"), let select = command("select", [file]) else {
            return pipe(before + [command("score")].compactMap { $0 } + after)
        }
        let folder = file.lastIndex(of: "/").map { "mkdir -p \(Self.quoted(String(file[..<$0])))\n" } ?? ""
        return folder + pipe(before + ["\(score) -o \(Self.quoted(file))"]) + pipe([select] + after)
            + "rm \(Self.quoted(file))\n"
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic && scalar.isASCII || ("0"..."9").contains(scalar)
                    || "-_./=,:+@%".unicodeScalars.contains(scalar)
            }
        return isPlain
            ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    // MARK: The part of YAML that definitions use

    private indirect enum Node { case scalar(String), list([String]), section([String: Node]) }

    private static func parse(_ text: String, _ path: String) throws -> [String: Node] {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw Failure(.mismatch, "\(path): empty pipeline definition")
            }
            guard case .section(let root) = try convert(node, path) else {
                throw Failure(
                    .mismatch,
                    "\(path): a pipeline definition is a mapping with inputs, tokenize, embed, score and update")
            }
            return root
        } catch let error as YamlError {
            // It shows the line, which may be long.
            let what = "\(error)".split(separator: "\n").joined(separator: " ").prefix(300)
            throw Failure(.mismatch, "\(path): not YAML: \(what)")
        }
    }

    private static func convert(_ node: Yams.Node, _ path: String) throws -> Node {
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string)
        case .sequence(let sequence):
            return .list(
                try sequence.map { item in
                    guard case .scalar(let scalar) = item else {
                        throw Failure(.mismatch, "\(path): lists may only hold single values")
                    }
                    return scalar.string
                })
        case .mapping(let mapping):
            var section: [String: Node] = [:]
            for (key, value) in mapping {
                guard case .scalar(let name) = key else { throw Failure(.mismatch, "\(path): a key is not a word") }
                section[name.string] = try convert(value, path)
            }
            return .section(section)
        default: throw Failure(.mismatch, "\(path): YAML aliases are not used in pipeline definitions")
        }
    }

    private static func requireKeys(_ keys: [String], among known: [String], _ path: String, section: String?) throws {
        for key in keys.sorted() where !known.contains(key) {
            let hint =
                NearestName.of(key, in: known).map { "did you mean '\($0)'?" }
                ?? "known: \(known.sorted().joined(separator: ", "))"
            throw Failure(.mismatch, "\(path): unknown key '\(section.map { "\($0)." } ?? "")\(key)'; \(hint)")
        }
    }

    private static func section(_ node: Node?, _ name: String, _ path: String) throws -> [String: Node] {
        switch node {
        case nil: return [:]
        case .scalar(let text)? where text.isEmpty || text == "null" || text == "~": return [:]
        case .section(let section)?: return section
        default: throw Failure(.mismatch, "\(path): '\(name)' must be a mapping of options")
        }
    }

    private static func scalar(_ node: Node, _ name: String, _ path: String) throws -> String {
        guard case .scalar(let text) = node else {
            throw Failure(.mismatch, "\(path): '\(name)' must be a single value")
        }
        return text
    }

    private static func list(_ node: Node, _ name: String, _ path: String) throws -> [String] {
        switch node {
        case .scalar(let text): return [text]
        case .list(let items): return items
        case .section: throw Failure(.mismatch, "\(path): '\(name)' must be a value or a list")
        }
    }

    /// Replaces `${name}` by a variable of the definition, otherwise of the environment.
    private static func expand(_ text: String, _ variables: [String: String], _ path: String) throws -> String {
        // Variables of variables may grow without bound, or take for ever to become nothing.
        var budget = 1000
        return try expand(text, variables, path, depth: 0, &budget)
    }

    private static func expand(
        _ text: String, _ variables: [String: String], _ path: String, depth: Int, _ budget: inout Int
    ) throws -> String {
        var result = "", rest = text
        while let start = rest.range(of: "${") {
            budget -= 1
            guard depth < 16, budget > 0, let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw Failure(
                    .mismatch,
                    "\(path): '\(text.prefix(100))': a ${...} does not end, refers to itself, or has too many in it")
            }
            let name = String(rest[start.upperBound..<end])
            guard
                let value = try variables[name].map({
                    try expand($0, variables, path, depth: depth + 1, &budget)
                }) ?? getenv(name).map({ String(cString: $0) })
            else {
                throw Failure(
                    .mismatch,
                    "\(path): '${\(name)}' is neither under 'vars' nor in the environment; give it with --set \(name)=VALUE or export \(name)"
                )
            }
            result += rest[..<start.lowerBound] + value
            rest = String(rest[rest.index(after: end)...])
        }
        return result + rest
    }
}

extension String {
    /// The first place where `other` stands.
    fileprivate func range(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
