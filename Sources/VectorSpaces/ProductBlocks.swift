import Diagnostics
import Kernels
import Locks
import Streams

/// The scalar products of all rows with all columns, a block at a time: nobody holds them all.
///
/// A thread takes ``rowBlock`` rows, packs ``columnBlock`` columns after the other for them, and hands the products of a
/// few rows on while they lie in its second-level cache. Memory for each thread: the packed columns and these products,
/// `1 KiB * dimension` and 96 KiB.
struct ProductBlocks: Sendable {
    let rows: FloatBuffer
    let rowCount: Int
    let columns: FloatBuffer
    let columnCount: Int
    let dimension: Int

    /// Rows that a thread takes at a time: packing is paid by so many.
    private static let rowBlock = 384
    /// Columns that are packed at a time.
    private static let columnBlock = 256
    /// Rows that are multiplied before their products are looked at.
    private static let tileRowCount = 96

    /// - Parameters:
    ///   - rows: Row-major `[rowCount, dimension]`.
    ///   - columns: Row-major `[columnCount, dimension]`.
    init(rows: FloatBuffer, count rowCount: Int, columns: FloatBuffer, count columnCount: Int, dimension: Int) {
        precondition(
            rows.count >= rowCount * dimension && columns.count >= columnCount * dimension
                && max(rowCount, columnCount) < UInt32.max,
            "\(rowCount) rows in \(rows.count) floats, \(columnCount) in \(columns.count)")
        (self.rows, self.rowCount, self.columns, self.columnCount) = (rows, rowCount, columns, columnCount)
        self.dimension = dimension
    }

    /// Hands the products of a row with some columns on. A row's columns come in ascending order and on one thread, rows
    /// in any order.
    ///
    /// - Parameter body: Gets the row, the columns, their products, and the number of the thread.
    /// - Throws: `Failure` when a signal asked to stop.
    func forEachRow(
        _ threads: ComputeThreads,
        _ body: @Sendable (_ row: Int, _ columns: Range<Int>, _ products: UnsafePointer<Float>, _ thread: Int) -> Void
    ) throws {
        let blockCount = columnCount == 0 ? 0 : (rowCount + Self.rowBlock - 1) / Self.rowBlock
        let scratches = Pool<Scratch>()
        try threads.run(blockCount) { block, thread in
            try Interruption.check("stopped in the search for neighbours, nothing is written")
            let start = block * Self.rowBlock
            scratches.withElement({ Scratch(dimension) }) { scratch in
                run(start..<min(start + Self.rowBlock, rowCount), scratch) { body($0, $1, $2, thread) }
            }
        }
    }

    private func run(
        _ block: Range<Int>, _ scratch: Scratch, _ body: (Int, Range<Int>, UnsafePointer<Float>) -> Void
    ) {
        for start in stride(from: 0, to: columnCount, by: Self.columnBlock) {
            let columns = start..<min(start + Self.columnBlock, columnCount)
            scratch.packed.repack(
                self.columns.pointer + start * dimension, rowCount: dimension, columnCount: columns.count, rowStride: 1,
                columnStride: dimension)
            for first in stride(from: block.lowerBound, to: block.upperBound, by: Self.tileRowCount) {
                let tile = first..<min(first + Self.tileRowCount, block.upperBound)
                Kernel.multiply(
                    rowCount: tile.count, a: rows.pointer + first * dimension, aRowStride: dimension,
                    b: scratch.packed, c: scratch.products.pointer, cStride: Self.columnBlock)
                for row in tile { body(row, columns, scratch.products.pointer + (row - first) * Self.columnBlock) }
            }
        }
    }

    /// What a thread works in.
    private final class Scratch {
        var packed: PackedMatrix
        let products: FloatBuffer

        init(_ dimension: Int) {
            packed = PackedMatrix(rowCount: dimension, columnCount: columnBlock)
            products = FloatBuffer(count: tileRowCount * columnBlock)
        }
    }
}
