import Diagnostics
import Kernels
import Randomness
import Vectors
import WordAlignment

/// How the joint space is trained.
package struct SkipGramSettings: Codable, Sendable, Equatable {
    package var dimension = 200
    package var epochs = 4
    package var window = 5
    /// Negative samples for a window, which stand for ``negativesPerPrediction`` of each prediction.
    package var negatives = 8
    package var negativesPerPrediction = 5
    package var learningRate = 0.05
    /// Frequency from which words are thinned out (Mikolov et al. 2013, section 2.3), within their language.
    package var subsampling = 1e-4
    /// Characters of the shortest and longest n-gram, and rows of their hashed table.
    package var minimumCharacters = 3
    package var maximumCharacters = 5
    package var buckets = 300_000
    /// Share of the words with a translation that are replaced in the swapped copy of each sentence; 0 makes no copy.
    package var swapProbability = 0.5
    package var seed: UInt64 = 1

    package init() {}

    var subwords: SubwordDescription {
        SubwordDescription(minimum: minimumCharacters, maximum: maximumCharacters, buckets: buckets)
    }
}

/// Joint skip-gram with sub-words over several languages.
///
/// A word predicts its window (Mikolov et al. 2013) and, when it is linked to a word of the other side of its sentence pair, that word and its window
/// (Luong, Pham and Manning 2015, "Bilingual word representations with monolingual quality in mind"); besides, each
/// sentence is read once more with words swapped for their translations (Gouws and Søgaard 2015, "Simple task-specific bilingual word
/// embeddings"). A word's vector is the mean of its row and those of its character n-grams (Bojanowski et al. 2017),
/// which all languages share. Negatives are drawn from the language of the word they stand against, by the square root
/// of their frequency, so that telling languages apart earns nothing.
///
/// Words are trained one after the other on one core: that is what makes the result the same in every run.
/// Memory: `(2 * rows + buckets) * dimension` floats.
final class SkipGram {
    private let settings: SkipGramSettings
    private let vocabulary: Vocabulary
    private let lexicon: Lexicon
    /// Words below this number have rows.
    let rowCount: Int
    /// Floats of a row: the dimension rounded up to 16, the rest zero.
    let stride: Int
    /// Rows of words, then rows of n-grams; and rows of contexts.
    let inputs: FloatBuffer
    let outputs: FloatBuffer
    /// Rows of each word's vector, its own first.
    private var inputRows: [UInt32] = []
    private var inputEnds: [Int] = []
    /// By word: probability of being kept, scaled to 2^32.
    private var keep: [UInt64] = []
    /// By language: word numbers, each as often as the square root of its frequency asks.
    private var negatives: [[UInt32]] = []
    private let scratch: FloatBuffer
    private var lists = Lists()

    private struct Lists {
        var words: [[UInt32]] = [[], []]
        /// By side: place of each token among the kept ones, or -1; and by kept token the kept partner, or -1.
        var places: [[Int32]] = [[], []]
        var partners: [[Int32]] = [[], []]
        var swapped: [UInt32] = []
        var contexts: [UInt32] = []
        var rates: [Float] = []
    }

    private static let negativeTableSize = 1 << 20

    init(_ settings: SkipGramSettings, vocabulary: Vocabulary, lexicon: Lexicon, rowCount: Int) {
        self.settings = settings
        self.vocabulary = vocabulary
        self.lexicon = lexicon
        self.rowCount = rowCount
        stride = (settings.dimension + 15) / 16 * 16
        inputs = FloatBuffer(count: (rowCount + settings.buckets) * stride)
        outputs = FloatBuffer(count: rowCount * stride)
        scratch = FloatBuffer(count: 2 * stride)
        // Of all inputs: a language of which there is a dictionary and no text would be thinned out to nothing.
        var totals = [UInt64](repeating: 0, count: vocabulary.languages.count)
        for word in 0..<vocabulary.wordCount {
            totals[Int(vocabulary.wordLanguages[word])] += UInt64(vocabulary.counts[word].occurrences)
        }
        for word in 0..<rowCount {
            inputRows.append(UInt32(word))
            let start = inputRows.count
            vocabulary.withBytes(word) { SubwordHash.append(bucketsOf: $0, settings.subwords, to: &inputRows) }
            for index in start..<inputRows.count { inputRows[index] += UInt32(rowCount) }
            inputEnds.append(inputRows.count)
            let total = Double(totals[Int(vocabulary.wordLanguages[word])])
            let ratio = settings.subsampling * total / Double(max(1, vocabulary.counts[word].occurrences))
            keep.append(UInt64(min(1, ratio.squareRoot() + ratio) * 0x1p32))
        }
        makeNegatives()
    }

