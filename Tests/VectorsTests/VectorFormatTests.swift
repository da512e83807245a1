import Corpora
import Diagnostics
import Foundation
import NERPipeTesting
import Shards
import Testing

@testable import Vectors

/// Formats, compression and words of files from elsewhere.
@Suite struct VectorFormatTests {
    static let text = "2 2\nab 3 4\ncd -1 0\n"
    static let glove = "ab 3 4\ncd -1 0\n"

    static func word2vec(_ words: [([UInt8], [Float])], count: Int? = nil, lineFeeds: Bool = true) -> [UInt8] {
        var bytes = Array("\(count ?? words.count) \(words.first?.1.count ?? 2)\n".utf8)
        for (word, vector) in words {
            bytes += word + [0x20]
            for value in vector { bytes.appendInteger(value.bitPattern) }
            if lineFeeds { bytes.append(0x0A) }
        }
        return bytes
    }

    static let binary = word2vec([(Array("ab".utf8), [3, 4]), (Array("cd".utf8), [-1, 0])])

    /// The table, and what the import said.
    static func imported(
        _ content: [UInt8], _ options: VectorImport.Options = .init(normalization: .none), language: String = "*"
    ) throws -> (table: VectorTable, notes: [String]) {
        let folder = ScratchFolder()
        try folder.write(content, as: "in")
        var notes: [String] = []
        _ = try VectorImport.run(
            [.init("\(language)=\(folder["in"])")], to: folder["t.vectors"], options, notify: { notes.append($0) })
        #expect(folder.names == ["in", "t.vectors"])
        let table = try VectorTable(path: folder["t.vectors"])
        try table.verify()
        return (table, notes.map { $0.replacing(folder["in"], with: "in") })
    }

    static func failure(_ content: [UInt8], _ options: VectorImport.Options = .init(normalization: .none)) -> String {
        let folder = ScratchFolder()
        do {
            try folder.write(content, as: "in")
            _ = try VectorImport.run([.init(folder["in"])], to: folder["t.vectors"], options)
            return "no failure"
        } catch let failure as Failure {
            #expect(failure.code == .badData)
            #expect(folder.names == ["in"], "nothing is left behind")
            return failure.message.replacing(folder["in"], with: "in")
        } catch {
            return "\(error)"
        }
    }

    // MARK: Formats

    @Test func everyFormatIsFoundOutAndGivesTheSameTable() throws {
        let digests = try [Array(Self.text.utf8), Array(Self.glove.utf8), Self.binary].flatMap { content in
            try [
                content, PackedBytes.gzip(content),
                PackedBytes.gzip(Array(content[..<7])) + PackedBytes.gzip(Array(content[7...])),
                FrameCompressor(level: 1).compress(content),
            ].map { try Self.imported($0).table.description.digest }
        }
        #expect(digests.count == 12 && Set(digests).count == 1)
        let withoutLineFeeds = Self.word2vec(
            [(Array("ab".utf8), [3, 4]), (Array("cd".utf8), [-1, 0])], lineFeeds: false)
        #expect(try Self.imported(withoutLineFeeds).table.description.digest == digests[0])
    }

    @Test(arguments: [
        ("2 3\nab 1 2 3\n", VectorFileFormat.text), ("2 3\r\nab 1 2 3\r\n", .text), ("2 3\nab\t1\t2\t3\n", .text),
        ("ab 1 2 3\n", .glove), ("ab\t1\t2\t3", .glove), ("1 2 3\n", .glove), ("ab 1\n", .text), ("", .glove),
        ("2 3\nSão Paulo 1 2 3\n", .text), ("2 3\na\u{A0}b 1 2 3\n", .text), ("2 3\nab ", .text), ("2 3", .text),
        ("2 1\nab \u{0}\u{0}\u{80}?", .word2vec),
    ])
    func detectsTheFormat(_ content: String, _ format: VectorFileFormat) {
        #expect(VectorFileFormat.detect(in: Array(content.utf8)) == format)
    }

