package import Corpora
import Diagnostics
import Randomness
import Shards
package import UnicodeText

/// Makes code-switched copies of labelled sentences: words are replaced by translations, labels stay. A teacher trained on them beside the original knows words of other languages in the contexts of its own.
///
/// Translations are written as the words they replace, but a common word inside of a sentence keeps the capital that its
/// own language usually gives it, where that is known: otherwise a teacher would never see a German noun with its
/// capital outside of a name. (The opposite, to take away capitals that the language does not use, lost on most.)
///
/// Copy 0 is the original; the others are one for each language and rate. What becomes of a token is a pure function of
/// (seed, copy, sentence, token).
///
/// Every word replaced, names of persons kept and the original left out is word-by-word translation, the data transfer
/// of UniTrans (Wu et al., IJCAI 2020) after Mayhew et al. 2017 and Xie et al. 2018.
package struct CodeSwitcher: Sendable {
    /// Translations less probable than this are never chosen.
    package static let minimumProbability: Float = 0.1

    private struct Copy: Sendable {
        var language: String
        /// Probability of replacing a token that has a translation.
        var rate: Double
        var translations: TranslationTable
    }

    /// What is left as it is.
    package struct Exceptions: Sendable {
        /// Tokens of entities of these types are never translated.
        package var types: [String] = []
        /// Whether the original is left out.
        package var leavesOutOriginal = false

        package init(types: [String] = [], leavesOutOriginal: Bool = false) {
            self.types = types
            self.leavesOutOriginal = leavesOutOriginal
        }

        /// For the identity of a run; empty when there are none.
        fileprivate var identity: String {
            (types.isEmpty ? "" : "; without \(types.sorted().joined(separator: " "))")
                + (leavesOutOriginal ? "; without the original" : "")
        }
    }

    private let seed: UInt64
    private let copies: [Copy]
    private let exceptions: Exceptions
    private let form: LookupForm
    /// Label numbers of tokens that are never translated.
    private let keptLabels: Set<UInt8>
    /// Names and content of the dictionaries and the rates, for the identity of a run.
    package let identity: String

    /// A dictionary from the language of the corpus into another one.
    package struct Dictionary {
        package var language: String
        package var entries: BilingualDictionary
        /// How a word of that language, given in look-up form, is usually written inside of a sentence; nil when that is not
        /// known.
        package var usualSpelling: ([UInt8]) -> Capitalization?

        package init(
            language: String, entries: BilingualDictionary,
            usualSpelling: @escaping ([UInt8]) -> Capitalization? = { _ in nil }
        ) {
            self.language = language
            self.entries = entries
            self.usualSpelling = usualSpelling
        }
    }

    /// - Parameters:
    ///   - dictionaries: From the language of the corpus into each of others.
    ///   - rates: Probabilities of replacing a token, above 0 and at most 1; a copy of the corpus for each.
    ///   - exceptions: What is left as it is.
    ///   - tags: What label numbers mean; needed where types are excepted.
    ///   - form: What words of the corpus are looked up as in the dictionaries.
    package init(
        dictionaries: [Dictionary], rates: [Double], seed: UInt64, except exceptions: Exceptions = Exceptions(),
        tags: TagSet = TagSet(types: []), form: LookupForm = LookupForm()
    ) throws {
        for rate in rates where !(rate > 0 && rate <= 1) {
            throw Failure.unusableSwitchRate(rate)
        }
        for (index, dictionary) in dictionaries.enumerated()
        where dictionaries[..<index].contains(where: { $0.language == dictionary.language }) {
            throw Failure.twoDictionaries(into: dictionary.language)
        }
        var kept: Set<UInt8> = []
        for type in exceptions.types {
            guard let begin = tags.number(of: "B-\(type)"), let inside = tags.number(of: "I-\(type)") else {
                throw Failure.noTypeToKeep(type, among: tags.types)
            }
            kept.formUnion([UInt8(begin), UInt8(inside)])
        }
        keptLabels = kept
        self.exceptions = exceptions
        self.form = form
        self.seed = seed
        var copies: [Copy] = []
        var names: [String] = []
        for dictionary in dictionaries {
            let translations = TranslationTable(dictionary, minimumProbability: Self.minimumProbability)
            for rate in rates {
                copies.append(Copy(language: dictionary.language, rate: rate, translations: translations))
                names.append("\(dictionary.language) \(rate) \(translations.digest)")
            }
        }
        self.copies = copies
        identity = names.joined(separator: ", ") + exceptions.identity
    }

    /// Numbers of the copies of the corpus, the original, 0, included unless it is left out.
    package var copyNumbers: Range<Int> { (exceptions.leavesOutOriginal ? 1 : 0)..<copies.count + 1 }

    /// The language of the replaced tokens of a copy; nil for the original.
    package func language(ofCopy copy: Int) -> String? { copy == 0 ? nil : copies[copy - 1].language }

    /// Replaces tokens of a batch.
    ///
    /// - Parameters:
    ///   - copy: Which copy; 0 changes nothing.
    ///   - firstSentence: Number of the batch's first sentence in the corpus.
    /// - Returns: The batch, its offsets still those of the original; and which tokens were replaced, `[N]`.
    package func switched(_ batch: SentenceBatch, copy: Int, firstSentence: Int) -> (
        sentences: SentenceBatch, isReplaced: [Bool]
    ) {
        var isReplaced = [Bool](repeating: false, count: batch.tokenCount)
        guard copy > 0 else { return (batch, isReplaced) }
        let source = copies[copy - 1]
        var result = batch
        result.text.removeAll(keepingCapacity: true)
        var word: [UInt8] = []
        batch.text.withUnsafeBufferPointer { text in
            for sentence in 0..<batch.sentenceCount {
                let tokens = batch.tokens(ofSentence: sentence)
                for token in tokens {
                    let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                    word.removeAll(keepingCapacity: true)
                    form.append(bytes, to: &word)
                    let isKept = batch.gold.map { keptLabels.contains($0[token]) } ?? false
                    if !isKept, let choices = source.translations.choices(for: word) {
                        var random = RandomSource(
                            seed: seed, stream: .codeSwitch, UInt64(copy), UInt64(firstSentence + sentence),
                            UInt64(token - tokens.lowerBound))
                        isReplaced[token] = random.nextUniform() < source.rate
                        if isReplaced[token] {
                            source.translations.appendChoice(
                                among: choices, at: random.nextUniform(), written: Capitalization(of: bytes),
                                isFree: token > tokens.lowerBound && batch.gold?[token] == 0, to: &result.text)
                        }
                    }
                    if !isReplaced[token] { result.text.append(contentsOf: bytes) }
                    result.textEnds[token] = UInt32(result.text.count)
                }
            }
        }
        return (result, isReplaced)
    }
}

