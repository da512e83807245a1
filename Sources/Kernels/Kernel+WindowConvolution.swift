internal import CKernels

/// The window convolution `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` in steps, by minimal filtering F(2, 3): two
/// neighbouring rows of `y`, a tile, take four products instead of six.
///
/// A tile's inputs give four components `v_i`, `[tiles, N]`; the products `m_i = v_i U_i` with transformed taps give the
/// outputs. Components lie `componentStride` floats apart. All rows are padded to a multiple of 16 floats, which are
/// read and written too.
///
/// - Note: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4.1; the formulas stand in
///   `window_template.h`.
package enum WindowConvolution {
    package static let componentCount = 4

    /// The components of the inputs.
    ///
    /// - Parameters:
    ///   - x: The row before the first tile; `2 * tileCount + 2` rows are read.
    ///   - v: Receives them, rows `v.stride` apart.
    package static func inputs(
        tileCount: Int, columnCount: Int, x: RowsPointer, v: RowsPointer, componentStride: Int
    ) {
        check(tileCount, columnCount, [x.stride, v.stride])
        nk_window_inputs(tileCount, columnCount, x.pointer, x.stride, v.pointer, v.stride, componentStride)
    }

    /// The outputs, `[2 * tileCount, N]`, from the products.
    package static func outputs(
        tileCount: Int, columnCount: Int, m: RowsPointer, componentStride: Int, y: RowsPointer
    ) {
        check(tileCount, columnCount, [m.stride, y.stride])
        nk_window_outputs(tileCount, columnCount, m.pointer, m.stride, componentStride, y.pointer, y.stride)
    }

    /// Components 1 and 2 of the gradient of the products, from that of the outputs. Components 0 and 3 are the first and
    /// the second rows of the tiles in `dy`.
    package static func outputGradients(
        tileCount: Int, columnCount: Int, dy: RowsPointer, first: RowsPointer, second: RowsPointer
    ) {
        precondition(first.stride == second.stride, "components with strides \(first.stride), \(second.stride)")
        check(tileCount, columnCount, [dy.stride, first.stride])
        nk_window_output_gradients(
            tileCount, columnCount, dy.pointer, dy.stride, first.pointer, second.pointer, first.stride)
    }

    /// Adds the gradient of the inputs, less what the mask drops, to the `2 * tileCount` rows of the tiles' outputs. The
    /// rows before and after are left out: they are boundaries.
    ///
    /// - Parameter firstIndex: Number of the element `dx[0, 0]` in the mask.
    package static func addInputGradients(
        tileCount: Int, columnCount: Int, dv: RowsPointer, componentStride: Int, dx: RowsPointer, mask: DropoutMask,
        firstIndex: Int
    ) {
        check(tileCount, columnCount, [dv.stride, dx.stride])
        var mask = mask.from(firstIndex, count: 2 * tileCount * columnCount)
        nk_window_input_gradients(
            tileCount, columnCount, dv.pointer, dv.stride, componentStride, dx.pointer, dx.stride, &mask)
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
