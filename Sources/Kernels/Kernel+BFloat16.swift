internal import CKernels

/// Rows of bfloat16 bit patterns in memory that somebody else owns.
package struct BFloat16RowsPointer {
    package var pointer: UnsafeMutablePointer<UInt16>
    /// Numbers between rows; even.
    package var stride: Int

    package init(_ pointer: UnsafeMutablePointer<UInt16>, stride: Int) {
        (self.pointer, self.stride) = (pointer, stride)
    }
}

/// The right-hand matrix of a product of reduced precision, `[K, N]`, rounded to bfloat16, in the order in which the
/// kernel reads it: panels of 16 columns, each `[(K + 1) / 2][16][2]`.
package struct PackedBFloat16Matrix: Sendable {
    package private(set) var rowCount: Int
    package private(set) var columnCount: Int
    private var storage: HalfBuffer

    /// Makes a packed matrix of zeros.
    package init(rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        storage = HalfBuffer(count: nk_packed_bf16_size(rowCount, columnCount))
    }

    /// Rounds a packed matrix of the same shape. Every other copy of this struct sees the change.
    package func round(_ matrix: PackedMatrix) {
        precondition(
            matrix.rowCount == rowCount && matrix.columnCount == columnCount,
            "\(matrix.rowCount) x \(matrix.columnCount) rounded to \(rowCount) x \(columnCount)")
        withExtendedLifetime(matrix) {
            nk_round_packed(matrix.storage.pointer, rowCount, columnCount, storage.pointer)
        }
    }

    /// Takes another shape, reusing the storage when it is large enough, and packs rows.
    package mutating func repack(_ rows: RowsPointer, rowCount: Int, columnCount: Int) {
        Kernel.check(rows: rowCount, columns: columnCount, stride: rows.stride, "repack")
        let count = nk_packed_bf16_size(rowCount, columnCount)
        if count > storage.count { storage = HalfBuffer(count: count) }
        (self.rowCount, self.columnCount) = (rowCount, columnCount)
        nk_pair_rows(
            rowCount, columnCount, rows.pointer, rows.stride, storage.pointer, 32, 32 * ((rowCount + 1) / 2))
    }

    /// Packs `B[k, n] = source[k * rowStride + n * columnStride]`.
    package init(
        _ source: UnsafePointer<Float>, rowCount: Int, columnCount: Int, rowStride: Int, columnStride: Int
    ) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        storage = HalfBuffer(count: nk_packed_bf16_size(rowCount, columnCount))
        nk_pack_bf16(source, rowStride, columnStride, rowCount, columnCount, storage.pointer)
    }

    func withPointer(_ body: (UnsafePointer<UInt16>) -> Void) {
        withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer)) }
    }
}

extension Kernel {
    /// Rounds rows to bfloat16, to nearest even; subnormal numbers become 0. Up to a multiple of 16 columns are written,
    /// those beyond `columnCount` as 0.
    package static func toBFloat16(rowCount: Int, columnCount: Int, x: RowsPointer, y: BFloat16RowsPointer) {
        check(rows: rowCount, columns: columnCount, stride: x.stride, "toBFloat16 x")
        check(rows: rowCount, columns: (columnCount + 15) / 16 * 16, stride: y.stride, "toBFloat16 y")
        nk_to_bf16(rowCount, columnCount, x.pointer, x.stride, y.pointer, y.stride)
    }

    /// `C = A B` with both sides rounded to bfloat16 and 32-bit sums: chains over pairs of columns in ascending order.
    ///
    /// - Parameters:
    ///   - a: `[rowCount, K]`; where `K` is odd, column `K` is 0.
    ///   - c: Result, `[rowCount, N]`.
    package static func multiply(
        rowCount: Int, a: BFloat16RowsPointer, b: PackedBFloat16Matrix, c: RowsPointer
    ) {
        check(rows: rowCount, columns: b.columnCount, stride: c.stride, "multiply")
        precondition(
            a.stride % 2 == 0 && (a.stride >= b.rowCount || rowCount <= 1), "multiply: stride \(a.stride) of A")
        b.withPointer {
            nk_gemm_bf16(rowCount, b.columnCount, b.rowCount, a.pointer, a.stride, $0, c.pointer, c.stride)
        }
    }
}