/// The probable translations of words, in the spellings in which they may be needed.
private struct TranslationTable: Sendable {
    private struct Translation: Sendable {
        /// Sum of the probabilities of the source's translations up to this one; 1 at the last.
        var cumulativeProbability: Double
        /// Lower case, first letter a capital, all capitals.
        var spellings: [[UInt8]]
        var usual: Capitalization?
    }

    private var translations: [Translation] = []
    private var ranges: [[UInt8]: Range<Int>] = [:]
    /// Of the words and probabilities, in order.
    let digest: String

    init(_ source: CodeSwitcher.Dictionary, minimumProbability: Float) {
        let digest = RunningDigest()
        var start = 0
        let dictionary = source.entries
        let entries = dictionary.entries
        while start < entries.count {
            let group = dictionary.translations(of: entries[start].source)
            start += group.count
            let probable = group.filter { $0.targetGivenSource >= minimumProbability }
            guard let word = probable.first?.source else { continue }
            let total = probable.reduce(0) { $0 + Double($1.targetGivenSource) }
            let first = translations.count
            var sum = 0.0
            for entry in probable {
                let usual = source.usualSpelling(entry.target)
                sum += Double(entry.targetGivenSource)
                translations.append(
                    Translation(
                        cumulativeProbability: sum / total,
                        spellings: [.lower, .capitalized, .upper].map { (spelling: Capitalization) in
                            spelling.applied(to: entry.target)
                        }, usual: usual))
                for part in [entry.source, [0x09], entry.target, [0x09]] {
                    part.withUnsafeBytes { digest.update($0) }
                }
                digest.update(UInt64(entry.targetGivenSource.bitPattern))
                digest.update(UInt64(usual?.rawValue ?? .max))
            }
            ranges[word] = first..<translations.count
        }
        self.digest = digest.hex
    }

    /// The translations of a look-up form, when there are any.
    func choices(for form: [UInt8]) -> Range<Int>? { ranges[form] }

    /// - Parameters:
    ///   - draw: 0 ..< 1; decides which.
    ///   - capitalization: How the word that is replaced is written.
    ///   - isFree: Whether a capital could only come from the word itself: a common word inside of a sentence.
    func appendChoice(
        among choices: Range<Int>, at draw: Double, written capitalization: Capitalization, isFree: Bool,
        to text: inout [UInt8]
    ) {
        let index = choices.first { draw < translations[$0].cumulativeProbability } ?? choices.upperBound - 1
        let spelling =
            switch isFree && capitalization == .lower ? translations[index].usual ?? capitalization : capitalization {
            case .noLetter, .lower: 0
            case .capitalized: 1
            case .upper: 2
            }
        text.append(contentsOf: translations[index].spellings[spelling])
    }
}