    func initialize() {
        var random = RandomSource(seed: settings.seed, stream: .initialization)
        let bound = 1 / Float(settings.dimension)
        for row in 0..<rowCount + settings.buckets {
            let vector = inputs.pointer + row * stride
            for column in 0..<settings.dimension { vector[column] = bound * (2 * Float(random.nextUniform()) - 1) }
        }
        outputs.zero()
    }

    private func makeNegatives() {
        let languageCount = vocabulary.languages.count
        var sums = [Double](repeating: 0, count: languageCount)
        func weight(_ word: Int) -> Double { Double(vocabulary.counts[word].occurrences).squareRoot() }
        for word in 0..<rowCount { sums[Int(vocabulary.wordLanguages[word])] += weight(word) }
        negatives = Array(repeating: [], count: languageCount)
        for word in 0..<rowCount {
            let language = Int(vocabulary.wordLanguages[word])
            let places = max(1, (weight(word) / sums[language] * Double(Self.negativeTableSize)).rounded())
            negatives[language].append(contentsOf: repeatElement(UInt32(word), count: Int(places)))
        }
    }

    /// Trains on all lines of a block.
    ///
    /// - Parameter rate: Learning rate.
    /// - Returns: Sum of the losses and number of predictions.
    func train(_ lines: EncodedLines, random: inout RandomSource, rate: Float) -> (loss: Double, count: Int) {
        var sum = (loss: 0.0, count: 0)
        for line in 0..<lines.lineCount {
            let source = lines.source[lines.sourceRange(line)], target = lines.target[lines.targetRange(line)]
            thin(source, side: 0, &random)
            thin(target, side: 1, &random)
            link(lines, line)
            for side in 0..<2 { predict(side, rate, &random, &sum) }
            guard settings.swapProbability > 0, !lines.areEntries else { continue }
            for side in 0..<(lines.isText ? 1 : 2) {
                guard
                    swap(side == 0 ? source : target, lines.languages[side], lines.languages[1 - side], &random)
                else { continue }
                thin(lists.swapped[...], side: 0, &random)
                lists.partners[0] = Array(repeating: -1, count: lists.words[0].count)
                predict(0, rate, &random, &sum)
            }
        }
        return sum
    }

    /// Keeps the words with rows that are not thinned out.
    private func thin(_ words: ArraySlice<UInt32>, side: Int, _ random: inout RandomSource) {
        lists.words[side].removeAll(keepingCapacity: true)
        lists.places[side].removeAll(keepingCapacity: true)
        for word in words {
            guard Int(word) < rowCount, random.next() >> 32 < keep[Int(word)] else {
                lists.places[side].append(-1)
                continue
            }
            lists.places[side].append(Int32(lists.words[side].count))
            lists.words[side].append(word)
        }
    }

    private func link(_ lines: EncodedLines, _ line: Int) {
        for side in 0..<2 {
            lists.partners[side].removeAll(keepingCapacity: true)
            lists.partners[side].append(contentsOf: repeatElement(-1, count: lists.words[side].count))
        }
        guard !lines.links.isEmpty else { return }
        for (token, source) in lines.links[lines.targetRange(line)].enumerated() where source != EncodedLines.noLink {
            let (a, b) = (lists.places[0][Int(source)], lists.places[1][token])
            guard a >= 0 && b >= 0 else { continue }
            lists.partners[0][Int(a)] = b
            lists.partners[1][Int(b)] = a
        }
    }

