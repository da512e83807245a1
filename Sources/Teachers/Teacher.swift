package import Corpora
import Diagnostics
import Kernels
package import Shards
package import Taggers

/// Who scores: gives every token of a batch a distribution over the labels. A pure function of the batch, callable from
/// any task.
package protocol Teacher: Sendable {
    /// Tag names in the order of the probabilities.
    var labels: [String] { get }
    /// Identity of what decides the scores, one for each model that has a say.
    var digests: [String] { get }
    /// How much each of them has to say; sums to 1.
    var weights: [Double] { get }
    /// Refuses a stream it cannot read.
    func requireFit(_ header: StreamHeader, stream: String) throws
    func score(_ batch: SentenceBatch) -> ScoreColumns
}

/// A model directory as a teacher.
package final class TaggerTeacher: Teacher {
    package let labels: [String]
    package let digests: [String]
    package let weights = [1.0]
    package let path: String
    private let tagger: TaggerInference

    package init(
        model: Model, path: String, vectors: any FrozenVectors, precision: ArithmeticPrecision = .full
    ) throws {
        self.path = path
        labels = model.configuration.labels
        // The same weights give other scores in another precision.
        digests = [try model.digest() + (precision == .full ? "" : "-\(precision.rawValue)")]
        tagger = try TaggerInference(model, vectors: vectors, precision: precision)
    }

    /// Bytes that each thread which scores keeps for itself.
    package var bytesPerThread: Int { tagger.bytesPerThread }

    /// How much was computed, for measurements; to be asked while nothing runs.
    package var workDone: TaggerInference.Work { tagger.workDone }

    package func requireFit(_ header: StreamHeader, stream: String) throws {
        try tagger.configuration.requireFit(header, model: path, stream: stream)
    }

    /// Width of the states that it has of words.
    package var stateWidth: Int { tagger.configuration.hiddenWidth }

    /// Hands on what the network gives, before it is rounded to what a stream holds.
    package func forEachSentence(of batch: SentenceBatch, _ body: (TaggerInference.SentenceResult) -> Void) {
        tagger.forEachSentence(of: batch, body)
    }

    package func score(_ batch: SentenceBatch) -> ScoreColumns {
        let K = labels.count
        let probabilities = [UInt16](unsafeUninitializedCapacity: batch.tokenCount * K) { buffer, count in
            if let base = buffer.baseAddress {
                tagger.forEachSentence(of: batch) { sentence in
                    Kernel.floatToHalf(
                        count: sentence.tokens.count * K, x: sentence.probabilities,
                        y: base + sentence.tokens.lowerBound * K)
                }
            }
            count = batch.tokenCount * K
        }
        return ScoreColumns(labelCount: K, probabilities: probabilities)
    }
}
