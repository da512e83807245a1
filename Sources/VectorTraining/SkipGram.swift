import Kernels
import Randomness
import Streams
import Vectors

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
/// Words are trained in rounds of some hundred (``SkipGramExamples``): all of them are looked at with the rows as they were before the round, in
/// parallel, and then every row that was met moves once, by all that was asked of it in the order of the words. So the result is the
/// same for any number of threads. Memory: `(2 * rows + buckets) * dimension` 16-bit floats, and some kilobytes for each word of a round.
///
/// `@unchecked Sendable`: what threads write in a round are places of their own.
final class SkipGram: @unchecked Sendable {
    /// Of the arithmetic: what another version began is not continued.
    static let arithmetic = "3"

    let settings: SkipGramSettings
    /// Words below this number have rows.
    let rowCount: Int
    /// Rows of words, then rows of n-grams; and rows of contexts.
    let inputs: HalfRows
    let outputs: HalfRows
    let rows: SkipGramRows

    private let centers: FloatBuffer
    private let gradients: FloatBuffer
    private let losses = FloatBuffer(count: SkipGramExamples.largestRound)
    private var steps = FloatBuffer(count: 1 << 14)
    private let inputUses = RowUses()
    private let outputUses = RowUses()

    init(_ settings: SkipGramSettings, vocabulary: Vocabulary, rowCount: Int) {
        self.settings = settings
        self.rowCount = rowCount
        inputs = HalfRows(count: rowCount + settings.buckets, dimension: settings.dimension)
        outputs = HalfRows(count: rowCount, dimension: settings.dimension)
        var wordRows: [UInt32] = [], wordStarts: [UInt32] = [0]
        for word in 0..<rowCount {
            wordRows.append(UInt32(word))
            let start = wordRows.count
            vocabulary.withBytes(word) { SubwordHash.append(bucketsOf: $0, settings.subwords, to: &wordRows) }
            for index in start..<wordRows.count { wordRows[index] += UInt32(rowCount) }
            wordStarts.append(UInt32(wordRows.count))
        }
        rows = SkipGramRows(
            dimension: inputs.stride, inputs: inputs.buffer, outputs: outputs.buffer, wordRows: NumberBuffer(wordRows),
            wordStarts: NumberBuffer(wordStarts))
        centers = FloatBuffer(count: SkipGramExamples.largestRound * inputs.stride)
        gradients = FloatBuffer(count: SkipGramExamples.largestRound * inputs.stride)
    }

    /// Bytes of the rows.
    static func byteCount(_ settings: SkipGramSettings, rowCount: Int) -> Int {
        (2 * rowCount + settings.buckets) * HalfRows.stride(settings.dimension) * MemoryLayout<UInt16>.stride
    }

    func initialize() {
        var random = RandomSource(seed: settings.seed, stream: .initialization)
        let bound = 1 / Float(settings.dimension)
        var vector = [Float](repeating: 0, count: settings.dimension)
        for row in 0..<inputs.count {
            for column in vector.indices { vector[column] = bound * (2 * Float(random.nextUniform()) - 1) }
            inputs.set(row, to: vector)
        }
        outputs.buffer.zero()
    }

    /// Trains on the examples of a block.
    ///
    /// - Parameter rate: Learning rate.
    /// - Returns: Sum of the losses and number of predictions.
    func train(_ examples: SkipGramExamples, rate: Float, _ threads: ComputeThreads) -> (loss: Double, count: Int) {
        var loss = 0.0, start = SkipGramExamples.Round(centerEnd: 0, outputEnd: 0)
        for (number, end) in examples.rounds.enumerated() {
            let key = examples.key &+ 2 &* UInt64(number)
            loss += train(examples, start, end, rate: rate, key: key, threads)
            start = end
        }
        return (loss, examples.outputs.count)
    }

