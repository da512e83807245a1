import ArgumentParser
import Diagnostics
import Shards
import UnicodeText
import Vectors

struct VectorsInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describes a vector table.",
        discussion: """
            EXAMPLES
              nerpipe vectors info en-sw.vectors
              nerpipe vectors info --verify --json en-sw.vectors
            """)

    @Argument(help: "Vector table.")
    var table: String

    @Flag(help: "Also read everything and compare the digest.")
    var verify = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Information: Encodable {
        struct Language: Encodable { var code: String, rows: Int }
        var bytes: Int, description: VectorTableDescription, languages: [Language], verified: Bool
    }

    func run() throws {
        let table = try VectorTable(path: table)
        if verify { try table.verify() }
        let description = table.description
        let languages = zip(description.languages, table.rowCounts).map { Information.Language(code: $0, rows: $1) }
        if json {
            let bytes = try JSON.encodePretty(
                Information(
                    bytes: table.byteCount, description: description, languages: languages, verified: verify))
            return try StandardOutput.write(String(decoding: bytes, as: UTF8.self))
        }
        let rows = languages.map { "\($0.code) \($0.rows)" }.joined(separator: ", ")
        let folding =
            table.folding == .letters
            ? "lower-case, NFC" : "lower-case by language, NFC; apostrophes and invisible characters folded"
        let subwords = description.subwords.map { "\($0.minimum) to \($0.maximum) characters, \($0.buckets) rows" }
        let hasRotations = description.sections["rotations"] != nil
        let statistics = description.statistics.joined(separator: " ")
        let lines: [(String, String)] = [
            ("rows", "\(description.rowCount) (\(rows))"), ("dimension", "\(description.dimension)"),
            (
                "format",
                "version \(description.version), rows of \(description.rowFormat.rawValue), \(table.byteCount) bytes"
            ),
            ("languages", description.languages.joined(separator: " ")), ("look-up", folding),
            ("pivot", description.pivot ?? "none"), ("normalization", description.normalization),
            ("sub-words", subwords ?? "none: unknown words have no vector"),
            ("transforms", hasRotations ? "of composed vectors, by language" : "none"),
            ("statistics", statistics.isEmpty ? "none" : statistics),
            ("digest", description.digest + (verify ? " (verified)" : "")),
        ]
        try StandardOutput.write(
            lines.map { $0 + String(repeating: " ", count: 15 - $0.count) + $1 + "\n" }.joined())
    }
}