    @Test func detectsBinariesOfManyWidths() {
        var random = SeededGenerator(seed: 3)
        for dimension in [16, 50, 100, 300, 1000] {
            for _ in 0..<50 {
                let bytes = Self.word2vec([(Array("</s>".utf8), random.floats(dimension))])
                #expect(VectorFileFormat.detect(in: bytes) == .word2vec)
            }
        }
        #expect(VectorFileFormat.detect(in: fastTextModel(words: [], buckets: [])) == .fasttext)
        #expect(VectorFileFormat.detect(in: fastTextModel(words: [], buckets: [], version: nil)) == .fasttext)
    }

    @Test func formatCanBeForced() throws {
        var options = VectorImport.Options(normalization: .none)
        options.format = .glove
        // A word "2" with the number 2, and so on: what looks like a head is none, as the next line has two fields as well.
        let table = try Self.imported(Array("2 2\n3 4\n".utf8), options).table
        #expect(table.dimension == 1 && table.floats("2") == [2] && table.floats("3") == [4])
        options.format = .word2vec
        #expect(Self.failure(Array(Self.text.utf8), options).hasPrefix("in:2: the numbers are text, and not binary"))
        options.format = .fasttext
        #expect(Self.failure(Array(Self.text.utf8), options).contains("not a usable fastText model"))
    }

    @Test func compressedFastTextModelIsReadThroughATemporaryFile() throws {
        let model = fastTextModel(words: [("ab", [5, 0])], buckets: [[1, 2]])
        for compressed in [PackedBytes.gzip(model), try FrameCompressor(level: 1).compress(model)] {
            let (table, notes) = try Self.imported(compressed)
            #expect(table.floats("ab") == [2, 1.5] && table.composed("xyz") == [1, 2])
            #expect(notes.count == 1 && notes[0].contains("in: decompressing it into a temporary file beside"))
        }
    }

    // MARK: Damage

    @Test func cutAndDamagedGzipIsRefused() {
        let good = PackedBytes.gzip(Array(Self.text.utf8))
        for count in [12, good.count / 2, good.count - 1] {
            #expect(Self.failure(Array(good[..<count])).contains("gzip gave up after byte"), "\(count) bytes")
        }
        #expect(Self.failure(good + [1, 2, 3]).contains("gzip gave up"))
    }

