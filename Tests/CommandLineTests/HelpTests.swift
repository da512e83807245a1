import ArgumentParser
import ProgramTesting
import Testing

@testable import nerpipe

struct HelpTests {
    /// Every command with its aliases, however deep, as the words that call it.
    private static let commands = [[]] + calls(of: NERPipe.self)

    private static func calls(of command: any ParsableCommand.Type) -> [[String]] {
        command.configuration.subcommands.flatMap { next in
            ([next._commandName] + next.configuration.aliases).flatMap { name in
                [[name]] + calls(of: next).map { [name] + $0 }
            }
        }
    }

    private static let withoutExamples = [
        "vectors", "shard", "shard info", "shard cat", "shard verify", "checkpoint", "checkpoint list",
        "checkpoint show", "checkpoint verify", "model", "model info", "model card", "teacher",
    ]

    @Test(arguments: commands)
    func helpLeadsWithExamplesThatCanBePasted(command: [String]) async throws {
        let words = command.joined(separator: " ")
        let outcome = try await ScratchFolder().nerpipe("\(words) --help")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.text.hasPrefix("OVERVIEW: "))
        #expect(
            outcome.text.contains(
                "\nUSAGE: nerpipe\(words == "tokenise" ? " tokenize" : words.isEmpty ? "" : " " + words)"))
        // Only a line of an example goes on in the next.
        for line in outcome.text.split(separator: "\n") where !line.hasPrefix(" ") { #expect(!line.hasSuffix("\\")) }
        guard !Self.withoutExamples.contains(words) else { return }
        let sections = outcome.text.split(separator: "\n\n", maxSplits: 2)
        try #require(sections.count == 3)
        let lines = sections[1].split(separator: "\n")
        #expect(["EXAMPLE", "EXAMPLES"].contains(lines[0]))
        // A line that begins at the margin was wrapped, and would no longer work when pasted.
        for line in lines.dropFirst() { #expect(line.hasPrefix("  ") && line.count <= 80, "\(line)") }
        let calls = Self.calls(in: lines.dropFirst().joined(separator: "\n"))
        #expect(!calls.isEmpty)
        for call in calls {
            #expect(throws: Never.self, "nerpipe \(call.joined(separator: " "))") { _ = try NERPipe.parseAsRoot(call) }
        }
    }

    @Test func anExampleIsSplitAsAShellSplitsIt() {
        #expect(
            Self.calls(in: "  zstdcat x | nerpipe a -b \\\n    'c d' < e > f   # g\n  ... | nerpipe h\n  done")
                == [["a", "-b", "c d"], ["h"]])
    }

    /// The arguments of each call of nerpipe in some lines of shell.
    private static func calls(in script: String) -> [[String]] {
        script.replacing("\\\n", with: " ").split(separator: "\n").flatMap { line in
            line.split(separator: "#")[0].split(separator: "|").compactMap { command -> [String]? in
                // Words between quotes are every second part.
                let words = command.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
                    $0 % 2 == 1 ? [String($1)] : $1.split(separator: " ").map(String.init)
                }
                guard words.first == "nerpipe" else { return nil }
                var call: [String] = [], isTarget = false
                for word in words.dropFirst() {
                    if !isTarget && word != "<" && word != ">" { call.append(word) }
                    isTarget = word == "<" || word == ">"
                }
                return call
            }
        }
    }
}
