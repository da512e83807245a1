package import Corpora
import Kernels

/// Sentences laid end to end as rows of a matrix, with one zero row before the first and after each.
///
/// Row 0 and the rows between sentences are the boundary that a window convolution sees; no other padding exists.
/// `R` rows, `N` tokens, `F` features.
package struct LaidOutSentences {
    /// `R`: tokens, plus sentences, plus one.
    package private(set) var rowCount = 1
    /// `[N]`: row of each token.
    package private(set) var tokenRows: [Int32] = []
    /// `[R]`: table row of each token; absent for boundaries and composed vectors.
    private(set) var tableRows: [UInt32] = [EmbeddedColumns.absent]
    /// Rows whose vector is composed: f16 patterns in ``composedVectors``, one after the other.
    private(set) var composedRows: [Int32] = []
    private(set) var composedVectors: [UInt16] = []
    /// `[R, F]`: feature hashes; 0 on boundaries, where nothing reads them.
    private(set) var features: [UInt32]
    /// `[R]`: ``PositionFlags`` of each token, 0 on boundaries; empty when tokens have none.
    private(set) var positions: [UInt8]
    /// Boundary rows, in order.
    private(set) var boundaryRows: [Int32] = [0]
    private let featureCount: Int
    private let hasPositions: Bool

    package init(featureCount: Int, hasPositions: Bool = false) {
        self.featureCount = featureCount
        self.hasPositions = hasPositions
        features = [UInt32](repeating: 0, count: featureCount)
        positions = hasPositions ? [0] : []
    }

    /// For the inputs of a tagger.
    package init(_ configuration: TaggerConfiguration) {
        self.init(featureCount: configuration.features.count, hasPositions: configuration.numbers.hasPositions)
    }

    package var tokenCount: Int { tokenRows.count }

    package mutating func removeAll() {
        rowCount = 1
        tokenRows.removeAll(keepingCapacity: true)
        composedRows.removeAll(keepingCapacity: true)
        composedVectors.removeAll(keepingCapacity: true)
        tableRows.removeSubrange(1...)
        features.removeSubrange(featureCount...)
        if hasPositions { positions.removeSubrange(1...) }
        boundaryRows.removeSubrange(1...)
    }

    /// Appends the tokens of one sentence of a batch.
    ///
    /// - Precondition: the batch is embedded, with as many features as this was made for, and positions if it was made
    ///   for them.
    package mutating func append(_ batch: SentenceBatch, tokens: Range<Int>) {
        guard let embedding = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        precondition(
            embedding.featureCount == featureCount, "\(embedding.featureCount) features, expected \(featureCount)")
        if hasPositions {
            precondition(embedding.positions.count == batch.tokenCount, "batch \(batch.index) has no positions")
            positions.append(contentsOf: embedding.positions[tokens])
            positions.append(0)
        }
        for token in tokens {
            let row = embedding.rows[token]
            if row != EmbeddedColumns.absent && row & EmbeddedColumns.composedBit != 0 {
                let start = Int(row & ~EmbeddedColumns.composedBit) * embedding.dimension
                composedRows.append(Int32(rowCount))
                composedVectors.append(contentsOf: embedding.composed[start..<start + embedding.dimension])
                tableRows.append(EmbeddedColumns.absent)
            } else {
                tableRows.append(row)
            }
            tokenRows.append(Int32(rowCount))
            rowCount += 1
        }
        features.append(
            contentsOf: embedding.features[tokens.lowerBound * featureCount..<tokens.upperBound * featureCount])
        boundaryRows.append(Int32(rowCount))
        tableRows.append(EmbeddedColumns.absent)
        features.append(contentsOf: repeatElement(0, count: featureCount))
        rowCount += 1
    }

    /// Appends all sentences of a batch.
    package mutating func append(_ batch: SentenceBatch) {
        for sentence in 0..<batch.sentenceCount { append(batch, tokens: batch.tokens(ofSentence: sentence)) }
    }
}
