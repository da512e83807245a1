import Corpora
import Diagnostics
import Kernels
import NERPipeTesting
import Shards
import Testing

@testable import Vectors

@Suite struct VectorTableTests {
    /// Looks at everything there is in a table; the results do not matter, that it ends well does.
    static func useAll(_ table: VectorTable) {
        for word in ["alpha", "beta", "gamma", "zz"] {
            _ = table.floats(word, language: "de")
            _ = table.composed(word)
        }
        _ = table.rowCounts
        let text = Array("alphabetagammazz".utf8)
        _ = table.rows(of: text, ends: [5, 9, 14, 16], languages: table.lookupOrder(for: "de"))
        for row in 0..<table.rowCount {
            _ = table.bytes(ofWord: row)
            _ = table.language(ofRow: row)
            _ = table.halfRow(row).count
        }
    }

    static func makeTable(_ folder: ScratchFolder) throws -> [UInt8] {
        let model = fastTextModel(
            words: [("alpha", [1, 0]), ("beta", [0, 1]), ("gamma", [1, 1])], buckets: (0..<7).map { [Float($0), 1] })
        try folder.write(model, as: "m.bin")
        _ = try VectorImport.run([.init("de=\(folder["m.bin"])")], to: folder["t.vectors"])
        return try folder.bytes(of: "t.vectors")
    }

    @Test func everyDamagedByteOfHeadAndDescriptionIsRefusedAndNoneIsFatal() throws {
        let folder = ScratchFolder()
        let bytes = try Self.makeTable(folder)
        let descriptionOffset = bytes.withUnsafeBytes { Int($0.integer(at: 8, as: UInt64.self)) }
        let checked = Array(0..<48) + Array(descriptionOffset..<bytes.count)
        var accepted: [Int] = []
        for index in checked {
            var damaged = bytes
            damaged[index] ^= index.isMultiple(of: 2) ? 0x01 : 0x80
            try folder.write(damaged, as: "d.vectors")
            do { accepted.append(try VectorTable(path: folder["d.vectors"]).rowCount + index) } catch is Failure {}
        }
        #expect(accepted.isEmpty)
        var unseen: [Int] = []
        for index in stride(from: 48, to: descriptionOffset, by: 13) {
            var damaged = bytes
            damaged[index] ^= 0xFF
            try folder.write(damaged, as: "d.vectors")
            let table = try VectorTable(path: folder["d.vectors"])
            Self.useAll(table)
            guard
                table.description.sections.values.contains(where: { ($0.offset..<$0.offset + $0.bytes).contains(index) }
                )
            else { continue }
            do {
                try table.verify()
                unseen.append(index)
            } catch is Failure {}
        }
        #expect(unseen.isEmpty)
    }

    @Test func everyTruncationIsRefused() throws {
        let folder = ScratchFolder()
        let bytes = try Self.makeTable(folder)
        for count in Array(0..<70) + Array(stride(from: 70, to: bytes.count, by: 61)) + [bytes.count - 1] {
            try folder.write(Array(bytes[..<count]), as: "d.vectors")
            #expect(throws: Failure.self, "\(count) bytes") { try VectorTable(path: folder["d.vectors"]) }
        }
        try folder.write(bytes + [0], as: "d.vectors")
        #expect(throws: Failure.self) { try VectorTable(path: folder["d.vectors"]) }
        #expect { try VectorTable(path: folder["absent"]) } throws: { ($0 as? Failure)?.code == .noInput }
    }

