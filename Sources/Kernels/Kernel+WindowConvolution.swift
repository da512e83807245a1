internal import CKernels

/// The window convolution `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` in steps, by minimal filtering F(2, 3): two
/// neighbouring rows of `y`, a tile, take four products instead of six.
///
/// A tile `t`, of the rows `t + 1` and `t + 2` of `y`, is named by the row before them; tiles ascend by two at the least.
/// Its inputs give four components `v_i`, a row each; the products `m_i = v_i U_i` with transformed taps give the outputs.
/// Components lie `componentStride` floats apart. All rows are padded to a multiple of 16 floats, which are read and
/// written too.
///
/// - Note: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4.1; the formulas stand in
///   `window_template.h`.
package enum WindowConvolution {
    package static let componentCount = 4

    /// The components of the inputs.
    ///
    /// - Parameters:
    ///   - tiles: Rows of `x`; from each on, four are read.
    ///   - v: Receives them, rows `v.stride` apart.
    package static func inputs(
        tiles: UnsafeBufferPointer<Int32>, columnCount: Int, x: RowsPointer, v: RowsPointer, componentStride: Int
    ) {
        check(tiles.count, columnCount, [x.stride, v.stride])
        guard let first = tiles.baseAddress else { return }
        nk_window_inputs(tiles.count, columnCount, x.pointer, x.stride, first, v.pointer, v.stride, componentStride)
    }

    /// The output rows of the tiles, from the products. A row between two tiles becomes 0.
    package static func outputs(
        tiles: UnsafeBufferPointer<Int32>, columnCount: Int, m: RowsPointer, componentStride: Int, y: RowsPointer
    ) {
        check(tiles.count, columnCount, [m.stride, y.stride])
        guard let first = tiles.baseAddress else { return }
        nk_window_outputs(tiles.count, columnCount, m.pointer, m.stride, componentStride, y.pointer, y.stride, first)
    }

    /// The gradient of the products, from that of the output rows.
    package static func outputGradients(
        tiles: UnsafeBufferPointer<Int32>, columnCount: Int, dy: RowsPointer, dm: RowsPointer, componentStride: Int
    ) {
        check(tiles.count, columnCount, [dy.stride, dm.stride])
        guard let first = tiles.baseAddress else { return }
        nk_window_output_gradients(
            tiles.count, columnCount, dy.pointer, dy.stride, first, dm.pointer, dm.stride, componentStride)
    }

    /// Adds the gradient of the tiles' output rows as inputs, less what the mask drops. Rows of no tile get nothing: they
    /// are boundaries.
    ///
    /// - Parameter firstIndex: Number of the element `dx[0, 0]` in the mask.
    package static func addInputGradients(
        tiles: UnsafeBufferPointer<Int32>, columnCount: Int, dv: RowsPointer, componentStride: Int, dx: RowsPointer,
        mask: DropoutMask, firstIndex: Int
    ) {
        check(tiles.count, columnCount, [dv.stride, dx.stride])
        guard let first = tiles.baseAddress, let last = tiles.last else { return }
        var mask = mask.from(firstIndex, count: (Int(last) + 3) * columnCount)
        nk_window_input_gradients(
            tiles.count, columnCount, dv.pointer, dv.stride, componentStride, dx.pointer, dx.stride, first, &mask)
    }

    /// The middle two of the transformed taps, element by element. The outer two are `g0` and `g2`.
    ///
    /// - Parameter taps: `g0`, `g1`, `g2`, one after the other, `count` numbers each.
    package static func transformTaps(
        count: Int, taps: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>
    ) {
        nk_window_weights(count, taps, first, second)
    }

    /// The gradient of the taps from those of the four transformed ones.
    ///
    /// - Parameters:
    ///   - transformed: The four, one after the other, `count` numbers each.
    ///   - taps: Receives three times `count` numbers, `tapStride` apart.
    package static func tapGradients(
        count: Int, transformed: UnsafePointer<Float>, taps: UnsafeMutablePointer<Float>, tapStride: Int
    ) {
        precondition(tapStride >= count, "taps of \(count) numbers, \(tapStride) apart")
        nk_window_weight_gradients(count, transformed, taps, tapStride)
    }

    /// A window convolution whose products were taken before and lie in a table of entries.
    ///
    /// An entry has four parts of `partStride` numbers: the hidden state of a row, and what it adds to the row after it
    /// (as its left neighbour), to itself, and to the row before it. Row `r` of `z` is the sum of what entries
    /// `slots[r]`, `slots[r + 1]` and `slots[r + 2]` add to it; row `r` of `hidden` is the hidden state of
    /// `slots[r + 1]`.
    ///
    /// - Precondition: All slots lie in the table; this is not checked here.
    package static func lookUp(
        rowCount: Int, columnCount: Int, entries: UnsafePointer<Float>, partStride: Int, slots: UnsafePointer<UInt32>,
        z: RowsPointer, hidden: RowsPointer
    ) {
        check(rowCount, columnCount, [partStride, z.stride, hidden.stride])
        nk_window_lookup(
            rowCount, columnCount, entries, partStride, slots, z.pointer, z.stride, hidden.pointer, hidden.stride)
    }

    /// The same for entries of 16-bit floats.
    package static func lookUp(
        rowCount: Int, columnCount: Int, entries: UnsafePointer<UInt16>, partStride: Int, slots: UnsafePointer<UInt32>,
        z: RowsPointer, hidden: RowsPointer
    ) {
        check(rowCount, columnCount, [partStride, z.stride, hidden.stride])
        nk_window_lookup_f16(
            rowCount, columnCount, entries, partStride, slots, z.pointer, z.stride, hidden.pointer, hidden.stride)
    }

    private static func check(_ rows: Int, _ columns: Int, _ strides: [Int]) {
        precondition(
            rows >= 0 && columns >= 0 && strides.allSatisfy { $0 >= (columns + 15) / 16 * 16 },
            "window convolution of \(rows) x \(columns) at strides \(strides)")
    }
}
