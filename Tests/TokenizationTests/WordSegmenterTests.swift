import Randomness
import Testing
import Tokenization
import UnicodeText

struct WordSegmenterTests {
    static func boundaries(_ bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBufferPointer { bytes in
            let segmenter = WordSegmenter()
            var result = [0]
            while let last = result.last, last < bytes.count {
                let next = segmenter.boundary(after: last, in: bytes)
                guard next > last, next <= bytes.count else { break }
                result.append(next)
            }
            return result
        }
    }

    static func segments(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        let cuts = boundaries(bytes)
        return zip(cuts, cuts.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }

    @Test(arguments: [
        "can't| |stop", "3.14|,| |1,000|.", "a|:", "a:b|:|:|c", "e.g|.| |x", "x|.|5", "5|.|x", "ab_12|-|c",
        "א'ב", "א'| |ב", "א\"ב", "א|\"", "カタ_カナ|ひ|ら", "🇰🇪|🇺🇬|🇹", "👩‍👩‍👧|👍🏽",
        "\r\n|\n|\r|x", "  |x| \u{301}| |y", "नमस्ते| |दुनिया", "አዲስ| |አበባ|።", "ก|า|ร", "東|京", "مدرسة| |كبيرة|،",
        "a\u{200D}😀",
        "a\u{301}\u{301}:\u{301}b|:\u{301}|!", "1\u{AD},\u{301}2|,\u{301}|a",
    ])
    func cutsAtTheBars(_ expected: String) {
        let parts = expected.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        #expect(Self.segments(parts.joined()) == parts)
    }

    @Test func passesTheWordBreakTestFile() throws {
        guard let text = try UnicodeDataFile.read("auxiliary/WordBreakTest.txt") else { return }
        var caseCount = 0
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let items = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }
            var bytes: [UInt8] = []
            var expected: [Int] = []
            for item in items {
                if item == "÷" {
                    expected.append(bytes.count)
                } else if item != "×" {
                    UTF8Scalar.append(try #require(UInt32(item, radix: 16)), to: &bytes)
                }
            }
            caseCount += 1
            if Self.boundaries(bytes) != expected { Issue.record("\(line): \(Self.boundaries(bytes))") }
        }
        #expect(caseCount > 1_800)
    }

    /// The automaton against the rules as they are written, on sequences the test file does not have.
    @Test func agreesWithThePlainRulesOnRandomText() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<10_000 {
            let scalars = (0..<1 + random.index(below: 9)).map { _ in
                WordBreakRules.representatives[random.index(below: WordBreakRules.representatives.count)]
            }
            var bytes: [UInt8] = []
            for scalar in scalars { UTF8Scalar.append(scalar.value, to: &bytes) }
            let expected = WordBreakRules.boundaries(
                scalars.map(\.wordClass),
                byteLengths: scalars.map {
                    UTF8.width(Unicode.Scalar($0.value) ?? " ")
                })
            #expect(Self.boundaries(bytes) == expected, "\(scalars.map { String($0.value, radix: 16) })")
        }
    }
}
