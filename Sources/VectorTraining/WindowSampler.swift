import Kernels
import Randomness

/// Draws what the kept words of a line predict.
struct WindowSampler: ~Copyable {
    private let distribution: ExampleDistribution
    private let settings: SkipGramSettings
    private(set) var examples: SkipGramExamples

    init(_ distribution: ExampleDistribution) {
        (self.distribution, settings) = (distribution, distribution.settings)
        examples = SkipGramExamples(
            inputCount: distribution.rowCount + settings.buckets, outputCount: distribution.rowCount)
    }

    /// Begins with the examples of other lines.
    mutating func begin(tokenCount: Int) { examples.removeAll(tokenCount: tokenCount) }

    mutating func end(_ random: inout RandomSource) {
        examples.endRound()
        examples.key = random.next()
    }

    /// Every word of a side predicts its window, and its partner with the partner's window.
    mutating func predict(
        _ own: borrowing KeptWords, beside other: borrowing KeptWords, _ random: inout RandomSource
    ) {
        for center in own.words.indices {
            predict(own.words, around: center, isCenterOut: true, &random)
            if own.partners[center] >= 0 {
                predict(other.words, around: Int(own.partners[center]), isCenterOut: false, &random)
            }
            let word = own.words[center]
            examples.endCenter(word, rows: distribution.rows.rows(of: word))
        }
    }

    /// Appends a window and its negatives, which are of the language of its first word.
    ///
    /// The positives of a window share their negatives (Ji et al. 2016, "Parallelizing word2vec in shared and distributed memory"), each of
    /// which stands for several: the work per prediction is a third of that with negatives of its own, and the
    /// expected gradient is the same.
    private mutating func predict(
        _ words: borrowing GrowingBuffer<UInt32>, around center: Int, isCenterOut: Bool, _ random: inout RandomSource
    ) {
        let reach = 1 + random.below(settings.window)
        let places = max(0, center - reach)...min(words.count - 1, center + reach)
        let positives = places.count - (isCenterOut ? 1 : 0)
        guard positives > 0 else { return }
        examples.reserve(positives + settings.negatives)
        let first = examples.outputs.count
        for place in places where place != center || !isCenterOut { examples.append(output: words[place], rate: 1) }
        let language = distribution.wordLanguages[Int(examples.outputs[first])]
        let share = -Float(positives * settings.negativesPerPrediction) / Float(settings.negatives)
        for _ in 0..<settings.negatives {
            examples.append(output: distribution.negatives.draw(language, &random), rate: share)
        }
    }
}
