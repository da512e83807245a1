import Kernels
import Randomness
import WordAlignment

/// What the examples of a line are drawn from.
struct ExampleDistribution: Sendable {
    let settings: SkipGramSettings
    let lexicon: Lexicon
    let wordLanguages: [UInt16]
    /// By word with a row: probability of being kept, scaled to 2^32.
    let keep: [UInt64]
    let negatives: NegativeSampler
    /// By language: those that share a dictionary with it.
    let partners: [[UInt16]]
    let rows: SkipGramRows

    init(
        _ settings: SkipGramSettings, vocabulary: Vocabulary, lexicon: Lexicon, rowCount: Int, rows: SkipGramRows
    ) {
        self.rows = rows
        (self.settings, self.lexicon, wordLanguages) = (settings, lexicon, vocabulary.wordLanguages)
        let counts = vocabulary.counts.map(\.occurrences)
        // Of all inputs: a language of which there is a dictionary and no text would be thinned out to nothing.
        var totals = [UInt64](repeating: 0, count: vocabulary.languages.count)
        for (count, language) in zip(counts, wordLanguages) { totals[Int(language)] += UInt64(count) }
        keep = zip(counts[..<rowCount], wordLanguages).map { count, language in
            let ratio = settings.subsampling * Double(totals[Int(language)]) / Double(max(1, count))
            return UInt64(min(1, ratio.squareRoot() + ratio) * 0x1p32)
        }
        negatives = NegativeSampler(
            counts: Array(counts[..<rowCount]), languages: wordLanguages, languageCount: vocabulary.languages.count)
        partners = lexicon.partners.map { $0.keys.sorted() }
    }

    var rowCount: Int { keep.count }
}

/// One side of a line: the words of which something is predicted.
struct KeptWords: ~Copyable {
    fileprivate(set) var words = GrowingBuffer<UInt32>()
    /// By word: the place of its partner on the other side, or -1.
    fileprivate(set) var partners = GrowingBuffer<Int32>()
    /// By token of the line: its place among the words, or -1.
    fileprivate var places = GrowingBuffer<Int32>()

    /// Keeps the words with rows that are not thinned out; they have no partners.
    fileprivate mutating func keep(
        _ tokens: ArraySlice<UInt32>, _ distribution: borrowing ExampleDistribution, _ random: inout RandomSource
    ) {
        words.removeAll()
        partners.removeAll()
        places.removeAll()
        words.reserve(tokens.count)
        partners.reserve(tokens.count)
        places.reserve(tokens.count)
        for word in tokens {
            guard Int(word) < distribution.rowCount, random.next() >> 32 < distribution.keep[Int(word)] else {
                places.append(-1)
                continue
            }
            places.append(Int32(words.count))
            words.append(word)
            partners.append(-1)
        }
    }
}

/// Draws what the words of a block predict.
struct ExampleSampler: ~Copyable {
    private let distribution: ExampleDistribution
    private let settings: SkipGramSettings
    private var windows: WindowSampler
    private var source = KeptWords(), target = KeptWords()
    private var swapped: [UInt32] = []

    init(_ distribution: ExampleDistribution) {
        (self.distribution, settings) = (distribution, distribution.settings)
        windows = WindowSampler(distribution)
    }

    /// Those that were drawn last.
    func withExamples<Result>(_ body: (borrowing SkipGramExamples) throws -> Result) rethrows -> Result {
        try body(windows.examples)
    }

    /// Draws the examples of the lines.
    mutating func draw(_ lines: EncodedLines, _ random: inout RandomSource) {
        windows.begin(tokenCount: lines.tokenCount)
        for line in 0..<lines.lineCount {
            let sources = lines.source[lines.sourceRange(line)], targets = lines.target[lines.targetRange(line)]
            source.keep(sources, distribution, &random)
            target.keep(targets, distribution, &random)
            link(lines, line)
            windows.predict(source, beside: target, &random)
            windows.predict(target, beside: source, &random)
            guard settings.swapProbability > 0, !lines.areEntries else { continue }
            for side in 0..<(lines.isText ? 1 : 2) {
                guard
                    swap(side == 0 ? sources : targets, lines.languages[side], lines.languages[1 - side], &random)
                else { continue }
                source.keep(swapped[...], distribution, &random)
                windows.predict(source, beside: target, &random)
            }
        }
        windows.end(&random)
    }

    private mutating func link(_ lines: EncodedLines, _ line: Int) {
        guard !lines.links.isEmpty else { return }
        for (token, linked) in lines.links[lines.targetRange(line)].enumerated() where linked != EncodedLines.noLink {
            let (a, b) = (source.places[Int(linked)], target.places[token])
            guard a >= 0 && b >= 0 else { continue }
            source.partners[Int(a)] = b
            target.partners[Int(b)] = a
        }
    }

    /// Fills ``swapped`` with the sentence in which words are replaced by translations; false when none was.
    ///
    /// - Parameter other: The language to swap with; the same as `language` for text, which is swapped with a language
    ///   drawn among those that share a dictionary with its own.
    private mutating func swap(
        _ words: ArraySlice<UInt32>, _ language: UInt16, _ other: UInt16, _ random: inout RandomSource
    ) -> Bool {
        var partner = other
        if other == language {
            let partners = distribution.partners[Int(language)]
            guard !partners.isEmpty else { return false }
            partner = partners[random.below(partners.count)]
        }
        swapped.removeAll(keepingCapacity: true)
        var isSwapped = false
        for word in words {
            var result = word
            if random.nextUniform() < settings.swapProbability {
                let list = distribution.lexicon[Int(word)]
                var total: Float = 0
                for translation in list where translation.language == partner { total += translation.probability }
                var drawn = Float(random.nextUniform()) * total
                for translation in list where translation.language == partner {
                    result = translation.word
                    drawn -= translation.probability
                    if drawn < 0 { break }
                }
                if result != word { isSwapped = true }
            }
            swapped.append(result)
        }
        return isSwapped
    }
}
