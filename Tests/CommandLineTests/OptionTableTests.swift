import Foundation
import ProgramTesting
import Testing

/// docs/options.md, and the rules it states, against what the program says of itself.
struct OptionTableTests {
    private struct Help: Decodable {
        struct Name: Decodable { var kind: String, name: String }
        struct Argument: Decodable {
            var kind: String
            var names: [Name]?
            var shouldDisplay: Bool?
        }
        struct Command: Decodable {
            var commandName: String
            var arguments: [Argument]?
            var subcommands: [Command]?
        }
        var command: Command
    }

    private struct Use: Hashable {
        var option: String, letter: String, takesValue: Bool, command: String
    }

    private static func uses(of command: Help.Command, path: [String]) -> [Use] {
        let own = (command.arguments ?? []).compactMap { argument -> Use? in
            let names = argument.names ?? []
            guard argument.shouldDisplay != false, let long = names.first(where: { $0.kind == "long" })?.name,
                !["help", "version"].contains(long)
            else { return nil }
            return Use(
                option: long, letter: names.first { $0.kind == "short" }?.name ?? "",
                takesValue: argument.kind == "option", command: path.joined(separator: " "))
        }
        return own
            + (command.subcommands ?? []).filter { $0.commandName != "help" }.flatMap {
                uses(of: $0, path: path + [$0.commandName])
            }
    }

    private static func found() async throws -> [Use] {
        let outcome = try await ScratchFolder().nerpipe("--experimental-dump-help")
        let help = try JSONDecoder().decode(Help.self, from: Data(outcome.text.utf8))
        return uses(of: help.command, path: [])
    }

    @Test func theTableIsThatOfTheProgram() async throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/options.md")
        var listed: [String: Set<String>] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| `--") {
            // A bar in a value is written with a backslash before it.
            let cells = line.replacing("\\|", with: "/").split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 6, "\(line)")
            listed["\(cells[1]) \(cells[2])"] = Set(cells[4].split(separator: ", ").map(String.init))
        }
        var expected: [String: Set<String>] = [:]
        for use in try await Self.found() {
            expected["`--\(use.option)` \(use.letter.isEmpty ? "" : "`-\(use.letter)`")", default: []].insert(
                use.command)
        }
        for key in Set(listed.keys).union(expected.keys).sorted() {
            #expect(listed[key] == expected[key], "\(key): run tools/package/options.py NERPIPE > docs/options.md")
        }
    }

    @Test func anOptionHasOneFormEverywhere() async throws {
        let uses = try await Self.found()
        for (name, same) in Dictionary(grouping: uses, by: \.option) {
            #expect(Set(same.map(\.letter)).count == 1, "--\(name) has several letters")
            #expect(Set(same.map(\.takesValue)).count == 1, "--\(name) has a value here and none there")
            #expect(!name.hasPrefix("maximum") && !name.hasPrefix("minimum"), "--\(name): --max-..., --min-...")
        }
        // And a letter one option.
        for (letter, same) in Dictionary(grouping: uses.filter { !$0.letter.isEmpty }, by: \.letter) {
            #expect(Set(same.map(\.option)).count == 1, "-\(letter): \(Set(same.map(\.option)).sorted())")
        }
    }

    @Test func whatComputesHasTheCommonOptionsAndWhatMakesAFileAsksBeforeItReplacesOne() async throws {
        let commands = Dictionary(grouping: try await Self.found(), by: \.command).mapValues { Set($0.map(\.option)) }
        for (command, options) in commands where options.contains("jobs") {
            #expect(
                options.isSuperset(of: ["quiet", "verbose", "progress", "log-format", "metrics", "wait"]), "\(command)")
        }
        // 'train' and 'update' make folders, which they continue or begin anew; 'merge' finishes what 'update' began there.
        for (command, options) in commands where options.contains("output") && !["doctor", "merge"].contains(command) {
            #expect(options.contains("force") || options.contains("fresh"), "\(command)")
        }
    }
}
