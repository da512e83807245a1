import Randomness
import Testing
import Tokenization
import UnicodeText

/// Words of scripts that are written without spaces.
struct UnspacedTextTests {
    @Test(arguments: [
        "กรุงเทพมหานคร|เป็น|เมือง|หลวง", "ປະເທດ|ລາວ", "ភាសាខ្មែរ|ជា|ភាសាផ្លូវការ|។", "မြန်မာနိုင်ငံ|သည်|။",
        "东京|是|日本|的|首都|。", "访问|北京|大学", "東京|都|に|行く", "人々|が|いる",
        // UAX #29 never cuts katakana, though the dictionary would.
        "ニューヨーク|で", "カタ_カナ",
        // Other scripts beside them, marks, and a space of no width between words.
        "A|北京|B1|大学", "ไทย|EU|ลาว", "ไทย|北京", "北|\u{200B}|京",
    ])
    func findsTheWords(_ marked: String) {
        let parts = marked.split(separator: "|").map(String.init)
        #expect(tokens(parts.joined()).flatMap { $0 } == parts.filter { $0 != "\u{200B}" })
    }

    /// Pieces of a long run join where words end.
    @Test func aLongRunIsCutLikeAShortOne() {
        let words = ["东京", "是", "日本", "的", "首都"]
        for count in [400, 683, 2049] {
            let text = String(repeating: words.joined(), count: count)
            #expect(
                sentences(Array(text.utf8), maximum: 100_000).sentences.flatMap { $0 }
                    == (0..<count).flatMap { _ in words.map { Array($0.utf8) } })
        }
    }

    @Test(arguments: ["\u{1980}\u{1981}\u{1982} \u{1983}", "\u{1950}\u{1951}\u{1A20}\u{AA80}\u{17000}"])
    func countsWhatNoDictionaryKnows(_ text: String) {
        var output = TokenizedParagraph()
        let letters = text.unicodeScalars.count { $0 != " " }
        Array(text.utf8).withUnsafeBufferPointer { WordTokenizer().tokenize($0, into: &output) }
        #expect(output.tokenStarts.count == letters)
        #expect(output.unsegmentedTokenCounts.values.reduce(0, +) == letters)
        Array("北京 ไทย abc".utf8).withUnsafeBufferPointer { WordTokenizer().tokenize($0, into: &output) }
        #expect(output.unsegmentedTokenCounts.isEmpty)
    }

    /// Every boundary is one of UAX #29, whatever stands beside the letters.
    @Test func wordsAreSegmentsOrSeveral() {
        var random = SplitMix64(seed: 5)
        let scalars = Array("北京大学ไทยเปのカナー々_a1.\u{301}\u{200D}\u{200B}ไร ".unicodeScalars)
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<random.index(below: 20) {
                UTF8Scalar.append(scalars[random.index(below: scalars.count)].value, to: &bytes)
            }
            let boundaries = Set(WordSegmenterTests.boundaries(bytes))
            var output = TokenizedParagraph()
            bytes.withUnsafeBufferPointer { WordTokenizer().tokenize($0, into: &output) }
            for (start, length) in zip(output.tokenStarts, output.tokenLengths) {
                let end = Int(start + length)
                // What nobody sees is taken off both ends.
                let ends = [end, end + 3].filter { $0 <= bytes.count }
                #expect(!boundaries.isDisjoint(with: ends), "\(bytes)")
            }
        }
    }
}
