package import Corpora
package import Kernels
import Locks

/// A frozen tagger at work on whole batches; may be called from several tasks at once.
package final class TaggerInference: Sendable {
    package let configuration: TaggerConfiguration
    package var precision: ArithmeticPrecision { tagger.precision }
    private let tagger: FrozenTagger
    private let vectors: any FrozenVectors
    private let keptEntries: KeptEntries
    private let workspaces = Pool<InferenceWorkspace>()
    /// Rows of one forward pass: small enough for the activations to stay in the second-level cache.
    private static let pieceTokenCount = 512

    /// - Parameter keptEntries: How much memory is spent on tokens that come again.
    package init(
        _ model: Model, vectors: any FrozenVectors, precision: ArithmeticPrecision = .full,
        keptEntries: KeptEntries = .many
    ) throws {
        self.keptEntries = keptEntries
        try model.configuration.requireFit(vectors)
        configuration = model.configuration
        tagger = FrozenTagger(model.configuration, parameters: model.parameters, precision: precision)
        self.vectors = vectors
    }

    /// How much was computed, for measurements; to be asked while nothing runs.
    package struct Work: Sendable {
        /// Rows that went through the output layer, boundaries included.
        package var rows = 0
        /// Rows of window components that each convolution after the first multiplied.
        package var componentRows = 0
        /// Tokens that were not in the cache.
        package var entries = 0
    }

    package var workDone: Work {
        workspaces.reduce(Work()) {
            Work(
                rows: $0.rows + $1.work.rows, componentRows: $0.componentRows + $1.work.componentRows,
                entries: $0.entries + $1.work.entries)
        }
    }

    /// Bytes that each thread which scores keeps for itself, nearly all of them for the cache of tokens.
    package var bytesPerThread: Int { TokenEntryCache.byteCount(configuration, keptEntries, precision: precision) }

    /// What the network gives for the tokens of one sentence, in order.
    package struct SentenceResult {
        /// Its number; sentences without tokens are not handed on.
        package let number: Int
        /// Tokens of the batch.
        package let tokens: Range<Int>
        /// `[tokens.count, K]`, dense.
        package let logits: UnsafePointer<Float>
        /// `[tokens.count, K]`, dense.
        package let probabilities: UnsafePointer<Float>
        /// `[tokens.count, H]`: what enters the output layer.
        package let states: RowsPointer
    }

    /// Runs the network over a batch, some sentences at a time, and hands on each sentence in order. What is handed on is
    /// valid during the call. Results do not depend on how sentences are grouped.
    package func forEachSentence(of batch: SentenceBatch, _ body: (SentenceResult) -> Void) {
        guard let embedding = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        forEachSentence(of: embedding, (0..<batch.sentenceCount).map { batch.tokens(ofSentence: $0) }, body)
    }

    /// The same for sentences of columns.
    package func forEachSentence(
        of embedding: EmbeddedColumns, _ sentences: [Range<Int>], _ body: (SentenceResult) -> Void
    ) {
        workspaces.withElement({ InferenceWorkspace(tagger, keptEntries) }) { workspace in
            var piece = TokenPiece(tagger)
            for (number, tokens) in sentences.enumerated() {
                piece.add(tokens, number: number)
                if piece.tokenCount >= Self.pieceTokenCount || number == sentences.count - 1 {
                    piece.run(embedding, vectors: vectors, in: workspace, body)
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

/// Some sentences of a batch on their way through a frozen tagger.
private struct TokenPiece {
    private let tagger: FrozenTagger
    private var sentences: [Range<Int>] = []
    private var numbers: [Int] = []
    private(set) var tokenCount = 0
    private var rows = SentenceRows()
    /// `[rows.count]`: the entry of each row.
    private var slots: [UInt32] = []
    /// Tokens that are not in the cache, and the entries they get.
    private var newInputs: TokenInputs
    private var newSlots: [UInt32] = []

    init(_ tagger: FrozenTagger) {
        self.tagger = tagger
        newInputs = TokenInputs(
            featureCount: tagger.configuration.features.count, hasPositions: tagger.configuration.numbers.hasPositions)
    }

    mutating func add(_ tokens: Range<Int>, number: Int) {
        guard !tokens.isEmpty else { return }
        sentences.append(tokens)
        numbers.append(number)
        tokenCount += tokens.count
    }

    /// Computes the sentences added so far and forgets them.
    mutating func run(
        _ embedding: EmbeddedColumns, vectors: any FrozenVectors, in workspace: InferenceWorkspace,
        _ body: (TaggerInference.SentenceResult) -> Void
    ) {
        precondition(
            embedding.featureCount >= newInputs.featureCount,
            "\(embedding.featureCount) features, expected \(newInputs.featureCount)")
        precondition(
            !newInputs.hasPositions || embedding.positions.count == embedding.rows.count,
            "\(embedding.positions.count) positions of \(embedding.rows.count) tokens")
        layOut(embedding, workspace.cache.beginPiece(tokenCount: tokenCount))
        tagger.computeEntries(newInputs, slots: newSlots, vectors: vectors, in: workspace)
        slots.withUnsafeBufferPointer { slots in
            if let slots = slots.baseAddress { tagger.forward(rows, slots: slots, in: workspace) }
        }
        workspace.work.rows += rows.count
        rows.withTiles { workspace.work.componentRows += $0.componentRowCount }
        workspace.work.entries += newSlots.count
        let K = tagger.configuration.labelCount
        var row = 1
        for (number, tokens) in zip(numbers, sentences) {
            body(
                .init(
                    number: number, tokens: tokens, logits: workspace.logits.pointer + row * K,
                    probabilities: workspace.probabilities.pointer + row * K,
                    states: workspace.hidden(tagger.windows.count).from(row: row)))
            row += tokens.count + 1
        }
        sentences.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        tokenCount = 0
    }

    /// Finds the entry of every token, and lists those that are to be computed.
    private mutating func layOut(_ embedding: EmbeddedColumns, _ places: TokenEntryCache.Places) {
        rows.removeAll()
        for tokens in sentences { rows.append(tokenCount: tokens.count) }
        newInputs.removeAll()
        newSlots.removeAll(keepingCapacity: true)
        let F = embedding.featureCount, hasPositions = newInputs.hasPositions, sentences = sentences
        var newTokens: [Int] = []
        slots = [UInt32](unsafeUninitializedCapacity: rows.count) { slots, count in
            slots.initialize(repeating: TokenEntryCache.boundary)
            count = rows.count
            embedding.features.withUnsafeBufferPointer { features in
                // Without features there is nothing to point to, and nothing is read.
                withUnsafePointer(to: UInt32(0)) { none in
                    let features = features.baseAddress ?? none
                    var row = 1
                    for tokens in sentences {
                        for token in tokens {
                            let (slot, isNew) = places.entry(
                                row: embedding.rows[token], position: hasPositions ? embedding.positions[token] : 0,
                                features: features + token * F)
                            slots[row] = slot
                            row += 1
                            if isNew { newTokens.append(token) }
                        }
                        row += 1
                    }
                }
            }
        }
        var row = 1, next = 0
        for tokens in sentences {
            while next < newTokens.count, tokens.contains(newTokens[next]) {
                let token = newTokens[next]
                newSlots.append(slots[row + token - tokens.lowerBound])
                newInputs.append(embedding, tokens: token..<token + 1)
                next += 1
            }
            row += tokens.count + 1
        }
    }
}
