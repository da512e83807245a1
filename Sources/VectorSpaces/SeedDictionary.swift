package import Corpora
import Shards

/// The pairs of words that a map is learned from, and those it is tested on.
package struct SeedDictionary: Sendable {
    /// Pairs that both spaces know.
    package var pairs: [TranslationPair] = []
    /// Distinct source words, known or not.
    package var sourceWordCount = 0
    /// Of these, those with a row.
    package var knownSourceWordCount = 0

    package init() {}

    /// Takes the entries of a dictionary that `isIncluded` says, by the look-up form of their source.
    package init(
        _ dictionary: BilingualDictionary, source: LanguageSpace, target: LanguageSpace,
        where isIncluded: ([UInt8]) -> Bool = { _ in true }
    ) {
        // The entries of a source stand together.
        var last: (form: [UInt8], word: Int?, isIncluded: Bool)?
        for entry in dictionary.entries {
            if entry.source != last?.form {
                let word = source.word(entry.source)
                last = (entry.source, word, isIncluded(entry.source))
                guard isIncluded(entry.source) else { continue }
                sourceWordCount += 1
                if word != nil { knownSourceWordCount += 1 }
            }
            guard let last, last.isIncluded, let word = last.word, let translation = target.word(entry.target)
            else { continue }
            pairs.append(.init(source: word, target: translation))
        }
    }

    /// Words that are written alike in both languages.
    package enum Alike: String, CaseIterable, Sendable {
        case identical
        /// Only those of digits 0 to 9 (Artetxe et al. 2017, "Learning bilingual word embeddings with (almost) no
        /// bilingual data", section 4.1).
        case numerals

        package func pairs(source: LanguageSpace, target: LanguageSpace) -> SeedDictionary {
            var seeds = SeedDictionary()
            for word in 0..<source.count {
                let form = source.form(word)
                if self == .numerals && !form.allSatisfy({ (0x30...0x39).contains($0) }) { continue }
                seeds.sourceWordCount += 1
                seeds.knownSourceWordCount += 1
                if let other = target.word(form) { seeds.pairs.append(.init(source: word, target: other)) }
            }
            return seeds
        }
    }

    /// Whether a source word, by its look-up form, belongs to the part of a dictionary that is held out: a share of all
    /// words, always the same ones, whatever else the dictionary holds.
    package static func isHeldOut(_ form: [UInt8], share: Double) -> Bool {
        Double(Digest.xxh3(form) >> 11) < share * 0x1p53
    }
}
