import Diagnostics
package import Shards

/// Sentences laid end to end: the unit of work of every stage, and the content of one data block of a stream.
///
/// `N` tokens, `S` sentences, `M` documents. A stage adds columns and never removes or reorders any, so that one batch
/// in is one batch out, with the same ``index``. Nothing here is a `String`: token texts are slices of ``text``.
package struct SentenceBatch: Sendable {
    /// Number of the data block in its stream, counted from 1.
    package var index = 0
    /// Whether document 0 began in an earlier batch.
    package var continuesDocument = false
    /// Identifiers of the documents in this batch, UTF-8, laid end to end.
    package var documentIdentifiers: [UInt8] = []
    /// `[M]`: end of each identifier.
    package var documentIdentifierEnds: [UInt32] = []
    /// `[S]`: the document of each sentence.
    package var sentenceDocuments: [UInt32] = []
    /// `[S]`: index of the token after the last one of each sentence.
    package var sentenceEnds: [UInt32] = []
    /// `[N]`: UTF-8 byte offset of each token in its document.
    package var tokenOffsets: [UInt64] = []
    /// `[N]`: end of each token in ``text``.
    package var textEnds: [UInt32] = []
    /// The tokens' bytes, laid end to end.
    package var text: [UInt8] = []

    /// Added by `embed`.
    package var embedding: EmbeddedColumns?
    /// Added by `score`.
    package var scores: ScoreColumns?
    /// `[N]`: gold label numbers; only in what `train` keeps for itself, never in a stream that a stage hands on.
    package var gold: [UInt8]?
    /// How sure a tagger is of ``gold`` that it gave; only for who writes it, never in a stream.
    package var confidence: LabelConfidence?
    /// Where the tokens stand in the text of their documents; only for who writes it, never in a stream.
    package var documentText: DocumentText?

    package init() {}

    package var sentenceCount: Int { sentenceEnds.count }
    package var tokenCount: Int { textEnds.count }
    package var documentCount: Int { documentIdentifierEnds.count }

    package var counts: BlockCounts {
        BlockCounts(
            documents: documentCount - (continuesDocument ? 1 : 0), sentences: sentenceCount, tokens: tokenCount)
    }

    /// Token indices of a sentence.
    package func tokens(ofSentence sentence: Int) -> Range<Int> {
        (sentence == 0 ? 0 : Int(sentenceEnds[sentence - 1]))..<Int(sentenceEnds[sentence])
    }

    /// Bytes of ``text`` that are a token.
    package func textRange(ofToken token: Int) -> Range<Int> {
        (token == 0 ? 0 : Int(textEnds[token - 1]))..<Int(textEnds[token])
    }

    package func tokenText(_ token: Int) -> String { String(decoding: text[textRange(ofToken: token)], as: UTF8.self) }

    package func documentIdentifier(_ document: Int) -> String {
        let start = document == 0 ? 0 : Int(documentIdentifierEnds[document - 1])
        return String(decoding: documentIdentifiers[start..<Int(documentIdentifierEnds[document])], as: UTF8.self)
    }

    /// Drops what a tagger does not read, to save memory: bytes of the tokens, where they were, whose documents' they are.
    package mutating func forgetText() {
        text = []
        tokenOffsets = []
        documentIdentifiers = []
        documentIdentifierEnds = []
        sentenceDocuments = []
        documentText = nil
    }

    package mutating func appendDocument(identifier: some Sequence<UInt8>) {
        documentIdentifiers.append(contentsOf: identifier)
        documentIdentifierEnds.append(UInt32(documentIdentifiers.count))
    }

    package mutating func appendToken(_ bytes: UnsafeBufferPointer<UInt8>, offset: UInt64) {
        text.append(contentsOf: bytes)
        textEnds.append(UInt32(text.count))
        tokenOffsets.append(offset)
    }

    /// Ends the sentence that consists of the tokens appended since the last end; nothing happens when there are none.
    package mutating func endSentence(document: Int) {
        guard tokenCount > Int(sentenceEnds.last ?? 0) else { return }
        sentenceEnds.append(UInt32(tokenCount))
        sentenceDocuments.append(UInt32(document))
    }

    /// How much a batch held once.
    package struct Mark: Sendable {
        fileprivate var tokens: Int, sentences: Int, documents: Int
        fileprivate var text: DocumentText.Mark?
    }

    package var mark: Mark {
        Mark(tokens: tokenCount, sentences: sentenceCount, documents: documentCount, text: documentText?.mark)
    }

    /// Drops all that was appended since; what a stage adds must not be there yet.
    package mutating func removeAll(since mark: Mark) {
        if let text = mark.text { documentText?.removeAll(since: text) }
        textEnds.removeSubrange(mark.tokens...)
        tokenOffsets.removeSubrange(mark.tokens...)
        text.removeSubrange(Int(textEnds.last ?? 0)...)
        sentenceEnds.removeSubrange(mark.sentences...)
        sentenceDocuments.removeSubrange(mark.sentences...)
        documentIdentifierEnds.removeSubrange(mark.documents...)
        documentIdentifiers.removeSubrange(Int(documentIdentifierEnds.last ?? 0)...)
    }
}