    private func train(
        _ examples: SkipGramExamples, _ start: SkipGramExamples.Round, _ end: SkipGramExamples.Round, rate: Float,
        key: UInt64, _ threads: ComputeThreads
    ) -> Double {
        let centerCount = end.centerEnd - start.centerEnd, outputCount = end.outputEnd - start.outputEnd
        if steps.count < outputCount { steps = FloatBuffer(count: 2 * outputCount) }
        // Who groups the uses works beside those who predict.
        let parts = threads.ranges(of: centerCount)
        threads.run(parts.count + 2) { [self] item, _ in
            switch item {
            case 0: groupOutputs(examples, start, end)
            case parts.count + 1: groupInputs(examples, start, end)
            default: predict(examples, start, rate, parts[item - 1])
            }
        }
        let outputRows = threads.ranges(of: outputUses.rowCount), inputRows = threads.ranges(of: inputUses.rowCount)
        threads.run(outputRows.count + inputRows.count) { [self] item, _ in
            if item < outputRows.count {
                moveOutputs(outputRows[item], key: key)
            } else {
                moveInputs(inputRows[item - outputRows.count], key: key &+ 1)
            }
        }
        return (0..<centerCount).reduce(0) { $0 + Double(losses[$1]) }
    }

    private func predict(
        _ examples: SkipGramExamples, _ start: SkipGramExamples.Round, _ rate: Float, _ range: Range<Int>
    ) {
        examples.withPointers(from: start) { words, ends, outputs, rates in
            let round = SkipGramRound(
                words: words, outputEnds: ends, outputs: outputs, rates: rates, rate: rate, steps: steps.pointer,
                centers: centers.pointer, gradients: gradients.pointer, losses: losses.pointer)
            Kernel.predictSkipGram(rows, round, centers: range)
        }
    }

    private func groupOutputs(
        _ examples: SkipGramExamples, _ start: SkipGramExamples.Round, _ end: SkipGramExamples.Round
    ) {
        let (first, count) = (start.centerEnd, end.outputEnd - start.outputEnd)
        outputUses.fill(count: count, limit: outputs.count) { append in
            var output = 0
            for center in first..<end.centerEnd {
                while output < Int(examples.outputEnds[center]) {
                    append(examples.outputs[start.outputEnd + output], center - first)
                    output += 1
                }
            }
        }
    }

    private func groupInputs(
        _ examples: SkipGramExamples, _ start: SkipGramExamples.Round, _ end: SkipGramExamples.Round
    ) {
        let words = examples.words[start.centerEnd..<end.centerEnd]
        let count = words.reduce(0) { $0 + rows.rows(of: $1).count }
        inputUses.fill(count: count, limit: inputs.count) { append in
            for (center, word) in words.enumerated() {
                for row in rows.rows(of: word) { append(row, center) }
            }
        }
    }

    private func moveOutputs(_ range: Range<Int>, key: UInt64) {
        outputUses.withMoves {
            Kernel.moveRows(
                dimension: outputs.stride, table: outputs.buffer.pointer, $0, steps: steps.pointer,
                vectors: centers.pointer, key: key, rows: range)
        }
    }

    private func moveInputs(_ range: Range<Int>, key: UInt64) {
        inputUses.withMoves {
            Kernel.moveRows(
                dimension: inputs.stride, table: inputs.buffer.pointer, $0, steps: nil, vectors: gradients.pointer,
                key: key, rows: range)
        }
    }

    /// Puts the vector of each word into its row, the mean of the row and of those of its n-grams.
    func compose(_ threads: ComputeThreads) {
        let parts = threads.ranges(of: rowCount), dimension = settings.dimension
        threads.run(parts.count) { [self] part, _ in
            let vector = FloatBuffer(count: dimension), row = FloatBuffer(count: dimension)
            for word in parts[part] {
                let own = rows.rows(of: UInt32(word))
                vector.zero()
                for number in own {
                    inputs.copy(Int(number), into: row.pointer)
                    Kernel.add(count: dimension, x: row.pointer, y: vector.pointer)
                }
                Kernel.scale(count: dimension, a: 1 / Float(own.count), y: vector.pointer)
                inputs.set(word, to: vector.pointer)
            }
        }
    }
}
