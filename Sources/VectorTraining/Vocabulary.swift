import Shards
import WordAlignment

/// What is counted of a word of one language.
struct WordCounts: BitwiseCopyable {
    /// Tokens in all inputs, entries of dictionaries included.
    var occurrences: UInt32 = 0
    /// Tokens in sentences and texts.
    var inText: UInt32 = 0
    /// Tokens whose capitalization says something, and of those the capitalized and the all-upper ones.
    var tellsCase: UInt32 = 0
    var capitalized: UInt32 = 0
    var upper: UInt32 = 0
    /// Lines of parallel text with the word, and of those the ones whose other side has the same form.
    var parallelLines: UInt32 = 0
    var identicalLines: UInt32 = 0
    /// Tokens with a next token, and of those the ones whose next token has a capital.
    var hasNext: UInt32 = 0
    var nextIsCased: UInt32 = 0
    /// Tokens from the third of a sentence on, and of those the ones whose previous token has a capital.
    var hasPrevious: UInt32 = 0
    var previousIsCased: UInt32 = 0
    /// Links, as ``WordStatistics`` has them, to tokens whose capitalization says something, and of those the ones with a
    /// capital.
    var links: UInt32 = 0
    var linkIsCased: UInt32 = 0
}

/// All words of all languages with their counts: one entry per (language, word).
///
/// Memory: some 120 bytes a word, for at most `limit` words and those of one line. When there are more, the rarest are forgotten with their
/// counts, beginning with those seen once, as fastText does (`Dictionary::threshold`).
final class Vocabulary {
    private(set) var languages: [String] = []
    private(set) var counts: [WordCounts] = []
    private(set) var wordLanguages: [UInt16] = []
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var index = [UInt32](repeating: .max, count: 1 << 16)
    private let limit: Int
    private(set) var forgottenCount = 0
    private var threshold: UInt32 = 1

    init(limit: Int) { self.limit = limit }

    var wordCount: Int { counts.count }

    func languageNumber(_ code: String) -> UInt16 {
        if let number = languages.firstIndex(of: code) { return UInt16(number) }
        languages.append(code)
        return UInt16(languages.count - 1)
    }

    func range(_ word: Int) -> Range<Int> { (word == 0 ? 0 : ends[word - 1])..<ends[word] }

    func withBytes<Result>(_ word: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { try body(.init(rebasing: $0[range(word)])) }
    }

    func text(_ word: Int) -> String { String(decoding: bytes[range(word)], as: UTF8.self) }

    /// Number of a word, which is entered when it is new; valid until words are forgotten.
    func number(of form: UnsafeBufferPointer<UInt8>, language: UInt16) -> Int {
        let slot = slot(of: form, language: language)
        if index[slot] != .max { return Int(index[slot]) }
        return append(form, language: language, counts: WordCounts(), slot: slot)
    }

    func find(_ form: UnsafeBufferPointer<UInt8>, language: UInt16) -> Int? {
        let slot = slot(of: form, language: language)
        return index[slot] == .max ? nil : Int(index[slot])
    }

    func withCounts<Result>(_ word: Int, _ body: (inout WordCounts) -> Result) -> Result { body(&counts[word]) }

    /// Appends a word that is not there yet.
    func append(_ form: UnsafeBufferPointer<UInt8>, language: UInt16, counts: WordCounts) {
        _ = append(form, language: language, counts: counts, slot: slot(of: form, language: language))
    }

    private func append(
        _ form: UnsafeBufferPointer<UInt8>, language: UInt16, counts count: WordCounts, slot: Int
    ) -> Int {
        index[slot] = UInt32(wordCount)
        bytes.append(contentsOf: form)
        ends.append(bytes.count)
        wordLanguages.append(language)
        counts.append(count)
        if wordCount * 2 > index.count { rehash() }
        return wordCount - 1
    }

    /// Sorts by falling number of occurrences, then by language and bytes: number 0 is the most frequent word.
    func sort() {
        rebuild(
            (0..<wordCount).sorted { left, right in
                let (a, b) = (counts[left].occurrences, counts[right].occurrences)
                if a != b { return a > b }
                if wordLanguages[left] != wordLanguages[right] { return wordLanguages[left] < wordLanguages[right] }
                return bytes[range(left)].lexicographicallyPrecedes(bytes[range(right)])
            })
    }

    /// Forgets the rarest words when there are more than the limit; to be called between lines, because numbers change.
    func forgetRareWords() {
        guard wordCount > limit else { return }
        repeat {
            threshold += 1
            let kept = (0..<wordCount).filter { counts[$0].occurrences >= threshold }
            forgottenCount += wordCount - kept.count
            rebuild(kept)
        } while wordCount > limit / 4 * 3
    }

    private func rebuild(_ order: [Int]) {
        var (newBytes, newEnds): ([UInt8], [Int]) = ([], [])
        newBytes.reserveCapacity(bytes.count)
        newEnds.reserveCapacity(order.count)
        for word in order {
            newBytes.append(contentsOf: bytes[range(word)])
            newEnds.append(newBytes.count)
        }
        counts = order.map { counts[$0] }
        wordLanguages = order.map { wordLanguages[$0] }
        (bytes, ends) = (newBytes, newEnds)
        rehash()
    }

    private func rehash() {
        var slots = 1 << 16
        while slots < wordCount * 3 { slots *= 2 }
        index = [UInt32](repeating: .max, count: slots)
        bytes.withUnsafeBufferPointer { bytes in
            for word in 0..<wordCount {
                let form = UnsafeBufferPointer(rebasing: bytes[range(word)])
                var slot = Self.hash(form, wordLanguages[word]) & (slots - 1)
                while index[slot] != .max { slot = (slot + 1) & (slots - 1) }
                index[slot] = UInt32(word)
            }
        }
    }

    private static func hash(_ form: UnsafeBufferPointer<UInt8>, _ language: UInt16) -> Int {
        Int(truncatingIfNeeded: Digest.xxh3(UnsafeRawBufferPointer(form)) &+ UInt64(language) &* 0x9E37_79B9_7F4A_7C15)
            & Int.max
    }

    private func slot(of form: UnsafeBufferPointer<UInt8>, language: UInt16) -> Int {
        let mask = index.count - 1
        var slot = Self.hash(form, language) & mask
        return bytes.withUnsafeBufferPointer { bytes in
            while index[slot] != .max {
                let word = Int(index[slot])
                let found = range(word)
                if wordLanguages[word] == language, found.count == form.count,
                    bytes[found].elementsEqual(form)
                {
                    return slot
                }
                slot = (slot + 1) & mask
            }
            return slot
        }
    }
}