/// What `embed` knows of the tokens of a batch.
package struct EmbeddedColumns: Sendable {
    /// A token whose word has neither a row nor a composed vector: its vector is zero.
    package static let absent: UInt32 = 0xFFFF_FFFF
    /// Rows with this bit set are not in the table: the other bits count vectors in ``composed``.
    package static let composedBit: UInt32 = 0x8000_0000

    package var dimension: Int
    /// `[N]`: row of the vector table, or a composed vector, or ``absent``.
    package var rows: [UInt32]
    /// `[C, dimension]`: f16 bit patterns of the vectors composed for words outside of the vocabulary, each word once.
    package var composed: [UInt16]
    package var featureCount: Int
    /// `[N, featureCount]`: 32-bit hashes of the token's features.
    package var features: [UInt32]
    /// `[N, dimension]`: f16 bit patterns of every token's vector, for readers that have no table; empty unless asked
    /// for.
    package var dense: [UInt16]
    /// `[N]`: ``PositionFlags`` of each token; empty when the stream has none.
    package var positions: [UInt8] = []
    /// `[N, statistics]`: the statistics of each token's word, beside ``dense``.
    package var denseStatistics: [Float] = []

    package init(
        dimension: Int, rows: [UInt32], composed: [UInt16], featureCount: Int, features: [UInt32], dense: [UInt16] = []
    ) {
        self.dimension = dimension
        self.rows = rows
        self.composed = composed
        self.featureCount = featureCount
        self.features = features
        self.dense = dense
    }
}

extension EmbeddedColumns {
    /// Where the vector of a token stands in ``composed``; nil when it has a row of the table, or none.
    package func composedRange(ofToken token: Int) -> Range<Int>? {
        let row = rows[token]
        guard row != Self.absent && row & Self.composedBit != 0 else { return nil }
        let start = Int(row & ~Self.composedBit) * dimension
        return start..<start + dimension
    }

    /// Columns of the same kind for no token.
    package var emptied: EmbeddedColumns {
        EmbeddedColumns(dimension: dimension, rows: [], composed: [], featureCount: featureCount, features: [])
    }

    /// Appends tokens of other columns of the same kind.
    package mutating func append(_ other: EmbeddedColumns, tokens: Range<Int>) {
        precondition(
            other.dimension == dimension && other.featureCount == featureCount,
            "\(other.dimension) numbers and \(other.featureCount) features, not \(dimension) and \(featureCount)")
        for token in tokens {
            guard let vector = other.composedRange(ofToken: token) else {
                rows.append(other.rows[token])
                continue
            }
            rows.append(Self.composedBit | UInt32(composed.count / dimension))
            composed.append(contentsOf: other.composed[vector])
        }
        features.append(contentsOf: other.features[tokens.lowerBound * featureCount..<tokens.upperBound * featureCount])
        if !other.positions.isEmpty { positions.append(contentsOf: other.positions[tokens]) }
        if !other.dense.isEmpty {
            dense.append(contentsOf: other.dense[tokens.lowerBound * dimension..<tokens.upperBound * dimension])
        }
        if !other.denseStatistics.isEmpty {
            let count = other.denseStatistics.count / other.rows.count
            denseStatistics.append(
                contentsOf: other.denseStatistics[tokens.lowerBound * count..<tokens.upperBound * count])
        }
    }
}

