import Formats
import Foundation
import NERPipeTesting
import Testing

@Suite struct JSONRecordScannerTests {
    static func scan(_ text: String) throws -> (id: String, text: [UInt8]) {
        var scanner = JSONRecordScanner()
        try Array(text.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        return (String(decoding: scanner.identifier, as: UTF8.self), scanner.text)
    }

    static func text(_ line: String) throws -> String { String(decoding: try scan(line).text, as: UTF8.self) }

    @Test func idAndTextAreTakenOut() throws {
        let record = try Self.scan(#"{"id": "a-1", "text": "Zoë lives in Париж."}"#)
        #expect(record.id == "a-1" && String(decoding: record.text, as: UTF8.self) == "Zoë lives in Париж.")
        #expect(try Self.scan(#" { "text" : "" , "id" : -12.5e3 } "#).id == "-12.5e3")
        #expect(try Self.scan(#"{"text":"x"}"#).id == "")
    }

    @Test func escapesAreResolved() throws {
        #expect(
            try Self.text(#"{"text":"a\"b\\c\/d\b\f\n\r\t\u00e9\u0416\u8a9e\uD83D\uDE00\u0000"}"#)
                == "a\"b\\c/d\u{8}\u{c}\n\r\t\u{e9}\u{416}\u{8a9e}\u{1F600}\0")
        #expect(try Self.text(#"{"te\u0078t":"key escapes count"}"#) == "key escapes count")
    }

    /// Surrogates without a partner become ill-formed UTF-8, for which there is a policy.
    @Test(
        arguments: [
            (#"\uD83D"#, [0xED, 0xA0, 0xBD]), (#"\uDE00"#, [0xED, 0xB8, 0x80]),
            (#"\uD83D\uD83D\uDE00"#, [0xED, 0xA0, 0xBD, 0xF0, 0x9F, 0x98, 0x80]),
            (#"\uD83Dx"#, [0xED, 0xA0, 0xBD, 0x78]), (#"\uD83D\n"#, [0xED, 0xA0, 0xBD, 0x0A]),
        ] as [(String, [UInt8])])
    func loneSurrogatesBecomeIllFormed(_ escaped: String, _ bytes: [UInt8]) throws {
        #expect(try Self.scan("{\"text\":\"\(escaped)\"}").text == bytes)
    }

    @Test func otherKeysAreIgnoredWhateverTheyHold() throws {
        #expect(
            try Self.text(
                #"{"a":{"text":"no","b":[1,2.5e-3,{"c":null}],"d":"}"},"text":"yes","e":[],"f":{},"g":true,"h":false,"i":-0}"#
            ) == "yes")
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(try Self.text("{\"a\":\(deep),\"text\":\"yes\"}") == "yes")
    }

    @Test(arguments: [
        ("", "JSON object"), ("[]", "JSON object"), ("null", "JSON object"), ("{", "string is missing"),
        (#"{"text""#, "':' is missing"),
        (#"{"text":"x""#, "does not end with '}'"), (#"{"text":"x"} x"#, "more after the object"),
        (#"{"text":"x"}{}"#, "more after"), ("{}", "\"text\" is missing"),
        (#"{"text":"x","text":"y"}"#, "\"text\" comes twice"), (#"{"id":1,"id":2,"text":""}"#, "\"id\" comes twice"),
        (#"{"text":5}"#, "string is missing"),
        (#"{"text":null}"#, "string is missing"), (#"{"id":true,"text":""}"#, "neither a string nor a number"),
        (#"{"id":[1],"text":""}"#, "neither"),
        (#"{"text":"x}"#, "does not end"), (#"{"text":"\x"}"#, "unknown escape"), (#"{"text":"\u12g4"}"#, "bad digit"),
        (#"{"text":"\u12"#, "is cut"),
        (#"{"text":"\"#, "does not end"), ("{\"text\":\"a\nb\"}", "control character"),
        (#"{"text":"x",}"#, "string is missing"), (#"{,"text":"x"}"#, "string is missing"),
        (#"{"a":tru,"text":""}"#, "not JSON"), (#"{"a":'x',"text":""}"#, "not JSON"),
        (#"{"a":,"text":""}"#, "not JSON"), (#"{"a":1 2,"text":""}"#, "'}'"),
        (#"{"a":[1,],"text":""}"#, "not JSON"), (#"{"a":[1,"text":""}"#, "does not end"),
        (#"{a:1,"text":""}"#, "string is missing"),
        (#"{"a":--1,"text":""}"#, "not JSON"), (#"{"a":1.,"text":""}"#, "not JSON"),
        (#"{"a":01,"text":""}"#, "not JSON"), (#"{"a":.5,"text":""}"#, "not JSON"),
        (#"{"a":1e,"text":""}"#, "not JSON"), (#"{"a":+1,"text":""}"#, "not JSON"),
        (#"{"id":-,"text":""}"#, "not JSON"), (#"{"id":1-2,"text":""}"#, "not JSON"),
    ])
    func malformedLinesAreNamed(_ line: String, _ expected: String) {
        let problem = #expect(throws: RecordProblem.self) { try Self.scan(line) }
        #expect(problem?.what.contains(expected) == true, "\(problem?.what ?? "")")
    }

    @Test func nestingIsLimited() {
        for open in ["[", "{\"a\":"] {
            let line = "{\"a\":" + String(repeating: open, count: 100_000)
            #expect(throws: RecordProblem.self) { try Self.scan(line) }
        }
    }

    @Test func stateIsNotKeptBetweenLines() throws {
        var scanner = JSONRecordScanner()
        try Array(#"{"id":"1","text":"first"}"#.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        try Array(#"{"text":"2"}"#.utf8).withUnsafeBufferPointer { try scanner.scan($0) }
        #expect(scanner.identifier.isEmpty && scanner.text == [0x32])
    }

    /// What Foundation writes is read; what it reads is not refused, and damaged lines never crash.
    @Test func agreesWithFoundationOnGeneratedRecords() throws {
        var random = SeededGenerator(seed: 6)
        let pieces = ["a", "\"", "\\", "é", "語", "\u{1F600}", "\n", "\t", "\u{7F}", "/", " ", "\u{2028}", "\u{1}"]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let object: [String: Any] = [
                "text": text, "n": Double.random(in: -1e9...1e9, using: &random),
                "list": [1, text, NSNull(), true] as [Any],
            ]
            var line = Array(try JSONSerialization.data(withJSONObject: object))
            #expect(Array(text.utf8) == (try Self.scan(String(decoding: line, as: UTF8.self)).text))
            line[Int.random(in: 0..<line.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            var scanner = JSONRecordScanner()
            try? line.withUnsafeBufferPointer { try scanner.scan($0) }
        }
    }
}
