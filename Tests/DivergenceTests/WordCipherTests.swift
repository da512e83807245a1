import Randomness
import Testing

@testable import Divergence

/// A twin of a language: what is re-spelled, and that nothing becomes one that was two.
struct WordCipherTests {
    private static func respell(_ text: String, _ cipher: WordCipher) -> String {
        var output: [UInt8] = [], counts = WordCipher.Counts()
        Array(text.utf8).withUnsafeBufferPointer { cipher.respell($0, to: &output, &counts) }
        return String(decoding: output, as: UTF8.self)
    }

    private static let text = """
        Ọjọ́ kẹta, ÉCOLE Été-là; Nairobi's 12 kituo (U.S.) ŋutɔ́ Ɔkɔ ǃkung Łódź Москва й ӑ Йошкар αθήνα Ἀθῆναι بيت שלום 東京 ñandú Ångström
        """

    @Test(arguments: [0, 1, 7] as [UInt64])
    func twiceIsTheTextAgain(seed: UInt64) {
        for rate in [0.0, 0.2, 0.5, 1] {
            let cipher = WordCipher(seed: seed, rate: rate)
            #expect(Self.respell(Self.respell(Self.text, cipher), cipher) == Self.text, "rate \(rate)")
        }
        #expect(Self.respell(Self.text, WordCipher(seed: seed, rate: 0)) == Self.text)
        #expect(Self.respell(Self.text, WordCipher(seed: seed, rate: 1)) != Self.text)
    }

    /// Words over few letters, so that the other spelling of many is a word too.
    @Test func noTwoWordsBecomeOne() {
        let letters = Array("aeioubdgknéẹ́ń").map(String.init)
        var words: Set<String> = []
        for a in letters { for b in letters { for c in letters { words.insert(a + b + c) } } }
        for rate in [0.1, 0.3, 0.6] {
            let cipher = WordCipher(seed: 3, rate: rate)
            let twins = Set(words.map { Self.respell($0, cipher) })
            #expect(twins.count == words.count)
            let share = Double(words.count { Self.respell($0, cipher) != $0 }) / Double(words.count)
            #expect(abs(share - rate) < 0.05, "\(share) at \(rate)")
        }
    }

    @Test func caseLengthAndKindOfLettersStay() {
        let cipher = WordCipher(seed: 5, rate: 1)
        let vowels = Set("aeiouy")
        for word in ["nairobi", "kituo", "umoja", "chakula"] {
            let twin = Self.respell(word, cipher)
            #expect(twin.count == word.count && twin != word)
            for (a, b) in zip(word, twin) { #expect(vowels.contains(a) == vowels.contains(b)) }
            #expect(Self.respell(word.uppercased(), cipher) == twin.uppercased())
            let capital = word.prefix(1).uppercased() + word.dropFirst()
            #expect(Self.respell(capital, cipher) == twin.prefix(1).uppercased() + twin.dropFirst())
        }
        #expect(Self.respell("東京 42 ... x̄2", cipher).hasPrefix("東京 42 ... "))
    }

    /// What is re-spelled at a rate is so at a higher one, in the same way.
    @Test func ratesAreNested() {
        let words = (0..<400).map { "w" + String($0, radix: 26).filter(\.isLetter) + "kalo" }
        let low = WordCipher(seed: 2, rate: 0.2), high = WordCipher(seed: 2, rate: 0.5)
        for word in words where Self.respell(word, low) != word {
            #expect(Self.respell(word, high) == Self.respell(word, low))
        }
    }

    @Test func namesStay() {
        let all = WordCipher(seed: 4, rate: 1)
        let cipher = WordCipher(seed: 4, rate: 1, keeping: [Array("Dar es Salaam".utf8)])
        #expect(Self.respell("dar DAR Salaam", cipher) == "dar DAR Salaam")
        // A word whose twin is a name stays too; otherwise it would become the name.
        let twin = Self.respell("salaam", all)
        #expect(Self.respell(twin, cipher) == twin && Self.respell("umoja", cipher) == Self.respell("umoja", all))
        var output: [UInt8] = [], counts = WordCipher.Counts()
        Array("Dar umoja 東京".utf8).withUnsafeBufferPointer { cipher.respell($0, to: &output, &counts) }
        #expect(counts.words == 3 && counts.names == 1 && counts.respelled == 1 && counts.unknown == 1)
    }

    @Test func bytesThatAreNoTextStay() {
        let cipher = WordCipher(seed: 1, rate: 1)
        var random = SplitMix64(seed: 6)
        for _ in 0..<50 {
            let bytes = (0..<40).map { _ in UInt8(truncatingIfNeeded: random.next()) | 0x80 }.filter { $0 > 0xF4 }
            var output: [UInt8] = [], counts = WordCipher.Counts()
            bytes.withUnsafeBufferPointer { cipher.respell($0, to: &output, &counts) }
            #expect(output == bytes)
        }
    }
}
