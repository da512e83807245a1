package import Corpora
import Kernels

/// Where sentences stand as rows of a matrix: laid end to end, an empty row before each and behind the last.
///
/// The empty rows are the boundary that a window convolution sees; no other padding exists. The convolution computes rows
/// in tiles of four, and of two where no more are left; each sentence has its own, so that a token is treated the same whatever
/// sentences are around it: behind a sentence of an odd number of tokens the last tile reaches over the boundary.
struct SentenceRows {
    /// Rows, boundaries included; the last two are boundaries, because a window reaches so far.
    private(set) var count = 2
    /// Rows that are boundaries, in order.
    private(set) var boundaries: [Int32] = [0, 1]
    private(set) var tiles: [WindowTile] = []

    /// The row of the next sentence's first token.
    var next: Int { count - 1 }

    mutating func removeAll() {
        count = 2
        boundaries.removeLast(boundaries.count - 2)
        boundaries[1] = 1
        tiles.removeAll(keepingCapacity: true)
    }

    /// Appends a sentence, which has tokens.
    mutating func append(tokenCount: Int) {
        let first = next
        for token in stride(from: 0, to: tokenCount, by: 4) {
            tiles.append(WindowTile(row: Int32(first - 1 + token), rowCount: tokenCount - token > 2 ? 4 : 2))
        }
        // What was the last row becomes the first token.
        boundaries[boundaries.count - 1] = Int32(first + tokenCount)
        boundaries.append(Int32(first + tokenCount + 1))
        count = first + tokenCount + 2
    }

    /// Calls `body` with all tiles.
    func withTiles(_ body: (WindowTiles) -> Void) { tiles.withUnsafeBufferPointer { body(WindowTiles($0)) } }

    /// Tiles of a block: their products stay in the second-level cache.
    static let blockTileCount = 48

    /// Calls `body` with one block of tiles after the other.
    func forEachBlock(_ body: (WindowTiles) -> Void) {
        withTiles { tiles in
            for start in stride(from: 0, to: tiles.count, by: Self.blockTileCount) {
                body(tiles[start..<min(tiles.count, start + Self.blockTileCount)])
            }
        }
    }
}

/// Sentences laid end to end, and what is to be read of each token.
package struct LaidOutSentences {
    private(set) var rows = SentenceRows()
    /// Row of each token.
    package private(set) var tokenRows: [Int32] = []
    private(set) var distinct: DistinctInputs

    package init(featureCount: Int, hasPositions: Bool = false) {
        distinct = DistinctInputs(featureCount: featureCount, hasPositions: hasPositions)
    }

    /// For the inputs of a tagger.
    package init(_ configuration: TaggerConfiguration) {
        self.init(featureCount: configuration.features.count, hasPositions: configuration.numbers.hasPositions)
    }

    package var rowCount: Int { rows.count }
    package var tokenCount: Int { tokenRows.count }
    /// Different inputs among the tokens.
    package var distinctCount: Int { distinct.inputs.count }

    package mutating func removeAll() {
        rows.removeAll()
        tokenRows.removeAll(keepingCapacity: true)
        distinct.removeAll()
    }

    /// Appends the tokens of one sentence.
    ///
    /// - Precondition: the tokens have at least as many features as this was made for, of which the first are read, and positions if it was made for them.
    package mutating func append(_ embedding: EmbeddedColumns, tokens: Range<Int>) {
        precondition(
            embedding.featureCount >= distinct.inputs.featureCount,
            "\(embedding.featureCount) features, expected \(distinct.inputs.featureCount)")
        precondition(
            !distinct.inputs.hasPositions || embedding.positions.count == embedding.rows.count,
            "\(embedding.positions.count) positions of \(embedding.rows.count) tokens")
        guard !tokens.isEmpty else { return }
        let first = rows.next
        rows.append(tokenCount: tokens.count)
        for row in first..<first + tokens.count { tokenRows.append(Int32(row)) }
        distinct.append(embedding, tokens: tokens)
    }
}
