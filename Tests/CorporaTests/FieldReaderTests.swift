import Diagnostics
import Shards
import Testing

@testable import Corpora

struct FieldReaderTests {
    private static func reader(
        _ text: String, _ separator: FieldReader.Separator, maximumLineByteCount: Int = 1 << 16
    ) throws -> FieldReader {
        FieldReader(
            try BufferedInput(MemoryInput(Array(text.utf8), name: "t")), separator,
            maximumLineByteCount: maximumLineByteCount)
    }

    private static func all(_ reader: FieldReader) throws -> [[String]] {
        var lines: [[String]] = []
        while let fields = try reader.next() { lines.append(fields) }
        return lines
    }

    @Test func linesOfAnySystemAreTheSame() throws {
        for text in ["a\tb\n\nc\t\n", "\u{FEFF}a\tb\r\n\r\nc\t\r\n", "a\tb\nc\t"] {
            #expect(try Self.all(Self.reader(text, .tab)) == [["a", "b"], ["c", ""]])
        }
        #expect(try Self.all(Self.reader("a  b,c\n", .space)) == [["a", "", "b,c"]])
    }

    @Test func quotesOfCommaSeparatedValues() throws {
        #expect(
            try Self.all(Self.reader("\"n-gram, JSD\",\"say \"\"no\"\"\",\"\",\"\"\"\"\n", .comma)) == [
                ["n-gram, JSD", "say \"no\"", "", "\""]
            ])
        // A mark that joins the comma before it is none of its letters.
        #expect(try Self.all(Self.reader("a,\u{301}b\n", .comma)) == [["a", "\u{301}b"]])
        #expect(try Self.all(Self.reader("\"a\"\n", .tab)) == [["\"a\""]])
    }

    @Test(arguments: [
        ("a\tb\nc\n", "t:2: 1 field, and there must be 2, with tabs between them"),
        ("a\tb\tc\n", "t:1: 3 fields, and there must be 2, with tabs between them"),
        ("a\tb\n" + String(repeating: "x", count: 90) + "\n", "t:2: longer than 80 bytes; is it the right file?"),
    ])
    func whatIsWrongIsSaidWithItsLine(text: String, message: String) throws {
        let reader = try Self.reader(text, .tab, maximumLineByteCount: 80)
        let failure = #expect(throws: Failure.self) { while try reader.next(2) != nil {} }
        #expect(failure?.message == message && failure?.code == .badData)
    }

    @Test func brokenTextIsRefused() throws {
        let quoted = try Self.reader("a\n\"b,c\n", .comma)
        let open = #expect(throws: Failure.self) { _ = try Self.all(quoted) }
        #expect(open?.message == "t:2: the line ends within quotes")
        let bytes = FieldReader(try BufferedInput(MemoryInput([0x61, 0x0A, 0xFF, 0x0A], name: "t")), .tab)
        let failure = #expect(throws: Failure.self) { _ = try Self.all(bytes) }
        #expect(failure?.message.hasPrefix("t:2: not UTF-8") == true)
    }

    @Test func numbersAreFiniteAndOfASizeThatCanBeSquared() throws {
        let reader = try Self.reader("x\n", .tab)
        _ = try reader.next()
        #expect(try reader.number("-1e15", column: 1) == -1e15 && reader.number("0.25", column: 1) == 0.25)
        for text in ["nan", "inf", "-infinity", "1e16", "1e999", "", " 1", "1,5", "undefined", "١"] {
            let failure = #expect(throws: Failure.self) { try reader.number(text, column: 3) }
            #expect(failure?.message == "t:1: column 3 is not a number; write it as 0.25, and at most 1e15")
        }
    }
}
