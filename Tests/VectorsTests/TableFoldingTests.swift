import Corpora
import Diagnostics
import Kernels
import NERPipeTesting
import Testing
import UnicodeText

@testable import Vectors

/// Tables say how their words are folded, and those that do not say it keep to what they were made with.
struct TableFoldingTests {
    private static let words = ["n'ime", "αθηνασ", "αθηνας", "istanbul", "ısparta", "intel", "می\u{200C}خواهم"]

    private static func table(_ folding: LookupForm.Folding, language: String) throws -> VectorTable {
        let folder = ScratchFolder()
        let writer = try VectorTableWriter(
            path: folder["t.vectors"], dimension: 1, normalization: .none, folding: folding)
        let number = writer.addLanguage(language)
        for (index, word) in words.enumerated() {
            let vector = FloatBuffer(count: 1)
            vector[0] = Float(index + 1)
            try Array(word.utf8).withUnsafeBufferPointer {
                try writer.append(word: $0, language: number, vector: vector.pointer)
            }
        }
        _ = try writer.finish()
        return try VectorTable(path: folder["t.vectors"])
    }

    /// Numbers of the rows, from 1; 0 for a word that has none.
    private static func rows(_ table: VectorTable, _ text: String, _ language: String) throws -> [Int] {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: [])
        for word in text.split(separator: " ") {
            Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
        }
        batch.endSentence(document: 0)
        let (embedded, _) = try Embedder(table: table, features: []).embed(batch, language: language)
        return (embedded.embedding?.rows ?? []).map { $0 == EmbeddedColumns.absent ? 0 : Int($0) + 1 }
    }

    @Test func wordsAreFoldedAsTheirTableSays() throws {
        let text = "N\u{2BC}ime N'ime ΑΘΗΝΑΣ αθηνασ İSTANBUL ISPARTA Intel میخواهم می\u{200C}خواهم Istanbul"
        let table = try Self.table(.words, language: "tr")
        #expect(table.description.version == 2 && table.folding == .words)
        try table.verify()
        #expect(try Self.rows(table, text, "tr") == [1, 1, 3, 2, 4, 5, 6, 7, 7, 4])
        #expect(try Self.rows(try Self.table(.words, language: "en"), text, "en") == [1, 1, 3, 2, 4, 0, 6, 7, 7, 4])
        // Rows of any language, text of one.
        #expect(try Self.rows(try Self.table(.words, language: "*"), text, "az") == [1, 1, 3, 2, 4, 5, 6, 7, 7, 4])
    }

    @Test func tablesOfBeforeKeepTheirs() throws {
        let table = try Self.table(.letters, language: "tr")
        #expect(table.description.version == 1 && table.description.folding == nil && table.folding == .letters)
        try table.verify()
        // What the program of before foldings computed for the same rows.
        #expect(table.description.digest == "fb85166d51ca60dcc13a1557e3bf7f13")
        let text = "N\u{2BC}ime N'ime ΑΘΗΝΑΣ αθηνασ İSTANBUL ISPARTA Intel میخواهم می\u{200C}خواهم Istanbul"
        #expect(try Self.rows(table, text, "tr") == [0, 1, 2, 2, 0, 0, 6, 0, 7, 4])
    }

    @Test func theFoldingIsPartOfTheIdentity() throws {
        let plain = "1 1\nwort 1\n"
        let folded = try importedTable([("*", plain)], in: ScratchFolder())
        #expect(folded.folding == .words)
        var description = folded.description
        description.folding = nil
        #expect(try description.digestedSettings().isEmpty && !folded.description.digestedSettings().isEmpty)
    }
}
