import Foundation
import ProgramTesting
import Testing

/// The pages of docs/cookbook: their commands are run as they stand there.
@Suite struct CookbookTests {
    /// The lines of a page that are commands, with those that are their comments.
    private static func commands(of page: String) throws -> String {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/cookbook/\(page)").standardizedFileURL
        let text = try String(contentsOf: url, encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("    nerpipe ") || $0.hasPrefix("    # ") }
        #expect(lines.count { $0.hasPrefix("    nerpipe ") } >= 3, "\(page)")
        return lines.map { $0.dropFirst(4) }.joined(separator: "\n")
    }

    @Test func activeLearning() async throws {
        let folder = try await Fixture.folder()
        let commands = try Self.commands(of: "active-learning.md")
        let first = commands.firstRange(of: "\n# 2.").map { $0.lowerBound } ?? commands.endIndex
        let outcome = try await folder.shell(
            """
            set -e
            \(commands[..<first])
            # A person who agrees with all but one, which is still to do.
            sed '2,$ s/"predictions"/"annotations"/; 2 s/"annotations"/"predictions"/' tasks.json > corrected.json
            \(commands[first...])
            """)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("processed "), "\(outcome.text)")
        #expect(
            outcome.allErrors.contains(
                "corrected.json: records that nobody annotated; left out: 1 (the first: corrected.json:2)"),
            "\(outcome.allErrors)")
        #expect(folder.exists("student-2/model.safetensors") && folder.exists("mixed.zst"))
    }

    @Test func shellRecipes() async throws {
        let folder = try await Fixture.folder()
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/cookbook/shell.md").standardizedFileURL
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("    ") }
        let outcome = try await folder.shell(
            "set -e -o pipefail\n" + lines.map { $0.dropFirst(4) }.joined(separator: "\n"))
        #expect(lines.count > 15 && outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("yy.nerpipe: ok") && outcome.text.contains("difference"), "\(outcome.text)")
    }
}
