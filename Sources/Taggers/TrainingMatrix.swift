import Kernels

/// A right-hand matrix of training in the precision of its tagger, packed anew after every update.
enum TrainingMatrix: Sendable {
    case full(PackedMatrix)
    /// Packed in 32 bits on its way to the rounded one.
    case reduced(PackedMatrix, PackedBFloat16Matrix)

    /// Makes a matrix of zeros.
    init(rowCount: Int, columnCount: Int, _ precision: ArithmeticPrecision) {
        let packed = PackedMatrix(rowCount: rowCount, columnCount: columnCount)
        switch precision {
        case .full: self = .full(packed)
        case .reduced: self = .reduced(packed, PackedBFloat16Matrix(rowCount: rowCount, columnCount: columnCount))
        }
    }

    /// Packs `B[k, n] = source[k * rowStride + n * columnStride]`.
    func pack(_ source: UnsafePointer<Float>, rowStride: Int, columnStride: Int) {
        switch self {
        case .full(let packed): packed.pack(source, rowStride: rowStride, columnStride: columnStride)
        case .reduced(let packed, let rounded):
            packed.pack(source, rowStride: rowStride, columnStride: columnStride)
            rounded.round(packed)
        }
    }
}

/// The products of a training pass in either precision, with the memory that rounding needs.
struct TrainingProducts {
    private let rows = BFloat16Rows()
    private var left = BFloat16Pairs()
    private var right = PackedBFloat16Matrix(rowCount: 0, columnCount: 0)
    private var windows = HalfBuffer(count: 0)

    /// `C = A B`.
    func multiply(rowCount: Int, a: RowsPointer, b: TrainingMatrix, c: RowsPointer) {
        switch b {
        case .full(let packed):
            Kernel.multiply(
                rowCount: rowCount, a: a.pointer, aRowStride: a.stride, b: packed, c: c.pointer, cStride: c.stride)
        case .reduced(_, let rounded): rows.multiply(rowCount: rowCount, a: a, b: rounded, c: c)
        }
    }

    /// The products `m` of some tiles of a window convolution of `x`.
    ///
    /// - Parameter v: Room for the components of the inputs.
    mutating func convolve(
        _ tiles: WindowTiles, columnCount: Int, x: RowsPointer, taps: [TrainingMatrix], v: RowsPointer, m: RowsPointer
    ) {
        if case .full? = taps.first {
            WindowConvolution.inputs(tiles, columnCount: columnCount, x: x, v: v)
        } else {
            let count = tiles.componentRowCount * v.stride
            if windows.count < count { windows = HalfBuffer(count: count) }
            WindowConvolution.inputs(
                tiles, columnCount: columnCount, x: x, v: BFloat16RowsPointer(windows.pointer, stride: v.stride))
        }
        for (number, taps) in taps.enumerated() {
            let rows = tiles.rows(ofComponent: number), product = m.from(row: rows.lowerBound)
            switch taps {
            case .full: multiply(rowCount: rows.count, a: v.from(row: rows.lowerBound), b: taps, c: product)
            case .reduced(_, let rounded):
                let v = BFloat16RowsPointer(windows.pointer + rows.lowerBound * v.stride, stride: v.stride)
                Kernel.multiply(rowCount: rows.count, a: v, b: rounded, c: product)
            }
        }
    }

    /// Writes `left' dy`, summed over the rows, `[leftWidth, width]`: the gradient by the weights between the two.
    mutating func writeWeightGradient(
        left: RowsPointer, leftWidth: Int, dy: RowsPointer, width: Int, rowCount: Int, _ precision: ArithmeticPrecision,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        guard rowCount > 0 else {
            gradient.update(repeating: 0, count: leftWidth * width)
            return
        }
        switch precision {
        case .full:
            Kernel.multiply(
                rowCount: leftWidth, columnCount: width, depth: rowCount, a: left.pointer, aRowStride: 1,
                aColumnStride: left.stride, rows: dy.pointer, bStride: dy.stride, c: gradient, cStride: width)
        case .reduced:
            self.left.pack(left, rowCount: rowCount, columnCount: leftWidth)
            right.repack(dy, rowCount: rowCount, columnCount: width)
            Kernel.multiply(transposed: self.left, b: right, c: RowsPointer(gradient, stride: width))
        }
    }
}
