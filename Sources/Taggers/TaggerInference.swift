package import Corpora
import Kernels
import Locks

/// A frozen tagger at work on whole batches; may be called from several tasks at once.
package final class TaggerInference: Sendable {
    package let configuration: TaggerConfiguration
    package var precision: ArithmeticPrecision { tagger.precision }
    private let tagger: FrozenTagger
    private let vectors: any FrozenVectors
    private let workspaces = Pool<InferenceWorkspace>()
    /// Rows of one forward pass: small enough for the activations to stay in the second-level cache.
    private static let pieceTokenCount = 512

    package init(_ model: Model, vectors: any FrozenVectors, precision: ArithmeticPrecision = .full) throws {
        try model.configuration.requireFit(vectors)
        configuration = model.configuration
        tagger = FrozenTagger(model.configuration, parameters: model.parameters, precision: precision)
        self.vectors = vectors
    }

    /// What the network gives for the tokens of one sentence, in order.
    package struct SentenceResult {
        /// Tokens of the batch.
        package let tokens: Range<Int>
        /// `[tokens.count, K]`, dense.
        package let logits: UnsafePointer<Float>
        /// `[tokens.count, K]`, dense.
        package let probabilities: UnsafePointer<Float>
    }

    /// Runs the network over a batch, some sentences at a time, and hands on each sentence in order. What is handed on is
    /// valid during the call. Results do not depend on how sentences are grouped.
    package func forEachSentence(of batch: SentenceBatch, _ body: (SentenceResult) -> Void) {
        workspaces.withElement({ InferenceWorkspace(tagger) }) { workspace in
            var piece = TokenPiece(tagger)
            for sentence in 0..<batch.sentenceCount {
                piece.add(batch.tokens(ofSentence: sentence))
                if piece.tokenCount >= Self.pieceTokenCount || sentence == batch.sentenceCount - 1 {
                    piece.run(batch, vectors: vectors, in: workspace, body)
                }
            }
        }
    }

    /// The most probable well-formed tag number of every token.
    package func tag(_ batch: SentenceBatch, tags: TagSet) -> [UInt8] {
        var labels: [UInt8] = []
        labels.reserveCapacity(batch.tokenCount)
        var decoder = ViterbiDecoder(tags)
        forEachSentence(of: batch) { sentence in
            decoder.decode(
                tokenCount: sentence.tokens.count, logits: sentence.logits, stride: configuration.labelCount,
                into: &labels)
        }
        return labels
    }
}

/// Some sentences of a batch on their way through a frozen tagger, laid out as in ``LaidOutSentences``.
private struct TokenPiece {
    private let tagger: FrozenTagger
    private var sentences: [Range<Int>] = []
    private(set) var tokenCount = 0
    private var boundaryRows: [Int32] = []
    /// Tokens that are not in the cache, and the entries they get.
    private var newInputs: TokenInputs
    private var newSlots: [UInt32] = []

    init(_ tagger: FrozenTagger) {
        self.tagger = tagger
        newInputs = TokenInputs(
            featureCount: tagger.configuration.features.count, hasPositions: tagger.configuration.numbers.hasPositions)
    }

    mutating func add(_ tokens: Range<Int>) {
        guard !tokens.isEmpty else { return }
        sentences.append(tokens)
        tokenCount += tokens.count
    }

    /// Computes the sentences added so far and forgets them.
    mutating func run(
        _ batch: SentenceBatch, vectors: any FrozenVectors, in workspace: InferenceWorkspace,
        _ body: (TaggerInference.SentenceResult) -> Void
    ) {
        guard let embedding = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        layOut(embedding, in: workspace)
        tagger.computeEntries(newInputs, slots: newSlots, vectors: vectors, in: workspace)
        tagger.forward(boundaryRows: boundaryRows, in: workspace)
        let K = tagger.configuration.labelCount
        var row = 1
        for tokens in sentences {
            body(
                .init(
                    tokens: tokens, logits: workspace.logits.pointer + row * K,
                    probabilities: workspace.probabilities.pointer + row * K))
            row += tokens.count + (tokens.count % 2 == 0 ? 2 : 1)
        }
        sentences.removeAll(keepingCapacity: true)
        tokenCount = 0
    }

    /// Finds the entry of every token, and lists those that are to be computed.
    private mutating func layOut(_ embedding: EmbeddedColumns, in workspace: InferenceWorkspace) {
        let cache = workspace.cache, F = embedding.featureCount
        precondition(F == newInputs.featureCount, "\(F) features, expected \(newInputs.featureCount)")
        cache.beginPiece(tokenCount: tokenCount)
        boundaryRows.removeAll(keepingCapacity: true)
        newInputs.removeAll()
        newSlots.removeAll(keepingCapacity: true)
        workspace.slots.removeAll(keepingCapacity: true)
        workspace.slots.reserveCapacity(tokenCount + 2 * sentences.count + 2)
        appendBoundary(workspace)
        embedding.features.withUnsafeBufferPointer { features in
            // Without features there is nothing to point to, and nothing is read.
            withUnsafePointer(to: UInt32(0)) { none in
                let features = features.baseAddress ?? none
                for tokens in sentences {
                    for token in tokens {
                        let (slot, isNew) = cache.entry(
                            row: embedding.rows[token],
                            position: newInputs.hasPositions ? embedding.positions[token] : 0,
                            features: features + token * F)
                        workspace.slots.append(slot)
                        if isNew {
                            newSlots.append(slot)
                            newInputs.append(embedding, tokens: token..<token + 1)
                        }
                    }
                    appendBoundary(workspace)
                    if tokens.count % 2 == 0 { appendBoundary(workspace) }
                }
            }
        }
        appendBoundary(workspace)
    }

    private mutating func appendBoundary(_ workspace: InferenceWorkspace) {
        boundaryRows.append(Int32(workspace.slots.count))
        workspace.slots.append(TokenEntryCache.boundary)
    }
}
