internal import CKernels

/// Neighbouring rows that a window convolution computes together: two or four of them.
package struct WindowTile: Equatable, Sendable {
    /// The row before them.
    package var row: Int32
    package var rowCount: Int32

    package init(row: Int32, rowCount: Int32) {
        precondition(row >= 0 && (rowCount == 2 || rowCount == 4), "a tile of \(rowCount) rows behind row \(row)")
        (self.row, self.rowCount) = (row, rowCount)
    }
}

/// Tiles of a window convolution, ascending without overlap, in memory that somebody else owns.
///
/// The rows of their components lie one after the other: those of components 0 to 3 have a row of each tile, those of 4 and 5
/// one of each tile of four rows.
package struct WindowTiles {
    private let tiles: UnsafeBufferPointer<WindowTile>
    private let fourRowCount: Int

    package init(_ tiles: UnsafeBufferPointer<WindowTile>) {
        self.tiles = tiles
        fourRowCount = tiles.count { $0.rowCount == 4 }
    }

    package var count: Int { tiles.count }

    /// Some of them.
    package subscript(range: Range<Int>) -> WindowTiles { WindowTiles(UnsafeBufferPointer(rebasing: tiles[range])) }

    /// Rows of the components, of all or of one.
    package var componentRowCount: Int { 4 * count + 2 * fourRowCount }
    package func rows(ofComponent component: Int) -> Range<Int> {
        let first = component < 4 ? component * count : 4 * count + (component - 4) * fourRowCount
        return first..<first + (component < 4 ? count : fourRowCount)
    }

    /// From the first row of the first tile to the last of the last; empty where there is none.
    package var outputRows: Range<Int> {
        guard let first = tiles.first, let last = tiles.last else { return 0..<0 }
        return Int(first.row) + 1..<Int(last.row + last.rowCount) + 1
    }

    func withPointer(_ body: (UnsafePointer<nk_tiles>) -> Void) {
        guard let first = tiles.baseAddress else { return }
        // Two 32-bit numbers in the same order.
        var all = nk_tiles(
            first: UnsafeRawPointer(first).assumingMemoryBound(to: nk_tile.self), count: count, fours: fourRowCount)
        body(&all)
    }
}
