import Corpora
import Diagnostics
import Formats
import NERPipeTesting
import Shards
import Testing

/// Lists of JSON, item by item.
struct JSONItemReaderTests {
    private static func reader(_ text: String, maximum: Int = 1 << 20) throws -> JSONItemReader {
        JSONItemReader(
            try BufferedInput(MemoryInput(Array(text.utf8), name: "x"), bufferByteCount: 4), maximumByteCount: maximum)
    }

    private static func items(_ text: String) throws -> [String] {
        let reader = try reader(text)
        var items: [String] = []
        var record: [UInt8] = []
        while try reader.appendNext(to: &record) {
            items.append("\(reader.lineNumber):\(reader.lineOffset):\(String(decoding: record, as: UTF8.self))")
            record = []
        }
        return items
    }

    @Test(arguments: [
        ("[]", []), ("", []), (" [ ]\n", []), ("[{\"a\": 1},{\"a\": 2}]", ["1:1:{\"a\": 1}", "1:10:{\"a\": 2}"]),
        ("\u{FEFF}[\n{\"a\":\n[1,\r\n2]} ,\n\n{}\n]\n", ["2:5:{\"a\": [1,  2]} ", "6:23:{} "]),
        ("[\"]},{[\\\"\", \"\\\\\"]", ["1:1:\"]},{[\\\"\"", "1:12:\"\\\\\""]),
    ])
    func itemsAreLines(_ text: String, _ items: [String]) throws { #expect(try Self.items(text) == items) }

    @Test(arguments: [
        ("[{}", "x:1: the list ends without ']'; the file was cut off, export it again"),
        ("[{},", "x:1: the list ends without ']'; the file was cut off, export it again"),
        ("[{\"a\": \"", "x:1: the list ends without ']'; the file was cut off, export it again"),
        ("\n{}", "x:2: no list of JSON objects: the list must begin with '['"),
        ("[{}]\n\n[", "x:3: no list of JSON objects: there is more behind the list"),
        ("[{},,{}]", "x:1: no list of JSON objects: an item is missing"),
        ("[{}]]", "x:1: no list of JSON objects: there is more behind the list"),
    ])
    func whatIsNoListIsRefused(_ text: String, _ message: String) {
        let failure = #expect(throws: Failure.self) { try Self.items(text) }
        #expect(failure?.message == message)
    }

    @Test func itemsThatAreTooLongAreLeftOutInPieces() throws {
        let reader = try Self.reader("[{\"a\": \"0123456789\"},\n{}]", maximum: 8)
        var record: [UInt8] = []
        #expect(throws: Failure.self) { try reader.appendNext(to: &record) }
        #expect(reader.isTooLong && record.count == 8)
        var isComplete = false
        while !isComplete { isComplete = try reader.appendRest(to: &record, maximum: record.count + 4) }
        #expect(String(decoding: record, as: UTF8.self) == "{\"a\": \"0123456789\"}\n")
        record = []
        #expect(try reader.appendNext(to: &record) && record.elementsEqual("{}".utf8) && reader.lineNumber == 2)
    }
}
