package import Corpora
import Kernels
package import Shards
package import Taggers

/// A model directory as a teacher, and as an encoder: the states are what enters its output layer.
package final class TaggerTeacher: Teacher, WordEncoder {
    package let name: String
    package let labels: [String]
    package let digest: String
    private let tagger: TaggerInference

    package init(
        model: Model, path: String, vectors: any FrozenVectors, precision: ArithmeticPrecision = .full
    ) throws {
        name = path
        labels = model.configuration.labels
        // The same weights give other scores in another precision.
        digest = try model.digest() + (precision.nameOfScores.map { "-\($0)" } ?? "")
        tagger = try TaggerInference(model, vectors: vectors, precision: precision)
    }

    package var digests: [String] { [digest] }
    package var stateWidth: Int { tagger.configuration.hiddenWidth }
    package var bytesPerThread: Int { tagger.bytesPerThread }

    /// How much was computed, for measurements; to be asked while nothing runs.
    package var workDone: TaggerInference.Work { tagger.workDone }

    package func requireFit(_ header: StreamHeader, stream: String) throws {
        try tagger.configuration.requireFit(header, model: name, stream: stream)
    }

    package func score(_ batch: SentenceBatch) -> TeacherScores {
        let K = labels.count, probabilities = FloatBuffer(count: batch.tokenCount * K)
        tagger.forEachSentence(of: batch) { sentence in
            (probabilities.pointer + sentence.tokens.lowerBound * K)
                .update(from: sentence.probabilities, count: sentence.tokens.count * K)
        }
        return TeacherScores(labelCount: K, probabilities: probabilities)
    }

    package func forEachSentence(of batch: SentenceBatch, _ body: (EncodedSentence) -> Void) {
        tagger.forEachSentence(of: batch) {
            body(EncodedSentence(number: $0.number, tokens: $0.tokens, states: $0.states))
        }
    }
}
