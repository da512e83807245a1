package import Diagnostics
import Glibc
import Yams

/// The part of YAML that definitions use: mappings, lists, single values, and `${name}` in these.
package struct DefinitionText {
    package indirect enum Node { case scalar(String), list([Node]), section([String: Node]) }

    /// For messages.
    package let path: String
    package init(path: String) { self.path = path }

    /// The definition, its list of phases, a phase, its parts, a list of stages, a stage, its options, a list of values, a value.
    private static let maximumDepth = 8
    private static let maximumNodeCount = 100_000

    package func failure(_ what: String, cause: (any Error)? = nil) -> Failure {
        .badDefinition(path, what, cause: cause)
    }

    package func parse(_ text: String) throws -> [String: Node] {
        do {
            guard let node = try Yams.compose(yaml: text) else { throw failure("empty pipeline definition") }
            var budget = Self.maximumNodeCount
            guard case .section(let root) = try convert(node, depth: 0, &budget) else {
                throw failure("a pipeline definition is a mapping with inputs and stages")
            }
            return root
        } catch let error as YamlError {
            // It shows the line, which may be long.
            let what = "\(error)".split(separator: "\n").joined(separator: " ").prefix(300)
            throw failure("not YAML: \(what)", cause: error)
        }
    }

    /// - Parameter budget: Nodes that may still come; aliases make many of a few bytes.
    private func convert(_ node: Yams.Node, depth: Int, _ budget: inout Int) throws -> Node {
        budget -= 1
        guard depth <= Self.maximumDepth, budget > 0 else {
            throw failure("lists may only hold single values and stages; this is too deep, or too much")
        }
        switch node {
        case .scalar(let scalar): return .scalar(scalar.string)
        case .sequence(let sequence):
            return .list(try sequence.map { try convert($0, depth: depth + 1, &budget) })
        case .mapping(let mapping):
            var section: [String: Node] = [:]
            for (key, value) in mapping {
                guard case .scalar(let name) = key else { throw failure("a key is not a word") }
                section[name.string] = try convert(value, depth: depth + 1, &budget)
            }
            return .section(section)
        default: throw failure("YAML aliases are not used in pipeline definitions")
        }
    }

    package func requireKeys(_ keys: [String], among known: [String], section: String? = nil) throws {
        for key in keys.sorted() where !known.contains(key) {
            let hint =
                NearestName.of(key, in: known).map { "did you mean '\($0)'?" }
                ?? "known: \(known.sorted().joined(separator: ", "))"
            throw failure("unknown key '\(section.map { "\($0)." } ?? "")\(key)'; \(hint)")
        }
    }

    package func section(_ node: Node?, _ name: String) throws -> [String: Node] {
        switch node {
        case nil: return [:]
        case .scalar(let text)? where text.isEmpty || text == "null" || text == "~": return [:]
        case .section(let section)?: return section
        default: throw failure("'\(name)' must be a mapping of options")
        }
    }

    /// The two sides of a `--set NAME=VALUE`; the value may have more of these signs.
    package static func parts(ofSetting text: String) throws -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "=") else { throw Failure.noSetting(text) }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    package func scalar(_ node: Node, _ name: String) throws -> String {
        guard case .scalar(let text) = node else { throw failure("'\(name)' must be a single value") }
        return text
    }

    /// A value, or a list of values.
    package func values(_ node: Node, _ name: String) throws -> [String] {
        switch node {
        case .scalar(let text): return [text]
        case .list(let items):
            return try items.map { item in
                guard case .scalar(let text) = item else { throw failure("'\(name)' must be a list of single values") }
                return text
            }
        case .section: throw failure("'\(name)' must be a value or a list")
        }
    }

    /// Each `name` that stands as `${name}` in a text.
    func variableNames(in text: String) -> [String] {
        text.split(separator: "${").dropFirst().compactMap { part in
            part.firstIndex(of: "}").map { String(part[..<$0]) }
        }
    }

    /// Replaces `${name}` by a variable of the definition, otherwise of the environment.
    package func expand(_ text: String, _ variables: [String: String]) throws -> String {
        // Variables of variables may grow without bound, or take for ever to become nothing.
        var budget = 1000
        return try expand(text, variables, depth: 0, &budget)
    }

    private func expand(_ text: String, _ variables: [String: String], depth: Int, _ budget: inout Int) throws -> String
    {
        var result = "", rest = text[...]
        while let start = rest.firstRange(of: "${") {
            budget -= 1
            guard depth < 16, budget > 0, let end = rest[start.upperBound...].firstIndex(of: "}") else {
                throw failure("'\(text.prefix(100))': a ${...} does not end, refers to itself, or has too many in it")
            }
            let name = String(rest[start.upperBound..<end])
            guard
                let value = try variables[name].map({ try expand($0, variables, depth: depth + 1, &budget) })
                    ?? getenv(name).map({ String(cString: $0) })
            else {
                throw failure(
                    "'${\(name)}' is neither under 'vars' nor in the environment; give it with --set \(name)=VALUE or export \(name)"
                )
            }
            result += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
