package import Corpora
import Diagnostics
import Kernels
import Locks
package import Shards
package import Teachers

/// What a word is judged by.
package enum WordPooling: String, CaseIterable, Codable, Sendable {
    /// The first of its pieces, as most fine-tuned models are trained.
    case first
    /// The mean of its pieces' logits.
    case mean
}

/// A transformer as a teacher.
///
/// Words get the distribution of their first piece, or of the mean over their pieces. What does not fit is treated by rule, counted
/// and told (``counts``):
/// - a sentence longer than the positions goes in overlapping windows, see ``SentenceWindows``;
/// - a word of more pieces than a window keeps the first ones that fit;
/// - a word without pieces is shown as the unknown piece, so that it gets a distribution from its context.
package final class TransformerTeacher: Teacher {
    package let name: String
    package let labels: [String]
    package let digests: [String]
    private let encoder: TransformerEncoder
    private let pieces: any WordPieces
    private let pooling: WordPooling
    /// The column of each label.
    private let columns: [Int]
    private let workspaces = Pool<EncoderWorkspace>()
    private let total = Locked(Counts())

    /// What was treated by rule so far.
    package struct Counts: Equatable, Sendable {
        package var sentences = 0
        package var pieces = 0
        /// Sentences that were longer than the positions, and the windows they made.
        package var longSentences = 0
        package var windows = 0
        package var cutWords = 0
        package var wordsWithoutPieces = 0

        fileprivate mutating func add(_ other: Counts) {
            sentences += other.sentences
            pieces += other.pieces
            longSentences += other.longSentences
            windows += other.windows
            cutWords += other.cutWords
            wordsWithoutPieces += other.wordsWithoutPieces
        }

        /// How often each rule was used, for the notes of a stage.
        package var notes: [String: Int] {
            [
                "sentences longer than the transformer's positions, scored in overlapping windows": longSentences,
                "words of more pieces than a window, of which only the first were read": cutWords,
                "words without pieces, shown to the transformer as unknown": wordsWithoutPieces,
            ]
        }
    }

    /// Rows of one forward pass, about: enough to read the weights once for many, few enough for 200 MB beside the weights.
    private static let passRowCount = 1024

    /// - Parameter path: The folder, for messages.
    package init(
        _ encoder: TransformerEncoder, path: String, pieces: any WordPieces, pooling: WordPooling = .first
    ) throws {
        let configuration = encoder.configuration
        let (tags, columns) = try configuration.tags(place: path)
        (name, labels, self.columns) = (path, tags.names, columns)
        (self.encoder, self.pieces, self.pooling) = (encoder, pieces, pooling)
        try pieces.requireFit(configuration, path: path)
        digests = [Self.digest([encoder.digest, pieces.digest, pooling.rawValue] + labels)]
    }

    private static func digest(_ parts: [String]) -> String { Digest.hex(Array(parts.joined(separator: "\n").utf8)) }

    package var counts: Counts { total.withLock { $0 } }

    package var isCostly: Bool { true }

    /// About, from the rows of a pass: states, projections, context, sums, the inner layer, logits.
    package var bytesPerThread: Int {
        let configuration = encoder.configuration
        let width = 6 * configuration.hiddenWidth + configuration.innerWidth + configuration.labels.count
        return (Self.passRowCount + configuration.maximumLength) * width * MemoryLayout<Float>.stride
    }

    package func requireFit(_ header: StreamHeader, stream: String) throws {
        guard header.kind.holdsSentences else {
            throw Failure.noSentences(stream, header.kind)
        }
    }

    package func score(_ batch: SentenceBatch) throws -> TeacherScores {
        let probabilities = FloatBuffer(count: batch.tokenCount * labels.count)
        var pass = TransformerPass(
            encoder: encoder, pieces: pieces, pooling: pooling, columns: columns, probabilities: probabilities)
        workspaces.withElement({ EncoderWorkspace(encoder.configuration) }) { workspace in
            for sentence in 0..<batch.sentenceCount {
                pass.add(batch, tokens: batch.tokens(ofSentence: sentence))
                if pass.rowCount >= Self.passRowCount { pass.run(in: workspace) }
            }
            pass.run(in: workspace)
        }
        total.withLock { $0.add(pass.counts) }
        guard Kernel.sumOfSquares(count: probabilities.count, x: probabilities.pointer).isFinite else {
            throw Failure.notProbabilities(name, block: batch.index)
        }
        var scores = TeacherScores(labelCount: labels.count, probabilities: probabilities)
        scores.notes = pass.counts.notes
        return scores
    }
}