    /// Every kept word of a side predicts its window, and its partner with the partner's window.
    private func predict(
        _ side: Int, _ rate: Float, _ random: inout RandomSource, _ sum: inout (loss: Double, count: Int)
    ) {
        let own = lists.words[side], other = lists.words[1 - side], partners = lists.partners[side]
        for center in own.indices {
            lists.contexts.removeAll(keepingCapacity: true)
            lists.rates.removeAll(keepingCapacity: true)
            let reach = 1 + below(settings.window, &random)
            for place in max(0, center - reach)...min(own.count - 1, center + reach) where place != center {
                lists.contexts.append(own[place])
            }
            appendNegatives(after: 0, rate, &random)
            if partners[center] >= 0 {
                let partner = Int(partners[center]), first = lists.contexts.count
                let reach = 1 + below(settings.window, &random)
                for place in max(0, partner - reach)...min(other.count - 1, partner + reach) {
                    lists.contexts.append(other[place])
                }
                appendNegatives(after: first, rate, &random)
            }
            guard !lists.contexts.isEmpty else { continue }
            let word = Int(own[center])
            let start = word == 0 ? 0 : inputEnds[word - 1]
            let loss = inputRows.withUnsafeBufferPointer { rows in
                lists.contexts.withUnsafeBufferPointer { contexts in
                    lists.rates.withUnsafeBufferPointer { rates in
                        Kernel.trainSkipGram(
                            dimension: stride, inputTable: inputs.pointer,
                            inputs: .init(rebasing: rows[start..<inputEnds[word]]), outputTable: outputs.pointer,
                            outputs: contexts, rates: rates, scratch: scratch.pointer)
                    }
                }
            }
            sum.loss += Double(loss)
            sum.count += lists.contexts.count
        }
    }

    /// Draws the negatives for the positive contexts from `first` on, all of one language, and sets the rates of both.
    ///
    /// The positives of a window share their negatives (Ji et al. 2016, "Parallelizing word2vec in shared and distributed memory"), each of
    /// which stands for several: the work per prediction is a third of that with negatives of its own, and the
    /// expected gradient is the same.
    private func appendNegatives(after first: Int, _ rate: Float, _ random: inout RandomSource) {
        let positives = lists.contexts.count - first
        guard positives > 0 else { return }
        let language = Int(vocabulary.wordLanguages[Int(lists.contexts[first])])
        let count = settings.negatives
        negatives[language].withUnsafeBufferPointer { table in
            for _ in 0..<count { lists.contexts.append(table[below(table.count, &random)]) }
        }
        let weight = Float(positives * settings.negativesPerPrediction) / Float(count)
        lists.rates.append(contentsOf: repeatElement(rate, count: positives))
        lists.rates.append(contentsOf: repeatElement(-rate * weight, count: count))
    }

    private func below(_ count: Int, _ random: inout RandomSource) -> Int {
        Int(random.next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Fills ``Lists/swapped`` with the sentence in which words are replaced by translations; false when none was.
    ///
    /// - Parameter other: The language to swap with; the same as `language` for text, which is swapped with a language
    ///   drawn among those that share a dictionary with its own.
    private func swap(
        _ words: ArraySlice<UInt32>, _ language: UInt16, _ other: UInt16, _ random: inout RandomSource
    ) -> Bool {
        var partner = other
        if other == language {
            let partners = lexicon.partners[Int(language)].keys.sorted()
            guard !partners.isEmpty else { return false }
            partner = partners[below(partners.count, &random)]
        }
        lists.swapped.removeAll(keepingCapacity: true)
        var isSwapped = false
        for word in words {
            var result = word
            if random.nextUniform() < settings.swapProbability {
                let list = lexicon[Int(word)]
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
            lists.swapped.append(result)
        }
        return isSwapped
    }

    /// Writes the vector of a word: the mean of its row and of those of its n-grams.
    func copyVector(_ word: Int, into out: UnsafeMutablePointer<Float>) {
        let start = word == 0 ? 0 : inputEnds[word - 1]
        let rows = inputRows[start..<inputEnds[word]]
        out.update(repeating: 0, count: settings.dimension)
        for row in rows { Kernel.add(count: settings.dimension, x: inputs.pointer + Int(row) * stride, y: out) }
        Kernel.scale(count: settings.dimension, a: 1 / Float(rows.count), y: out)
    }

    func subword(_ bucket: Int) -> UnsafePointer<Float> { UnsafePointer(inputs.pointer + (rowCount + bucket) * stride) }
}
