package import Corpora

/// Sentences laid end to end as rows of a matrix, with empty rows before, between and after them.
///
/// The empty rows are the boundary that a window convolution sees; no other padding exists. Every sentence begins at an odd
/// row, so that the convolution, which computes rows in pairs (1, 2), (3, 4) ..., treats a token the same whatever
/// sentences are before it: behind a sentence of an odd number of tokens stands one empty row, behind one of an even
/// number two.
package struct LaidOutSentences {
    /// Rows, boundaries included; even, and 2 when there are no tokens.
    package private(set) var rowCount = 2
    /// Row of each token.
    package private(set) var tokenRows: [Int32] = []
    /// Rows that are boundaries, in order.
    private(set) var boundaryRows: [Int32] = [0, 1]
    /// What is to be read of each row.
    private(set) var inputs: TokenInputs

    package init(featureCount: Int, hasPositions: Bool = false) {
        inputs = TokenInputs(featureCount: featureCount, hasPositions: hasPositions)
        inputs.appendEmpty(2)
    }

    /// For the inputs of a tagger.
    package init(_ configuration: TaggerConfiguration) {
        self.init(featureCount: configuration.features.count, hasPositions: configuration.numbers.hasPositions)
    }

    package var tokenCount: Int { tokenRows.count }
    /// Pairs of rows that hold tokens: rows 1 to `2 * tileCount`.
    var tileCount: Int { (rowCount - 2) / 2 }

    package mutating func removeAll() {
        rowCount = 2
        tokenRows.removeAll(keepingCapacity: true)
        boundaryRows.removeSubrange(2...)
        boundaryRows[1] = 1
        inputs.keepFirst(2)
    }

    /// Appends the tokens of one sentence of a batch.
    ///
    /// - Precondition: the batch is embedded, with as many features as this was made for, and positions if it was made
    ///   for them.
    package mutating func append(_ batch: SentenceBatch, tokens: Range<Int>) {
        guard let embedding = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        precondition(
            embedding.featureCount == inputs.featureCount,
            "\(embedding.featureCount) features, expected \(inputs.featureCount)")
        precondition(
            !inputs.hasPositions || embedding.positions.count == batch.tokenCount,
            "batch \(batch.index) has no positions")
        guard !tokens.isEmpty else { return }
        // The last row, a boundary so far, becomes the first token.
        let first = rowCount - 1
        inputs.keepFirst(first)
        boundaryRows.removeLast()
        inputs.append(embedding, tokens: tokens)
        for row in first..<first + tokens.count { tokenRows.append(Int32(row)) }
        let emptyCount = tokens.count % 2 == 0 ? 3 : 2
        rowCount = first + tokens.count + emptyCount
        for row in first + tokens.count..<rowCount { boundaryRows.append(Int32(row)) }
        inputs.appendEmpty(emptyCount)
    }

    /// Appends all sentences of a batch.
    package mutating func append(_ batch: SentenceBatch) {
        for sentence in 0..<batch.sentenceCount { append(batch, tokens: batch.tokens(ofSentence: sentence)) }
    }
}