    /// A description that lies, under checksums that hold.
    @Test(arguments: [
        (#""rowCount":3"#, #""rowCount":4"#), (#""rowCount":3"#, #""rowCount":2147483647"#),
        (#""rowCount":3"#, #""rowCount":9223372036854775807"#),
        (#""rowCount":3"#, #""rowCount":-1"#), (#""dimension":2"#, #""dimension":0"#),
        (#""dimension":2"#, #""dimension":65536"#),
        (#""dimension":2"#, #""dimension":3"#), (#""version":2"#, #""version":3"#), (#""buckets":7"#, #""buckets":8"#),
        (#""buckets":7"#, #""buckets":0"#),
        (#""buckets":7"#, #""buckets":-7"#), (#""minimum":3"#, #""minimum":0"#), (#""maximum":4"#, #""maximum":65"#),
        (#""rows""#, #""rovs""#),
        (#""words":{"bytes":14"#, #""words":{"bytes":9223372036854775807"#),
        (#""words":{"bytes":14"#, #""words":{"bytes":-1"#),
        (#""index":{"bytes":4096"#, #""index":{"bytes":4092"#), (#""index":{"bytes":4096"#, #""index":{"bytes":0"#),
        (#""index":{"bytes":4096"#, #""index":{"bytes":3"#),
        (#""offset":64}"#, #""offset":65}"#), (#""offset":64}"#, #""offset":-64}"#),
        (#""offset":64}"#, #""offset":9223372036854775744}"#),
    ])
    func lyingDescriptionIsRefused(_ from: String, _ to: String) throws {
        let folder = ScratchFolder()
        let bytes = try Self.makeTable(folder)
        let offset = bytes.withUnsafeBytes { Int($0.integer(at: 8, as: UInt64.self)) }
        let text = String(decoding: bytes[offset...], as: UTF8.self)
        try #require(text.contains(from), "\(text)")
        let description = Array(text.replacing(from, with: to, maxReplacements: 1).utf8)
        let head = VectorTableFormat.head(descriptionOffset: offset, description: description)
        try folder.write(head + bytes[head.count..<offset] + description, as: "d.vectors")
        #expect { try VectorTable(path: folder["d.vectors"]) } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func openingNeedsNoChecksumOfTheRowsButVerifyDoes() throws {
        let folder = ScratchFolder()
        let table = try importedTable([("*", "2 2\na 1 0\nb 0 1\n")], in: folder)
        try table.verify()
        #expect(
            table.reference == TableReference(path: folder["t.vectors"], digest: table.description.digest, dimension: 2)
        )
        // The same words and vectors are the same table.
        let again = try importedTable([("*", "2 2\na 2 0\nb 0 0.5\n")], in: ScratchFolder())
        #expect(again.description.digest == table.description.digest)
        let other = try importedTable([("*", "2 2\na 1 0\nb 0 -1\n")], in: ScratchFolder())
        #expect(other.description.digest != table.description.digest)
    }

    @Test func gatherScalesRowsAndGivesZerosForAbsentOnes() throws {
        let table = try importedTable([("*", "2 2\na 1 0\nb 0 1\n")], in: ScratchFolder())
        var out = [Float](repeating: .nan, count: 9)
        out.withUnsafeMutableBufferPointer { out in
            [UInt32](arrayLiteral: 1, EmbeddedColumns.absent, 0).withUnsafeBufferPointer {
                table.gather($0, scale: 3, into: out.baseAddress!, stride: 3)
            }
        }
        #expect([out[0], out[1], out[3], out[4], out[6], out[7]] == [0, 3, 0, 0, 3, 0])
        #expect(out[2].isNaN && out[5].isNaN)  // what lies between rows is not touched
    }

    /// Rows that are taken from memory, rows that are read, and rows that are not there; in a file and in an archive.
    @Test(arguments: VectorRowFormat.allCases) func rowsThatAreReadAreThoseOfTheMapping(_ format: VectorRowFormat)
        throws
    {
        let folder = ScratchFolder(), D = 700, N = format == .f16 ? 4600 : 9100
        let writer = try VectorTableWriter(
            path: folder["t.vectors"], dimension: D, normalization: .none, rowFormat: format)
        _ = writer.addLanguage("*")
        for row in 0..<N {
            let vector = (0..<D).map { Float(($0 * 37 + row * 11) % 251 - 125) * (row % 5 == 0 ? 0.5 : 1) }
            try Array("w\(row)".utf8).withUnsafeBufferPointer {
                try writer.append(word: $0, language: 0, vector: vector)
            }
        }
        _ = try writer.finish()
        try StoredArchive.write(["t.vectors"], of: folder.path, to: folder["a.nerpipe"], OutputRule())
        let mapped = try VectorTable(path: folder["t.vectors"])
        let numbers = [0, 3, EmbeddedColumns.absent, UInt32(N - 1), 1, UInt32(N - 2), UInt32(N - 1)]
        func gathered(_ table: VectorTable) -> [Float] {
            let out = FloatBuffer(count: numbers.count * D)
            numbers.withUnsafeBufferPointer { table.gather($0, scale: 1.5, into: out.pointer, stride: D) }
            return out.array
        }
        for path in ["t.vectors", "a.nerpipe/t.vectors"] {
            #expect(try gathered(VectorTable(path: folder[path], readsRows: true)) == gathered(mapped))
        }
    }

    /// Many words at once: known ones, absent ones, of three languages, in any order and number.
    @Test func batchesOfWordsAreFoundAsSingleOnesAre() throws {
        let words = (0..<700).map { "wort\($0 * 7919 % 5000)x" }
        func file(_ words: ArraySlice<String>) -> String { words.map { "\($0) 1 2\n" }.joined() }
        let table = try importedTable(
            [("de", file(words[..<300])), ("*", file(words[200..<500])), ("en", file(words[400...]))],
            in: ScratchFolder())
        var random = SeededGenerator(seed: 21)
        for languages: [UInt16] in [[], [0], [1], [0, 1], [2, 1, 0]] {
            for count in [0, 1, 2, 31, 32, 33, 1000] {
                var text: [UInt8] = [], ends: [UInt32] = [], expected: [UInt32] = []
                for _ in 0..<count {
                    let choice = Int.random(in: 0..<10, using: &random)
                    let word = choice == 0 ? "" : choice < 3 ? "no\(choice)" : words.randomElement(using: &random) ?? ""
                    text += Array(word.utf8)
                    ends.append(UInt32(text.count))
                    expected.append(
                        Array(word.utf8).withUnsafeBufferPointer { table.row(of: $0, languages: languages) }
                            ?? EmbeddedColumns.absent)
                }
                #expect(table.rows(of: text, ends: ends, languages: languages) == expected)
            }
        }
    }

    @Test func emptyTableOfWordsIsNotMade() {
        #expect { try importedTable([("*", "0 2\n")], in: ScratchFolder()) } throws: {
            ($0 as? Failure)?.code == .badData
        }
    }
}