    @Test func everyCutBinaryIsRefusedWithItsPlace() {
        for count in 0..<Self.binary.count - 1 {
            let message = Self.failure(Array(Self.binary[..<count]))
            #expect(message.hasPrefix("in:"), "\(count): \(message)")
        }
        #expect(
            Self.failure(Array(Self.binary[..<(Self.binary.count - 3)]))
                == "in: byte 16, word 2: the file ends within the vector; it was cut: fetch it again")
        let short = Self.word2vec([(Array("ab".utf8), [3, 4])], count: 2)
        #expect(Self.failure(short).contains("the first line promises 2 words, 1 are there"))
        let bad = Self.word2vec([(Array("ab".utf8), [3, 4]), (Array("cd".utf8), [1, .nan])])
        #expect(Self.failure(bad).hasPrefix("in: byte 16, word 2: number 2 is NaN"))
        #expect(Self.failure(Array("99999999999 2\n".utf8) + [0, 1, 2]).contains("in:2:"))
        #expect(Self.failure(Array("5 70000\n".utf8) + [0, 1, 2]).contains("dimension up to 65536"))
    }

    /// Heads that are there and should not be, are not there and should be, or say something else than the lines.
    @Test(arguments: [
        (
            VectorFileFormat.glove, "2 2\na 1 2\nb 3 2\n",
            "in:1: looks like 'COUNT DIMENSION', which a GloVe file does not"
        ),
        (.glove, "2 1\na 1\nb 3\n", "in:1: looks like 'COUNT DIMENSION'"),
        (.glove, "\u{FEFF}2 2\r\n\r\na 1 2\r\nb 3 2\r\n", "in:1: looks like 'COUNT DIMENSION'"),
        (.text, "a 1 2\nb 3 2\n", "in:1: not 'COUNT DIMENSION' with"),
        (.auto, "2 2\na 1 2 3\nb 3 2 3\n", "in:2: 3 numbers, the first line promises 2;"),
        (.auto, "2 1\nnew york 1 2 3\nb 3 2 3\n", "in:2: 3 numbers, the first line promises 1;"),
        (.auto, "2 3\na 1 2\nb 3 2\n", "in:2: 2 numbers, the first line promises 3;"),
        (.word2vec, "2 2\na 1 2\nb 3 2\n", "in:2: the numbers are text, and not binary"),
        (.text, "2 1\nab \u{0}\u{0}\u{80}?\n", "in:2: number 1 is not readable"),
    ])
    func headsThatContradictTheirLinesAreRefused(_ format: VectorFileFormat, _ content: String, _ expected: String) {
        var options = VectorImport.Options(normalization: .none)
        options.format = format
        // A wrong head is not a bad line: nothing can be left out.
        for policy in [BadRecords(), BadRecords(.skip)] {
            options.bad = policy
            if policy.isTolerant && !["looks like", "3 numbers"].contains(where: expected.contains) { continue }
            let message = Self.failure(Array(content.utf8), options)
            #expect(message.hasPrefix(expected), "\(message)")
        }
    }

    @Test func byteOrderMarkIsNoPartOfAWord() throws {
        let glove = try Self.imported(Array("\u{FEFF}ab 3 4\n".utf8)).table
        #expect(glove.floats("ab") == [3, 4])
        #expect(try Self.imported(Array("\u{FEFF}1 2\nab 3 4\n".utf8)).table.floats("ab") == [3, 4])
    }

    @Test func bytesBehindABinaryAreRefused() {
        #expect(
            Self.failure(Self.binary + [1, 2, 3]).contains(
                "word 3: 3 bytes follow the 2 words that the first line promises"))
        let one = Self.word2vec([(Array("ef".utf8), [1, 1])]).drop { $0 != 0x0A }.dropFirst()
        #expect(Self.failure(Self.binary + one).contains("the first line promises 2 words, 3 are there"))
    }

    @Test func numbersThatHalvesCannotHoldAreNamedWithTheirPlace() throws {
        let text = "3 2\nab 65504 -65519\ncd 1 -65520\nef 1 1\n"
        #expect(
            Self.failure(Array(text.utf8))
                == "in:3: number 2 is -65520.0, and rows of 16-bit floats end at 65504; make the rows unit vectors "
                + "(--normalize unit), or give each a scale (--rows int8)")
        let binary = Self.word2vec([(Array("ab".utf8), [3, 4]), (Array("cd".utf8), [1, 1e6])])
        #expect(Self.failure(binary).hasPrefix("in: byte 16, word 2: number 2 is 1000000.0, and rows"))
        var options = VectorImport.Options(normalization: .none)
        options.bad = BadRecords(.skip)
        #expect(try Self.imported(Array(text.utf8), options).table.rowCount == 2)
        options.rowFormat = .int8
        #expect(try Self.imported(Array(text.utf8), options).table.rowCount == 3)
        #expect(try Self.imported(Array(text.utf8), .init(normalization: .unit)).table.rowCount == 3)
        let model = fastTextModel(words: [("a", [1, 0])], buckets: [[1, 2], [1, 1e6]], minimum: 5, maximum: 5)
        #expect(Self.failure(model).contains("sub-word 2: number 2 is 1000000.0, and rows"), "\(Self.failure(model))")
    }

    @Test func lineThatEndsEarlyIsMentioned() throws {
        let (_, notes) = try Self.imported(Array("ab 3 4\ncd -1 0".utf8))
        #expect(notes == ["in: the last line has no end; if the file was cut there, its last number may be wrong"])
        #expect(Self.failure(Array("ab 3 4\ncd -1".utf8)).hasPrefix("in:2: 1 numbers, the first line has 2"))
    }

    // MARK: Words

    @Test func separatorsInWordsAreParts() throws {
        let content = "a\u{A0}b 1 2\r\nnew york 3 4\r\n. . . 5 6 \r\nat 7 8 9\r\nx\ty\t1\t0\t\r\n\r\n"
        let (table, notes) = try Self.imported(Array(content.utf8))
        #expect(table.floats("a\u{A0}b") == [1, 2])
        #expect(table.floats("new york") == [3, 4])
        #expect(table.floats(". . .") == [5, 6])
        #expect(table.floats("at 7") == [8, 9])
        #expect(table.floats("x\ty") == [1, 0])
        #expect(table.rowCount == 5)
        #expect(
            notes == [
                "in: 5 words have spaces in them, which no word of a text has; 1 of these end in a number: is the dimension right?"
            ])
    }

    @Test func emptyWordsZeroVectorsAndRepetitionsAreCounted() throws {
        let (table, notes) = try Self.imported(Array("6 2\nab 3 4\n 1 2\nzero 0 -0.0\nAB 1 1\n 3 4\nab 1 1\n".utf8))
        #expect(table.rowCount == 2 && table.floats("zero") == [0, 0])
        #expect(notes == ["in: 2 repeated words left out; 2 empty words left out; 1 words have a vector of zeros"])
    }

    @Test func wordsThatAreNoUTF8AreRefusedSkippedOrRepaired() throws {
        // Cut, Latin-1, a surrogate, overlong.
        for bytes: [UInt8] in [[0x61, 0xC3], [0xE9, 0x74, 0xE9], [0xED, 0xA0, 0x80], [0xC0, 0xAF]] {
            let content = Array("ab 3 4\n".utf8) + bytes + Array(" 1 2\n".utf8)
            let binary = Self.word2vec([(Array("ab".utf8), [3, 4]), (bytes, [1, 2])])
            var options = VectorImport.Options(normalization: .none)
            #expect(Self.failure(content, options).hasPrefix("in:2: the word is not UTF-8"))
            #expect(Self.failure(binary, options).hasPrefix("in: byte 16, word 2: the word is not UTF-8"))
            options.invalidWords = .skip
            let skipped = try Self.imported(content, options)
            #expect(skipped.table.rowCount == 1 && skipped.notes == ["in: 1 words that are no UTF-8 left out"])
            options.invalidWords = .replace
            let replaced = try Self.imported(content, options)
            #expect(replaced.table.rowCount == 2 && replaced.notes.count == 1)
            #expect(replaced.table.bytes(ofWord: 1)?.starts(with: bytes[0] == 0x61 ? [0x61, 0xEF] : [0xEF]) == true)
        }
    }

    @Test func firstWordsOnlyWhenAsked() throws {
        var options = VectorImport.Options(normalization: .none)
        options.maximumWordCount = 1
        for content in [Array(Self.text.utf8), PackedBytes.gzip(Array(Self.glove.utf8)), Self.binary] {
            let table = try Self.imported(content, options).table
            #expect(table.rowCount == 1 && table.floats("ab") == [3, 4])
        }
    }

    // MARK: Rows

    @Test func centeringSubtractsTheMeanOfEachLanguagesUnitRows() throws {
        var random = SeededGenerator(seed: 9)
        let dimension = 7
        func file(_ prefix: String, _ count: Int, _ offset: Float) -> (text: String, rows: [[Double]]) {
            let rows = (0..<count).map { _ in random.floats(dimension).map { $0 + offset } }
            let lines = rows.enumerated().map { "\(prefix)\($0) " + $1.map { "\($0)" }.joined(separator: " ") + "\n" }
            return ("\(count) \(dimension)\n" + lines.joined(), rows.map { unit($0.map(Double.init)) })
        }
        // A repeated word is no row and a row of zeros has no direction: both do not count for the mean.
        let a = file("a", 40, 0.5), b = file("b", 30, -1)
        let repeatedAndZero = "2 \(dimension)\na0 9 9 9 9 9 9 9\nzero 0 0 0 0 0 0 0\n"
        let table = try importedTable(
            [("de", a.text), ("en", b.text), ("de", repeatedAndZero)], in: ScratchFolder(),
            normalization: .centerUnit)
        try table.verify()
        #expect(table.rowCounts == [41, 30])
        #expect(table.floats("zero", language: "de")?.allSatisfy { $0 == 0 } == true)
        for (language, prefix, rows) in [("de", "a", a.rows), ("en", "b", b.rows)] {
            let mean = (0..<dimension).map { axis in rows.reduce(0) { $0 + $1[axis] } / Double(rows.count) }
            for (index, row) in rows.enumerated() {
                let found = try #require(table.floats("\(prefix)\(index)", language: language))
                let expected = unit(zip(row, mean).map { $0 - $1 })
                #expect(worstDifference(found, expected, absolute: 5e-4) == nil)
            }
        }
    }

    @Test func eightBitRowsErrByHalfTheirScaleAtMost() throws {
        var random = SeededGenerator(seed: 10)
        let rows = (0..<50).map { index in random.floats(33).map { $0 * Float(index) } }
        let text =
            "50 33\n" + rows.enumerated().map { "w\($0) " + $1.map { "\($0)" }.joined(separator: " ") + "\n" }.joined()
        let table = try importedTable(
            [("*", text)], in: ScratchFolder(), normalization: .none, rowFormat: .int8)
        try table.verify()
        #expect(table.description.rowFormat == .int8)
        #expect(table.description.sections["rows"]?.bytes == 50 * 33)
        var out = [Float](repeating: 0, count: 33)
        for (index, row) in rows.enumerated() {
            withUnsafePointer(to: UInt32(index)) { number in
                out.withUnsafeMutableBufferPointer {
                    table.gather(.init(start: number, count: 1), scale: 1, into: $0.baseAddress!, stride: 33)
                }
            }
            let largest = row.map(\.magnitude).max() ?? 0
            let worst = zip(out, row).map { ($0 - $1).magnitude }.max() ?? 0
            #expect(worst <= largest / 254 * 1.0001)
            #expect(
                out.map(\.magnitude).max() == 0 || abs((out.map(\.magnitude).max() ?? 0) - largest) <= largest * 1e-6)
            let half = table.halfRow(index).map { Float(Float16(bitPattern: $0)) }
            #expect(worstDifference(half, out.map(Double.init), relative: 5e-4) == nil)
        }
    }

    @Test func eightBitSubwordsCompose() throws {
        let model = fastTextModel(
            words: [("ab", [5, 0]), ("cd", [1, 2])], buckets: [[1, 2], [-1, 1], [0.5, -2], [3, 3]])
        let exact = try Self.imported(model, .init(normalization: .unit)).table
        let table = try Self.imported(model, .init(normalization: .unit, rowFormat: .int8)).table
        #expect(table.description.sections["subwordScales"]?.bytes == 16)
        for word in ["xyz", "other", "zz"] {
            let found = try #require(table.composed(word)), expected = try #require(exact.composed(word))
            #expect(worstDifference(found, expected.map(Double.init), absolute: 0.02) == nil)
        }
    }

    /// Values beyond those of f16, and rows that have no scale.
    @Test func eightBitRowsHoldWhatHalvesCannot() throws {
        let table = try importedTable(
            [("*", "3 2\nbig 3e38 -3e38\nzero 0 0\ntiny 1e-45 0\n")], in: ScratchFolder(), normalization: .none,
            rowFormat: .int8)
        var out = [Float](repeating: .nan, count: 6)
        out.withUnsafeMutableBufferPointer { out in
            [UInt32](arrayLiteral: 0, 1, 2).withUnsafeBufferPointer {
                table.gather($0, scale: 1, into: out.baseAddress!, stride: 2)
            }
        }
        #expect(abs(out[0] / 3e38 - 1) < 1e-6 && out[0] == -out[1] && out[2...] == [0, 0, 0, 0])
    }
}
