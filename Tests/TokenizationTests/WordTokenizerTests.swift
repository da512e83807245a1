import Randomness
import Testing
import Tokenization
import UnicodeText

/// Tokens of a text as strings, for tests only.
func tokens(_ text: String, maximum: Int = 512) -> [[String]] {
    sentences(Array(text.utf8), maximum: maximum).sentences.map { $0.map { String(decoding: $0, as: UTF8.self) } }
}

/// Tokenizes and checks everything the offsets promise.
func sentences(_ bytes: [UInt8], maximum: Int = 512) -> (sentences: [[[UInt8]]], splitCount: Int) {
    var output = TokenizedParagraph()
    // What another paragraph left behind must not show.
    "Left. Over".utf8.withContiguousStorageIfAvailable { WordTokenizer().tokenize($0, into: &output) }
    bytes.withUnsafeBufferPointer {
        WordTokenizer(maximumSentenceTokenCount: maximum).tokenize($0, into: &output)
    }
    #expect(output.tokenStarts.count == output.tokenLengths.count)
    var position = 0
    for (start, length) in zip(output.tokenStarts, output.tokenLengths) {
        guard Int(start) >= position, length > 0, Int(start) + Int(length) <= bytes.count else {
            Issue.record("token \(start)+\(length) after \(position) in \(bytes.count) bytes")
            return ([], 0)
        }
        position = Int(start) + Int(length)
    }
    var result: [[[UInt8]]] = []
    var first = 0
    for end in output.sentenceEnds.map(Int.init) {
        guard end > first, end <= output.tokenStarts.count, end - first <= maximum else {
            Issue.record("sentence \(first)..<\(end) of \(output.tokenStarts.count) tokens")
            return ([], 0)
        }
        result.append(
            (first..<end).map { token in
                let start = Int(output.tokenStarts[token])
                return Array(bytes[start..<start + Int(output.tokenLengths[token])])
            })
        first = end
    }
    #expect(first == output.tokenStarts.count)
    return (result, output.splitSentenceCount)
}

struct WordTokenizerTests {
    @Test(arguments: [
        "Wangari Maathai won the Nobel Peace Prize in 2004 .", "L'élection à Genève n'a pas eu lieu .",
        "Ọlọ́run fún àwọn ọmọ Yorùbá .", "Владимир Путин прибыл в Москву .", "القاهرة هي عاصمة مصر ؟",
        "ירושלים בירת ישראל .",
        "नई दिल्ली भारत की राजधानी है ।", "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት ።", "서울 은 대한민국 의 수도 이다 .", "👩‍👩‍👧 ❤️ 🇰🇪 👍🏽",
        "e.g 3.14 1,000 can't 王 Ɓoni ẹ̀kọ́ ab_1", "ទេ ស",
    ])
    func everyTokenSlicesBack(_ text: String) {
        #expect(tokens(text).flatMap { $0 } == text.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        ("東京は首都。", ["東京", "は", "首都", "。"]), ("ภาษา", ["ภาษา"]),
        ("\u{E01}\u{E34}\u{E19}", ["\u{E01}\u{E34}\u{E19}"]),
        ("カタカナ語", ["カタカナ", "語"]), ("U.S. (Dr.)", ["U.S", ".", "(", "Dr", ".", ")"]),
        ("#tag @me", ["#", "tag", "@", "me"]),
        ("a--b", ["a", "-", "-", "b"]), ("", []), (" \t\r\n\u{A0}\u{3000}\u{2029}", []),
    ])
    func cutsAsTheStandardSays(_ text: String, _ expected: [String]) {
        #expect(tokens(text).flatMap { $0 } == expected)
    }

    @Test(arguments: [
        ("\u{FEFF}abc", ["abc"]), ("\u{200B}\u{200E}\u{0}", []), (" \u{200F}שלום\u{200F} x", ["שלום", "x"]),
        (" \u{301}a", ["\u{301}", "a"]),
        ("a\u{AD}b\u{AD}", ["a\u{AD}b"]), ("می\u{200C}خواهم", ["می\u{200C}خواهم"]), ("❤\u{FE0F}", ["❤\u{FE0F}"]),
        ("\u{200D}😀", ["😀"]), ("\u{600}12", ["\u{600}", "12"]), ("\u{2060}", []), ("!\u{200E}\u{200E} ", ["!"]),
        (" \u{FE0F}", []),
    ])
    func leavesOutWhatNobodySees(_ text: String, _ expected: [String]) {
        // Scalars are compared, since String equality may overlook some of them.
        #expect(
            tokens(text).flatMap { $0 }.map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
    }

    /// The fast paths of the tokenizer against the segmenter.
    @Test func tokensAreTheVisibleSegments() {
        var random = SplitMix64(seed: 21)
        for _ in 0..<4_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.index(below: 14) {
                let entry = WordBreakRules.representatives[random.index(below: WordBreakRules.representatives.count)]
                UTF8Scalar.append(random.index(below: 4) == 0 ? 0x20 : entry.value, to: &bytes)
            }
            let cuts = WordSegmenterTests.boundaries(bytes)
            let expected = zip(cuts, cuts.dropFirst()).compactMap { Self.token(Array(bytes[$0..<$1])) }
            #expect(
                sentences(bytes).sentences.flatMap { $0 } == expected,
                "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    private static func token(_ segment: [UInt8]) -> [UInt8]? {
        func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
        }
        var scalars = Array(String(decoding: segment, as: UTF8.self).unicodeScalars.drop(while: isInvisible))
        while let last = scalars.last, last == "\u{200E}" { scalars.removeLast() }
        return scalars.isEmpty ? nil : scalars.flatMap { Array(String($0).utf8) }
    }

    @Test func survivesBytesThatAreNotText() {
        var random = SplitMix64(seed: 33)
        for _ in 0..<3_000 {
            let bytes = (0..<random.index(below: 40)).map { _ in
                UInt8(
                    truncatingIfNeeded: random.index(below: 2) == 0
                        ? random.index(below: 256) : 0x20 + random.index(below: 0x60))
            }
            _ = sentences(bytes, maximum: 3)
        }
        #expect(sentences([0xFF, 0x61, 0xE2, 0x80]).sentences == [[[0xFF], [0x61], [0xE2], [0x80]]])
    }

    @Test(arguments: [
        "\u{301}", "a\u{301}", ":\u{301}", "a:\u{301}", "1,\u{301}", "א\u{22}\u{200D}", "\u{200D}", "\u{1F1E6}",
        "\u{1F469}\u{200D}", ".", ". (",
        "a. ( ", "\n", " \u{200B}", "\u{2E}\u{200E}", "?\"", "字",
    ])
    func staysLinearWhateverRepeats(_ piece: String) {
        func time(_ count: Int) -> Duration {
            var bytes: [UInt8] = []
            for _ in 0..<count { bytes += Array(piece.utf8) }
            var output = TokenizedParagraph()
            return bytes.withUnsafeBufferPointer { buffer in
                ContinuousClock().measure { WordTokenizer().tokenize(buffer, into: &output) }
            }
        }
        // 16 times the input; a quadratic step would cost 256 times as much. One quiet moment in three is enough.
        #expect((0..<3).contains { _ in time(64_000) < time(4_000) * 80 + .milliseconds(100) })
    }

    /// That of the Foundation of the toolchain: another one may find other words.
    static let dictionaryVersion = "76.1"

    @Test func identityNamesRulesAndVersion() {
        #expect(WordTokenizer.identity == "uax29/15.0 icu/\(Self.dictionaryVersion) sentences/2")
    }
}
