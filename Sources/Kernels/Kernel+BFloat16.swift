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
    package let rowCount: Int
    package let columnCount: Int
    private let storage: HalfBuffer

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

extension WindowConvolution {
    /// The components of the inputs, rounded to bfloat16.
    package static func inputs(
        tiles: UnsafeBufferPointer<Int32>, columnCount: Int, x: RowsPointer, v: BFloat16RowsPointer,
        componentStride: Int
    ) {
        precondition(
            min(x.stride, v.stride) >= (columnCount + 15) / 16 * 16,
            "window convolution of \(columnCount) columns at strides \(x.stride), \(v.stride)")
        guard let first = tiles.baseAddress else { return }
        nk_window_inputs_bf16(
            tiles.count, columnCount, x.pointer, x.stride, first, v.pointer, v.stride, componentStride)
    }
}

/// The left-hand side of products of reduced precision: memory of one thread for rows that are rounded on their way.
package final class BFloat16Rows {
    /// Rows at a time: they stay in the second-level cache.
    private static let blockRowCount = 96
    private var rounded = HalfBuffer(count: 0)

    package init() {}

    /// `C = activation(A B + bias)`, see ``Kernel/multiply(rowCount:a:b:c:)``.
    package func multiply(
        rowCount: Int, a: RowsPointer, b: PackedBFloat16Matrix, bias: UnsafePointer<Float>, activation: Activation,
        c: RowsPointer
    ) {
        let stride = RowsPointer.stride(forWidth: b.rowCount)
        if rounded.count < Self.blockRowCount * stride { rounded = HalfBuffer(count: Self.blockRowCount * stride) }
        let rows = BFloat16RowsPointer(rounded.pointer, stride: stride)
        for first in Swift.stride(from: 0, to: rowCount, by: Self.blockRowCount) {
            let count = min(Self.blockRowCount, rowCount - first), target = c.from(row: first)
            Kernel.toBFloat16(rowCount: count, columnCount: b.rowCount, x: a.from(row: first), y: rows)
            Kernel.multiply(rowCount: count, a: rows, b: b, c: target)
            Kernel.addBias(rowCount: count, columnCount: b.columnCount, bias, activation: activation, c: target)
        }
    }
}