/// Rows rounded to bfloat16, two of them side by side, as the left-hand side of ``Kernel/multiply(transposed:b:c:)``:
/// `[(rows + 1) / 2, columns, 2]`, a missing last row being 0.
package struct BFloat16Pairs {
    package private(set) var rowCount = 0
    package private(set) var columnCount = 0
    private var storage = HalfBuffer(count: 0)
    private var stride: Int { (columnCount + 15) / 16 * 32 }

    package init() {}

    /// Takes another shape, reusing the storage when it is large enough.
    package mutating func pack(_ rows: RowsPointer, rowCount: Int, columnCount: Int) {
        Kernel.check(rows: rowCount, columns: columnCount, stride: rows.stride, "pairs of rows")
        (self.rowCount, self.columnCount) = (rowCount, columnCount)
        let count = (rowCount + 1) / 2 * stride
        if count > storage.count { storage = HalfBuffer(count: count + count / 8) }
        nk_pair_rows(rowCount, columnCount, rows.pointer, rows.stride, storage.pointer, stride, 32)
    }

    fileprivate func withPointer(_ body: (_ pairs: UnsafePointer<UInt16>, _ stride: Int) -> Void) {
        withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer), stride) }
    }
}

extension Kernel {
    /// `C = A' B` with both sides rounded to bfloat16 and 32-bit sums: chains over pairs of rows in ascending order.
    ///
    /// - Parameters:
    ///   - a: `[K, M]`.
    ///   - b: `[K, N]`.
    ///   - c: Result, `[M, N]`.
    package static func multiply(transposed a: BFloat16Pairs, b: PackedBFloat16Matrix, c: RowsPointer) {
        check(rows: a.columnCount, columns: b.columnCount, stride: c.stride, "multiply transposed")
        precondition(a.rowCount == b.rowCount, "\(a.rowCount) rows times \(b.rowCount)")
        a.withPointer { pairs, stride in
            b.withPointer {
                nk_gemm_bf16_pairs(
                    a.columnCount, b.columnCount, b.rowCount, pairs, stride, $0, c.pointer, c.stride)
            }
        }
    }
}

extension WindowConvolution {
    /// The components of the inputs, rounded to bfloat16.
    package static func inputs(
        _ tiles: WindowTiles, columnCount: Int, x: RowsPointer, v: BFloat16RowsPointer
    ) {
        check(columnCount, [x.stride, v.stride])
        tiles.withPointer { nk_window_inputs_bf16($0, columnCount, x.pointer, x.stride, v.pointer, v.stride) }
    }
}

/// The left-hand side of products of reduced precision: memory of one thread for rows that are rounded on their way.
package final class BFloat16Rows {
    /// Rows at a time: they stay in the second-level cache.
    private static let blockRowCount = 96
    private var rounded = HalfBuffer(count: 0)

    package init() {}

    /// `C = A B`, see ``Kernel/multiply(rowCount:a:b:c:)``.
    ///
    /// - Parameter finish: What follows, for some rows of `C` while they are at hand.
    package func multiply(
        rowCount: Int, a: RowsPointer, b: PackedBFloat16Matrix, c: RowsPointer,
        finish: (_ rowCount: Int, _ c: RowsPointer) -> Void = { _, _ in }
    ) {
        let stride = RowsPointer.stride(forWidth: b.rowCount)
        if rounded.count < Self.blockRowCount * stride { rounded = HalfBuffer(count: Self.blockRowCount * stride) }
        let rows = BFloat16RowsPointer(rounded.pointer, stride: stride)
        for first in Swift.stride(from: 0, to: rowCount, by: Self.blockRowCount) {
            let count = min(Self.blockRowCount, rowCount - first), target = c.from(row: first)
            Kernel.toBFloat16(rowCount: count, columnCount: b.rowCount, x: a.from(row: first), y: rows)
            Kernel.multiply(rowCount: count, a: rows, b: b, c: target)
            finish(count, target)
        }
    }

    /// `C = activation(A B + bias)`.
    package func multiply(
        rowCount: Int, a: RowsPointer, b: PackedBFloat16Matrix, bias: UnsafePointer<Float>, activation: Activation,
        c: RowsPointer
    ) {
        multiply(rowCount: rowCount, a: a, b: b, c: c) {
            Kernel.addBias(rowCount: $0, columnCount: b.columnCount, bias, activation: activation, c: $1)
        }
    }
}
