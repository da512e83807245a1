internal import CKernels

/// The right-hand matrix of a product of 8-bit whole numbers, `[K, N]`: each column has a scale of its own and numbers of
/// -127 ... 127.
///
/// Some rows may be kept apart, to be multiplied in 32 bits: those by which the left side has its outliers (Dettmers et
/// al. 2022, "LLM.int8()", section 3.2), which would leave few levels to all else in their rows.
///
/// Panels have the layout of the path in force when this is made; no other path can read them.
package final class PackedInt8Matrix: Sendable {
    package let rowCount: Int
    package let columnCount: Int
    /// Rows that are multiplied in 32 bits, ascending.
    package let outlierRows: [Int]
    let group: Int32
    let panels: ByteBuffer
    let scales: FloatBuffer
    let sums: ByteBuffer
    let outliers: PackedMatrix
    /// `[K]`: 0 where a row is apart, else 1.
    let kept: FloatBuffer

    /// The most rows: more could overflow the sums.
    package static let maximumRowCount = 65536

    /// Rounds and packs `B[k, n] = source[k * rowStride + n * columnStride]`.
    ///
    /// - Precondition: `rowCount` is at most ``maximumRowCount``; the outlier rows ascend.
    package init(
        _ source: UnsafePointer<Float>, rowCount: Int, columnCount: Int, rowStride: Int, columnStride: Int,
        outlierRows: [Int] = []
    ) {
        precondition(rowCount > 0 && rowCount <= Self.maximumRowCount, "8-bit product over \(rowCount)")
        (self.rowCount, self.columnCount, self.outlierRows) = (rowCount, columnCount, outlierRows)
        let kept = FloatBuffer([Float](repeating: 1, count: rowCount))
        for row in outlierRows { kept[row] = 0 }
        let scales = FloatBuffer(count: columnCount), sums = ByteBuffer(count: columnCount * 4)
        let levels = ByteBuffer(count: rowCount * columnCount)
        let panels = ByteBuffer(count: nk_packed_int8_size(rowCount, columnCount))
        withExtendedLifetime(levels) {
            let levels = levels.pointer.assumingMemoryBound(to: Int8.self)
            for column in 0..<columnCount {
                (scales.pointer[column], sums.int32[column]) = Self.round(
                    source + column * columnStride, stride: rowStride, kept, to: levels + column * rowCount)
            }
            nk_pack_int8(rowCount, columnCount, levels, panels.pointer)
        }
        (self.kept, self.scales, self.sums, self.panels) = (kept, scales, sums, panels)
        group = nk_int8_group()
        let apart = FloatBuffer(count: outlierRows.count * columnCount)
        for (place, row) in outlierRows.enumerated() {
            for column in 0..<columnCount {
                apart[place * columnCount + column] = source[row * rowStride + column * columnStride]
            }
        }
        let packed = PackedMatrix(rowCount: outlierRows.count, columnCount: columnCount)
        apart.withPointer { packed.pack($0, rowStride: columnCount, columnStride: 1) }
        outliers = packed
    }

    /// One column: to nearest even, the largest to 127.
    private static func round(
        _ x: UnsafePointer<Float>, stride: Int, _ kept: FloatBuffer, to levels: UnsafeMutablePointer<Int8>
    ) -> (scale: Float, sum: Int32) {
        let count = kept.count, kept = kept.pointer
        var largest: Float = 0
        for index in 0..<count { largest = max(largest, (x[index * stride] * kept[index]).magnitude) }
        let scale = largest / 127, inverse = largest > 0 ? 127 / largest : 0
        var sum: Int32 = 0
        for index in 0..<count {
            let level = (x[index * stride] * kept[index] * inverse).rounded(.toNearestOrEven)
            levels[index] = Int8(max(-127, min(127, level)))
            sum += Int32(levels[index])
        }
        return (scale, sum)
    }
}

extension ByteBuffer {
    var int32: UnsafeMutablePointer<Int32> { pointer.assumingMemoryBound(to: Int32.self) }
}

