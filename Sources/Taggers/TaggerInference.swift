package import Corpora
import Kernels
import Locks

/// A frozen tagger at work on whole batches; may be called from several tasks at once.
package final class TaggerInference: Sendable {
    package let configuration: TaggerConfiguration
    private let packed: PackedTagger
    private let vectors: any FrozenVectors
    private let workspaces = Pool<TaggerWorkspace>()
    /// Rows of one forward pass: small enough for the activations to stay in the second-level cache, large enough for
    /// the products.
    private static let pieceTokenCount = 1024

    package init(_ model: Model, vectors: any FrozenVectors) throws {
        try model.configuration.requireFit(vectors)
        configuration = model.configuration
        packed = PackedTagger(model.configuration, parameters: model.parameters)
        self.vectors = vectors
    }

    /// Runs the network over a batch, some sentences at a time, in order. Results do not depend on how sentences are
    /// grouped.
    package func forEachPiece(of batch: SentenceBatch, _ body: (LaidOutSentences, TaggerWorkspace) -> Void) {
        workspaces.withElement({ TaggerWorkspace(configuration) }) { run(batch, in: $0, body) }
    }

    private func run(
        _ batch: SentenceBatch, in workspace: TaggerWorkspace, _ body: (LaidOutSentences, TaggerWorkspace) -> Void
    ) {
        var sentences = LaidOutSentences(configuration)
        for sentence in 0..<batch.sentenceCount {
            sentences.append(batch, tokens: batch.tokens(ofSentence: sentence))
            if sentences.tokenCount >= Self.pieceTokenCount || sentence == batch.sentenceCount - 1 {
                packed.forward(sentences, vectors: vectors, in: workspace)
                body(sentences, workspace)
                sentences.removeAll()
            }
        }
    }

    /// The most probable well-formed tag number of every token.
    package func tag(_ batch: SentenceBatch, tags: TagSet) -> [UInt8] {
        var labels: [UInt8] = []
        labels.reserveCapacity(batch.tokenCount)
        var decoder = ViterbiDecoder(tags)
        var sentence = 0
        let K = configuration.labelCount
        forEachPiece(of: batch) { sentences, workspace in
            var done = 0
            while done < sentences.tokenCount {
                let count = batch.tokens(ofSentence: sentence).count
                decoder.decode(
                    tokenCount: count, logits: workspace.logits.pointer + Int(sentences.tokenRows[done]) * K, stride: K,
                    into: &labels)
                done += count
                sentence += 1
            }
        }
        return labels
    }
}