extension SentenceBatch {
    /// Refuses rows that a table of `rowCount` rows does not have; whoever gathers rows relies on it.
    package func requireRows(below rowCount: Int, place: String) throws {
        guard let embedding else {
            throw Failure.notEmbedded(block: index, place: place)
        }
        for row in embedding.rows where row & EmbeddedColumns.composedBit == 0 && Int(row) >= rowCount {
            throw Failure.rowBeyondTable(row, of: rowCount, block: index, place: place)
        }
    }
}

/// A teacher's distribution over the labels for every token.
package struct ScoreColumns: Sendable {
    package var labelCount: Int
    /// `[N, labelCount]`: f16 bit patterns of probabilities.
    package var probabilities: [UInt16]
    /// `[N]`: how many of several teachers find the label the most probable that all of them together do; empty when
    /// there is one teacher.
    package var votes: [UInt8] = []
    /// How many vote.
    package var voterCount: UInt8 = 0
    /// `[N]`: how much each token counts in the student's loss; empty: all the same. Added by `select`.
    package var weights: [Float] = []

    package init(labelCount: Int, probabilities: [UInt16]) {
        self.labelCount = labelCount
        self.probabilities = probabilities
    }

    /// Appends tokens of other columns with the same labels.
    package mutating func append(_ other: ScoreColumns, tokens: Range<Int>) {
        precondition(other.labelCount == labelCount, "\(other.labelCount) labels, not \(labelCount)")
        let count = probabilities.count / max(1, labelCount)
        probabilities.append(
            contentsOf: other.probabilities[tokens.lowerBound * labelCount..<tokens.upperBound * labelCount])
        if !other.votes.isEmpty {
            votes.append(contentsOf: other.votes[tokens])
            voterCount = other.voterCount
        }
        // Columns without weights and those with them may meet: without, a token counts as 1.
        if !other.weights.isEmpty || !weights.isEmpty {
            if weights.isEmpty { weights = Array(repeating: 1, count: count) }
            weights.append(
                contentsOf: other.weights.isEmpty
                    ? ArraySlice(repeating: 1, count: tokens.count) : other.weights[tokens])
        }
    }

    /// `[N]`: the most probable label of every token; of equal ones the first.
    package var bestLabels: [UInt8] {
        guard labelCount > 0 else { return [] }
        return probabilities.withUnsafeBufferPointer { probabilities in
            stride(from: 0, to: probabilities.count, by: labelCount).map { row in
                UInt8(Self.best(of: labelCount, in: probabilities, at: row))
            }
        }
    }

    /// The most probable label of a token; of equal ones the first.
    package func label(ofToken token: Int) -> Int {
        probabilities.withUnsafeBufferPointer { Self.best(of: labelCount, in: $0, at: token * labelCount) }
    }

    @inline(__always)
    private static func best(of count: Int, in probabilities: UnsafeBufferPointer<UInt16>, at row: Int) -> Int {
        // Bit patterns of numbers that are not negative have the order of the numbers.
        var best = 0
        for label in 1..<count where probabilities[row + label] > probabilities[row + best] { best = label }
        return best
    }
}

extension SentenceBatch {
    /// The same batch with some of its sentences, in order; documents stay as they are.
    package func keeping(sentences: [Int]) -> SentenceBatch {
        var result = SentenceBatch()
        result.index = index
        result.continuesDocument = continuesDocument
        result.documentIdentifiers = documentIdentifiers
        result.documentIdentifierEnds = documentIdentifierEnds
        result.embedding = embedding?.emptied
        result.scores = scores.map { ScoreColumns(labelCount: $0.labelCount, probabilities: []) }
        if gold != nil { result.gold = [] }
        for sentence in sentences {
            result.append(self, sentence: sentence, document: Int(sentenceDocuments[sentence]))
        }
        return result
    }

    /// Appends a sentence of another batch with all that both know of their tokens.
    package mutating func append(_ other: SentenceBatch, sentence: Int, document: Int) {
        let tokens = other.tokens(ofSentence: sentence)
        for token in tokens {
            other.text.withUnsafeBufferPointer { text in
                appendToken(
                    UnsafeBufferPointer(rebasing: text[other.textRange(ofToken: token)]),
                    offset: other.tokenOffsets[token])
            }
        }
        if let columns = other.embedding { embedding?.append(columns, tokens: tokens) }
        if let given = other.scores { scores?.append(given, tokens: tokens) }
        if let labels = other.gold { gold?.append(contentsOf: labels[tokens]) }
        endSentence(document: document)
    }
}