/// The left-hand side of a product of 8-bit whole numbers: rows of levels 0 ... 255, each with a scale and a level that
/// stands for 0, and the numbers of the outliers. Memory of one thread, which grows and is kept.
package final class QuantizedRows {
    private var levels = ByteBuffer(count: 0)
    private var scales = FloatBuffer(count: 0)
    private var zeros = ByteBuffer(count: 0)
    private var outliers = FloatBuffer(count: 0)
    private var stride = 0

    package init() {}

    /// Rounds rows for a product with a matrix.
    package func quantize(rowCount: Int, x: RowsPointer, for matrix: PackedInt8Matrix) {
        Kernel.check(rows: rowCount, columns: matrix.rowCount, stride: x.stride, "quantize")
        reserve(rowCount: rowCount, columnCount: matrix.rowCount)
        nk_quantize(
            rowCount, matrix.rowCount, x.pointer, x.stride, matrix.kept.pointer, levels.pointer, stride, scales.pointer,
            zeros.int32)
        let apart = matrix.outlierRows
        if outliers.count < rowCount * apart.count { outliers = FloatBuffer(count: rowCount * apart.count) }
        apart.withUnsafeBufferPointer { apart in
            for row in 0..<rowCount {
                let source = x.pointer + row * x.stride, target = outliers.pointer + row * apart.count
                for place in apart.indices { target[place] = source[apart[place]] }
            }
        }
    }

    /// Rounds the components of a window convolution's inputs, see ``WindowConvolution/inputs(_:columnCount:x:v:)``.
    ///
    /// - Parameter columnCount: At most ``PackedInt8Matrix/maximumRowCount``.
    package func quantizeWindows(_ tiles: WindowTiles, columnCount: Int, x: RowsPointer) {
        Kernel.check(rows: tiles.outputRows.upperBound + 1, columns: columnCount, stride: x.stride, "quantize windows")
        reserve(rowCount: tiles.componentRowCount, columnCount: columnCount)
        tiles.withPointer {
            nk_window_quantize(
                $0, columnCount, x.pointer, x.stride, levels.pointer, stride, scales.pointer, zeros.int32)
        }
    }

    private func reserve(rowCount: Int, columnCount: Int) {
        // Half cache lines, an odd number of them; a group has four bytes.
        let group = Int(nk_int8_group()), byteCount = (columnCount + group - 1) / group * 4
        stride = ((byteCount + 31) / 32 | 1) * 32
        if levels.count < rowCount * stride { levels = ByteBuffer(count: rowCount * stride) }
        if scales.count < rowCount {
            scales = FloatBuffer(count: rowCount)
            zeros = ByteBuffer(count: rowCount * 4)
        }
    }

    /// `C = activation(A B + bias)` of rows rounded last.
    ///
    /// - Parameters:
    ///   - first: The first of them.
    ///   - matrix: The one they were rounded for.
    ///   - bias: None where it is `nil`, and no activation.
    package func multiply(
        first: Int = 0, rowCount: Int, b matrix: PackedInt8Matrix, bias: UnsafePointer<Float>? = nil,
        activation: Activation = .none, c: RowsPointer
    ) {
        Kernel.check(rows: rowCount, columns: matrix.columnCount, stride: c.stride, "multiply")
        precondition(
            matrix.group == nk_int8_group(), "8-bit panels of groups of \(matrix.group) on another kernel path")
        precondition(bias != nil || activation == .none, "an activation without a bias")
        let end = first + rowCount, apart = matrix.outlierRows.count
        precondition(
            first >= 0 && end <= scales.count && end * stride <= levels.count && end * apart <= outliers.count,
            "rows \(first)..<\(end) were not rounded")
        withExtendedLifetime(matrix) {
            var b = nk_int8_matrix(
                panels: matrix.panels.pointer, scales: matrix.scales.pointer, sums: matrix.sums.int32,
                outliers: matrix.outliers.storage.pointer, outlierCount: apart)
            nk_gemm_int8(
                rowCount, matrix.columnCount, matrix.rowCount, levels.pointer + first * stride, stride,
                scales.pointer + first, zeros.int32 + first, &b, outliers.pointer + first * apart, apart, bias,
                activation.isGELU, c.pointer, c.stride)
        }
    }
}
