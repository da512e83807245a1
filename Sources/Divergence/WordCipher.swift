import CXXHash
import UnicodeText

/// Re-spells some of the words of a language, always the same ones in the same way: a twin of the language, which differs from it in its words alone.
///
/// A word is a run of letters and marks; it is compared lower-cased and composed (NFC). The letters are swapped in pairs that the seed decides, vowels with
/// vowels and consonants with consonants of one script; case, marks and length stay. A word is re-spelled when the hash of the pair {word, its other
/// spelling} is below the rate. Since swapping is its own inverse, both words of a pair are re-spelled or neither, so the whole is a bijection of
/// words, and done twice it gives the words back: no two words ever become one. What is re-spelled at a rate is also re-spelled at any higher
/// one with the same seed.
///
/// Letters that are in no pair stay as they are: of scripts other than Latin, Cyrillic, Greek, Arabic and Hebrew, and those without a capital of one
/// letter in a script with case.
package struct WordCipher: Sendable {
    private let alphabet: CipherAlphabet
    private let seed: UInt64
    /// Hashes below are re-spelled.
    private let limit: UInt64
    private let isWhole: Bool
    /// Hashes of lower-cased words that stay, and whose other spelling does.
    private let kept: Set<UInt64>

    /// What became of the words of a text.
    package struct Counts: Sendable, Equatable {
        package var words = 0, respelled = 0
        /// Running words that stay because they are names.
        package var names = 0
        /// Running words in which no letter can be swapped.
        package var unknown = 0

        package init() {}
    }

    /// - Parameters:
    ///   - rate: The share of the words that are re-spelled, 0...1.
    ///   - kept: Words that stay, UTF-8.
    /// - Precondition: The rate is in 0...1.
    package init(seed: UInt64, rate: Double, keeping kept: some Sequence<[UInt8]> = []) {
        precondition((0...1).contains(rate), "rate \(rate) outside 0...1")
        self.seed = seed
        isWhole = rate == 1
        limit = isWhole ? .max : UInt64(rate * 0x1p64)
        let alphabet = CipherAlphabet(seed: seed)
        self.alphabet = alphabet
        var hashes: Set<UInt64> = []
        for text in kept {
            text.withUnsafeBufferPointer { text in
                Self.forEachRun(of: text) { run, isWord in
                    guard isWord else { return }
                    hashes.insert(Self.pair(UnsafeBufferPointer(rebasing: text[run]), alphabet, seed).hash)
                }
            }
        }
        self.kept = hashes
    }

    /// Appends a text with its words re-spelled; everything between the words stays, byte by byte.
    ///
    /// - Parameter text: UTF-8; a byte that begins no well-formed sequence stands between words.
    package func respell(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8], _ counts: inout Counts) {
        Self.forEachRun(of: text) { run, isWord in
            let bytes = UnsafeBufferPointer(rebasing: text[run])
            guard isWord else { return output += bytes }
            append(word: bytes, to: &output, &counts)
        }
    }

    private func append(word: UnsafeBufferPointer<UInt8>, to output: inout [UInt8], _ counts: inout Counts) {
        counts.words += 1
        let (hash, isSwapped) = Self.pair(word, alphabet, seed)
        guard isSwapped else {
            counts.unknown += 1
            return output += word
        }
        guard !kept.contains(hash) else {
            counts.names += 1
            return output += word
        }
        guard isWhole || hash < limit else { return output += word }
        counts.respelled += 1
        alphabet.append(word, to: &output)
    }

    /// A hash of the word and its other spelling, whichever of the two is given; and whether they differ.
    private static func pair(
        _ word: UnsafeBufferPointer<UInt8>, _ alphabet: CipherAlphabet, _ seed: UInt64
    ) -> (hash: UInt64, isSwapped: Bool) {
        var form: [UInt8] = [], other: [UInt8] = []
        LookupForm.append(lowercasedNFC: word, to: &form)
        form.withUnsafeBufferPointer { alphabet.append($0, to: &other) }
        let isFirst = form.lexicographicallyPrecedes(other)
        let first = isFirst ? form : other, second = isFirst ? other : form
        let hash = XXH3_64bits_withSeed(first, first.count, seed) ^ XXH3_64bits_withSeed(second, second.count, ~seed)
        // Mixed again, so that a difference of the halves is not seen in the order of the hashes.
        var mixed = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        mixed ^= mixed >> 33
        return (mixed, form != other)
    }

    /// Runs of letters and marks that begin with a letter, and what stands between them.
    private static func forEachRun(of text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Bool) -> Void) {
        guard let base = text.baseAddress else { return }
        var start = 0, index = 0, isWord = false
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: text.count)
            let kind = CharacterClass(scalar)
            let belongs = kind.isLetter || isWord && kind == .mark
            if belongs != isWord {
                if index > start { body(start..<index, isWord) }
                (start, isWord) = (index, belongs)
            }
            index += length
        }
        if index > start { body(start..<index, isWord) }
    }
}
