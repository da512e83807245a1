import Corpora
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@Suite struct LineReaderTests {
    static func lines(_ text: String, limit: Int = 100, buffer: Int = 8) throws -> [(
        text: String, number: Int, offset: Int
    )] {
        let reader = LineReader(
            try BufferedInput(MemoryInput(Array(text.utf8), name: "f"), bufferByteCount: buffer),
            maximumLineByteCount: limit)
        var lines: [(text: String, number: Int, offset: Int)] = []
        var line: [UInt8] = []
        while try reader.appendNext(to: &line) {
            lines.append((String(decoding: line, as: UTF8.self), reader.lineNumber, reader.lineOffset))
            line.removeAll()
        }
        return lines
    }

    @Test(arguments: [4, 5, 8, 1000])
    func linesEndInLineFeedOrBothOrNothing(_ buffer: Int) throws {
        let found = try Self.lines("one\r\n\ntwo three four\r\n\r\nlast", buffer: buffer)
        #expect(found.map(\.text) == ["one", "", "two three four", "", "last"])
        #expect(found.map(\.number) == [1, 2, 3, 4, 5])
        #expect(found.map(\.offset) == [0, 5, 6, 22, 24])
    }

    @Test func emptyInputHasNoLine() throws {
        #expect(try Self.lines("").isEmpty)
        #expect(try Self.lines("\n").map(\.text) == [""])
        #expect(try Self.lines("a\n").count == 1)
    }

    @Test func longLinesAreRefusedWhereTheyBegin() throws {
        #expect(try Self.lines("0123456789\nx\n", limit: 10).count == 2)
        let failure = #expect(throws: Failure.self) { try Self.lines("x\n0123456789a\n", limit: 10) }
        #expect(failure?.message.hasPrefix("f:2: line longer than 10 bytes (it begins at byte 2)") == true)
        #expect(throws: Failure.self) { try Self.lines(String(repeating: "x", count: 1000), limit: 10) }
    }

    @Test func appendsToWhatIsThere() throws {
        let reader = LineReader(try BufferedInput(MemoryInput(Array("b\r\n".utf8))))
        var line = Array("a\r".utf8)
        #expect(try reader.appendNext(to: &line))
        #expect(line == Array("a\rb".utf8))
    }
}
