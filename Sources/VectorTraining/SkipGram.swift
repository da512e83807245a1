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
/// same for any number of threads. Memory: `(2 * rows + buckets) * dimension` 16-bit floats, some kilobytes for each word of a round, and
/// of each thread ``ExamplesAhead/byteCount(_:rowCount:_:)`` and the examples of a block.
///
/// `@unchecked Sendable`: what threads write in a round are places of their own.
final class SkipGram: @unchecked Sendable {
    /// Of the arithmetic: what another version began is not continued.
    static let arithmetic = "4"

    let settings: SkipGramSettings
    /// Words below this number have rows.
    let rowCount: Int
    /// Rows of words, then rows of n-grams; and rows of contexts.
    let inputs: HalfRows
    let outputs: HalfRows
    let rows: SkipGramRows
    /// By bucket of n-grams: its row of inputs.
    let rowsOfBuckets: [UInt32]

    private let centers: FloatBuffer
    private let gradients: FloatBuffer
    private let losses = FloatBuffer(count: SkipGramExamples.largestRound)
    private var steps = FloatBuffer(count: 1 << 14)

    init(_ settings: SkipGramSettings, vocabulary: Vocabulary, rowCount: Int) {
        self.settings = settings
        self.rowCount = rowCount
        inputs = HalfRows(count: rowCount + settings.buckets, dimension: settings.dimension)
        outputs = HalfRows(count: rowCount, dimension: settings.dimension)
        let own = InputRows(settings.subwords, vocabulary, rowCount: rowCount)
        rowsOfBuckets = own.ofBuckets
        rows = SkipGramRows(
            dimension: inputs.stride, inputs: inputs.buffer, outputs: outputs.buffer, wordRows: NumberBuffer(own.rows),
            wordStarts: NumberBuffer(own.starts))
        centers = FloatBuffer(count: SkipGramExamples.largestRound * inputs.stride)
        gradients = FloatBuffer(count: SkipGramExamples.largestRound * inputs.stride)
    }

    /// Bytes of the rows.
    static func byteCount(_ settings: SkipGramSettings, rowCount: Int) -> Int {
        (2 * rowCount + settings.buckets) * HalfRows.stride(settings.dimension) * MemoryLayout<UInt16>.stride
    }

    /// Draws the rows of inputs, uniformly between -1 and 1 over their dimension.
    func initialize(_ threads: ComputeThreads) {
        var random = RandomSource(seed: settings.seed, stream: .initialization)
        let key = random.next(), parts = threads.ranges(of: inputs.count)
        threads.run(parts.count) { [inputs, dimension = settings.dimension] part, _ in
            let bits = NumberBuffer(count: dimension), vector = FloatBuffer(count: dimension)
            let scale = 0x1p-23 / Float(dimension), bound = 1 / Float(dimension)
            for row in parts[part] {
                Kernel.randomBits(
                    count: dimension, key: key, firstIndex: UInt64(row * dimension), into: bits.pointer)
                for column in 0..<dimension {
                    vector.pointer[column] = Float(Int32(bits.pointer[column] >> 8)) * scale - bound
                }
                inputs.set(row, to: vector.pointer)
            }
        }
        outputs.buffer.zero()
    }

    /// Trains on the examples of a block.
    ///
    /// - Parameter rate: Learning rate.
    /// - Returns: Sum of the losses and number of predictions.
    func train(
        _ examples: borrowing SkipGramExamples, rate: Float, _ threads: ComputeThreads
    ) -> (loss: Double, count: Int) {
        let cuts = threads.cuts
        var loss = 0.0, start = SkipGramExamples.Round()
        for (number, end) in examples.rounds.enumerated() {
            let centerCount = end.centerEnd - start.centerEnd, outputCount = end.outputEnd - start.outputEnd
            if steps.count < outputCount { steps = FloatBuffer(count: 2 * outputCount) }
            let round = SkipGramRound(
                words: examples.words.pointer + start.centerEnd,
                outputEnds: examples.outputEnds.pointer + start.centerEnd,
                outputs: examples.outputs.pointer + start.outputEnd, rates: examples.rates.pointer + start.outputEnd,
                rate: rate, steps: steps.pointer, centers: centers.pointer, gradients: gradients.pointer,
                losses: losses.pointer)
            predict(round, centerCount: centerCount, threads, cuts)
            move(
                examples.inputUses.moves(ofRound: number), examples.outputUses.moves(ofRound: number),
                key: examples.key &+ 2 &* UInt64(number), threads, cuts)
            for center in 0..<centerCount { loss += Double(losses.pointer[center]) }
            start = end
        }
        return (loss, examples.outputs.count)
    }

    private func predict(_ round: SkipGramRound, centerCount: Int, _ threads: ComputeThreads, _ cuts: [Double]) {
        threads.run(cuts.count - 1) { [rows] part, _ in
            Kernel.predictSkipGram(rows, round, centers: Self.range(part, of: centerCount, cuts))
        }
    }

    private func move(
        _ inputMoves: SkipGramMoves, _ outputMoves: SkipGramMoves, key: UInt64, _ threads: ComputeThreads,
        _ cuts: [Double]
    ) {
        let outputWork = outputMoves.work, work = outputWork + inputMoves.work
        threads.run(cuts.count - 1) { [self] part, _ in
            let part = Self.range(part, of: work, cuts)
            Kernel.moveRows(
                dimension: outputs.stride, table: outputs.buffer.pointer, outputMoves, steps: steps.pointer,
                vectors: centers.pointer, key: key, rows: outputMoves.rows(part))
            Kernel.moveRows(
                dimension: inputs.stride, table: inputs.buffer.pointer, inputMoves, steps: nil,
                vectors: gradients.pointer, key: key &+ 1,
                rows: inputMoves.rows(part.lowerBound - outputWork..<part.upperBound - outputWork))
        }
    }

    private static func range(_ part: Int, of count: Int, _ cuts: [Double]) -> Range<Int> {
        Int(cuts[part] * Double(count))..<Int(cuts[part + 1] * Double(count))
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
