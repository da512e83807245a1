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

/// Draws what the words of a block predict.
struct ExampleSampler {
    private let distribution: ExampleDistribution
    private var settings: SkipGramSettings { distribution.settings }
    private var examples = SkipGramExamples(tokenCount: 0)
    private var hits: SkipGramExamples.Hits
    /// By side: kept words, place of each token among them or -1, and by kept word the kept partner or -1.
    private var words: [[UInt32]] = [[], []]
    private var places: [[Int32]] = [[], []]
    private var partners: [[Int32]] = [[], []]
    private var swapped: [UInt32] = []

    init(_ distribution: ExampleDistribution) {
        self.distribution = distribution
        hits = .init(
            inputCount: distribution.rowCount + distribution.settings.buckets, outputCount: distribution.rowCount)
    }

    mutating func examples(of lines: EncodedLines, random: inout RandomSource) -> SkipGramExamples {
        examples = SkipGramExamples(tokenCount: lines.tokenCount)
        for line in 0..<lines.lineCount {
            let source = lines.source[lines.sourceRange(line)], target = lines.target[lines.targetRange(line)]
            thin(source, side: 0, &random)
            thin(target, side: 1, &random)
            link(lines, line)
            for side in 0..<2 { predict(side, &random) }
            guard settings.swapProbability > 0, !lines.areEntries else { continue }
            for side in 0..<(lines.isText ? 1 : 2) {
                guard
                    swap(side == 0 ? source : target, lines.languages[side], lines.languages[1 - side], &random)
                else { continue }
                thin(swapped[...], side: 0, &random)
                partners[0] = Array(repeating: -1, count: words[0].count)
                predict(0, &random)
            }
        }
        examples.endRound(&hits)
        examples.key = random.next()
        defer { examples = SkipGramExamples(tokenCount: 0) }
        return examples
    }

    /// Keeps the words with rows that are not thinned out.
    private mutating func thin(_ tokens: ArraySlice<UInt32>, side: Int, _ random: inout RandomSource) {
        words[side].removeAll(keepingCapacity: true)
        places[side].removeAll(keepingCapacity: true)
        for word in tokens {
            guard Int(word) < distribution.rowCount, random.next() >> 32 < distribution.keep[Int(word)] else {
                places[side].append(-1)
                continue
            }
            places[side].append(Int32(words[side].count))
            words[side].append(word)
        }
    }

    private mutating func link(_ lines: EncodedLines, _ line: Int) {
        for side in 0..<2 {
            partners[side].removeAll(keepingCapacity: true)
            partners[side].append(contentsOf: repeatElement(-1, count: words[side].count))
        }
        guard !lines.links.isEmpty else { return }
        for (token, source) in lines.links[lines.targetRange(line)].enumerated() where source != EncodedLines.noLink {
            let (a, b) = (places[0][Int(source)], places[1][token])
            guard a >= 0 && b >= 0 else { continue }
            partners[0][Int(a)] = b
            partners[1][Int(b)] = a
        }
    }

    /// Every kept word of a side predicts its window, and its partner with the partner's window.
    private mutating func predict(_ side: Int, _ random: inout RandomSource) {
        let own = words[side], other = words[1 - side], partners = partners[side]
        for center in own.indices {
            predict(own, around: center, isCenterOut: true, &random)
            if partners[center] >= 0 {
                predict(other, around: Int(partners[center]), isCenterOut: false, &random)
            }
            examples.endCenter(own[center], rows: distribution.rows.rows(of: own[center]), &hits)
        }
    }

    /// Appends a window and its negatives, which are of the same language.
    ///
    /// The positives of a window share their negatives (Ji et al. 2016, "Parallelizing word2vec in shared and distributed memory"), each of
    /// which stands for several: the work per prediction is a third of that with negatives of its own, and the
    /// expected gradient is the same.
    private mutating func predict(
        _ words: [UInt32], around center: Int, isCenterOut: Bool, _ random: inout RandomSource
    ) {
        let first = examples.outputs.count
        let reach = 1 + below(settings.window, &random)
        for place in max(0, center - reach)...min(words.count - 1, center + reach)
        where place != center || !isCenterOut {
            examples.append(output: words[place], rate: 1)
        }
        let positives = examples.outputs.count - first
        guard positives > 0 else { return }
        let language = distribution.wordLanguages[Int(examples.outputs[first])]
        let share = -Float(positives * settings.negativesPerPrediction) / Float(settings.negatives)
        for _ in 0..<settings.negatives {
            examples.append(output: distribution.negatives.draw(language, &random), rate: share)
        }
    }

    private func below(_ count: Int, _ random: inout RandomSource) -> Int {
        Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
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
            partner = partners[below(partners.count, &random)]
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
