import Foundation
import ProgramTesting
import Testing

/// docs/results.md from the counts that are kept beside it, on a machine that has trained nothing.
struct ResultsTablesTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL.path

    /// Of some methods, every row byte for byte; tools/test.sh compares all of them with the released program.
    @Test func rowsAreThoseOfTheDocument() async throws {
        let document = try String(contentsOfFile: Self.repository + "/docs/results.md", encoding: .utf8)
        let folder = try ScratchFolder()
        let made = try await folder.shell(
            """
            set -e
            ln -s \(Self.repository)/pipelines pipelines
            mkdir out && tar -C out -xf \(Self.repository)/docs/results.counts.tar.zst
            nerpipe study pipelines/results.yaml --tables --set work=out --set method=direct --set method=source-control --set method=tsl-single
            """)
        try #require(made.status == 0, "\(made.errors)")
        let rows = made.text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        // Heads, 6 controls, 7 scores and 6 differences.
        #expect(rows.count == 22, "\(made.text)")
        for row in rows { #expect(document.contains("\n\(row)\n"), "\(row)") }
    }
}
