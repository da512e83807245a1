import Corpora
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@Suite struct BilingualDictionaryTests {
    static func read(_ text: String) throws -> BilingualDictionary {
        try BilingualDictionary(LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "d.tsv"))))
    }

    static func described(_ dictionary: BilingualDictionary) -> [String] {
        dictionary.entries.map {
            "\(String(decoding: $0.source, as: UTF8.self)) \(String(decoding: $0.target, as: UTF8.self)) "
                + "\($0.targetGivenSource) \($0.sourceGivenTarget) \($0.count)"
        }
    }

    @Test func entriesStandTogetherBySource() throws {
        let dictionary = try Self.read("a\tx\t0.5\t0.25\t7\nb\ty\t1\na\tz\t0.125\t1\n")
        #expect(Self.described(dictionary) == ["a x 0.5 0.25 7", "a z 0.125 1.0 1", "b y 1.0 1.0 1"])
        #expect(dictionary.translations(of: Array("a".utf8)).map(\.target) == [Array("x".utf8), Array("z".utf8)])
        #expect(dictionary.translations(of: Array("b".utf8)).map(\.target) == [Array("y".utf8)])
        #expect(dictionary.translations(of: Array("x".utf8)).isEmpty)
    }

    @Test func withoutProbabilitiesAllTranslationsAreEqual() throws {
        let dictionary = try Self.read(
            "a\tx\na\ty\nb\tx\na\tx\n\na b\tz\nc\tx\tx\u{A0}y\n".replacing("\tx\u{A0}y", with: ""))
        #expect(
            Self.described(dictionary)
                == [
                    "a x 0.5 \(Float(1) / 3) 1", "a y 0.5 1.0 1", "b x 1.0 \(Float(1) / 3) 1",
                    "c x 1.0 \(Float(1) / 3) 1",
                ])
        #expect(dictionary.repeatedEntryCount == 1)
        #expect(dictionary.multiwordEntryCount == 1)
    }

    /// White space around a word is no second word.
    @Test func whiteSpaceAroundWordsIsTakenAway() throws {
        let dictionary = try Self.read("Paris \t Par\u{ED}s\u{A0}\t0.5\nNew York\tx\n\u{3000}a\tb  \r\n")
        #expect(Self.described(dictionary) == ["paris par\u{ED}s 0.5 1.0 1", "a b 1.0 1.0 1"])
        #expect(dictionary.multiwordEntryCount == 1)
        #expect(throws: Failure.self) { try Self.read(" \tb\n") }
    }

    @Test func wordsAreKeptInLookUpFormAndTheFirstOfEqualPairsCounts() throws {
        let dictionary = try Self.read(
            "\u{FEFF}The\tDER\t0.5\r\nthe\tder\t0.75\r\nZoe\u{308}\tИВАН\t1\r\nx\u{A0}y\tz\r\n")
        #expect(Self.described(dictionary) == ["the der 0.5 1.0 1", "zo\u{EB} иван 1.0 1.0 1"])
        #expect(dictionary.repeatedEntryCount == 1)
        #expect(dictionary.multiwordEntryCount == 1)
    }

    @Test(arguments: [
        ("a\n", 1, "1 columns"), ("a\tb\nc d\n", 2, "1 columns"), ("a\tb\t1\t1\t1\t1\n", 1, "6 columns"),
        ("a\t\n", 1, "the target is empty"), ("\tb\n", 1, "the source is empty"),
        ("a\tb\nc\td\tmany\n", 2, "column 3 is not a probability"), ("a\tb\t1.5\n", 1, "column 3 is not a probability"),
        ("a\tb\t-0.1\n", 1, "column 3 is not a probability"), ("a\tb\tnan\n", 1, "column 3 is not a probability"),
        ("a\tb\t1\tinf\n", 1, "column 4 is not a probability"), ("a\tb\t1\t1\t-1\n", 1, "column 5 is not a count"),
        ("a\tb\t1\t1\t1.5\n", 1, "column 5 is not a count"),
    ])
    func badLinesAreNamed(_ text: String, _ line: Int, _ what: String) {
        #expect { try Self.read(text) } throws: {
            let failure = $0 as? Failure
            return failure?.code == .badData && failure?.message.hasPrefix("d.tsv:\(line): \(what)") == true
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect {
            try BilingualDictionary(
                LineReader(try BufferedInput(MemoryInput([0x61, 0x09, 0xFF, 0x0A], name: "d.tsv"))))
        } throws: { ($0 as? Failure)?.message.hasPrefix("d.tsv:1: the target is not UTF-8") == true }
    }

    @Test(arguments: ["", "\n\n", "two words\tx\n"]) func nothingUsableIsAnError(_ text: String) {
        #expect { try Self.read(text) } throws: { ($0 as? Failure)?.code == .badData }
    }

    /// Many translations of one word, and many words with one translation: time must not grow with the square.
    @Test func manyTranslationsOfOneWordAreRead() throws {
        let lines = (0..<20_000).map { "a\tw\($0)\nv\($0)\tb\n" }.joined()
        let dictionary = try Self.read(lines)
        #expect(dictionary.entries.count == 40_000)
        #expect(dictionary.translations(of: [0x61]).count == 20_000)
        #expect(dictionary.translations(of: [0x61]).allSatisfy { $0.targetGivenSource == 1 / 20_000 })
    }
}
