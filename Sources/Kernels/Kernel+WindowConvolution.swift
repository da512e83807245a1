internal import CKernels

/// The window convolution `y[r] = x[r - 1] g0 + x[r] g1 + x[r + 1] g2` in steps, by minimal filtering: four neighbouring rows
/// of `y`, a tile, take six products instead of twelve (F(4, 3)), two rows four instead of six (F(2, 3)).
///
/// The inputs of a tile give components `v_i`, a row each: six of four rows, the first four of two rows. The products
/// `m_i = v_i U_i` with transformed taps give the outputs. All rows are padded to a multiple of 16 floats, which are read
/// and written too.
///
/// - Note: Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks", section 4; the formulas stand in
///   `window_template.h`.
package enum WindowConvolution {
    package static let componentCount = 6

    /// The components of the inputs.
    ///
    /// - Parameters:
    ///   - x: Of each tile the row before it, its own and the row after it are read.
    ///   - v: Receives them.
    package static func inputs(_ tiles: WindowTiles, columnCount: Int, x: RowsPointer, v: RowsPointer) {
        check(columnCount, [x.stride, v.stride])
        tiles.withPointer { nk_window_inputs($0, columnCount, x.pointer, x.stride, v.pointer, v.stride) }
    }

    /// The output rows of the tiles, from the products. A row between two of these tiles becomes 0.
    package static func outputs(_ tiles: WindowTiles, columnCount: Int, m: RowsPointer, y: RowsPointer) {
        check(columnCount, [m.stride, y.stride])
        tiles.withPointer { nk_window_outputs($0, columnCount, m.pointer, m.stride, y.pointer, y.stride) }
    }

    /// The gradient of the products, from that of the output rows.
    package static func outputGradients(_ tiles: WindowTiles, columnCount: Int, dy: RowsPointer, dm: RowsPointer) {
        check(columnCount, [dy.stride, dm.stride])
        tiles.withPointer { nk_window_output_gradients($0, columnCount, dy.pointer, dy.stride, dm.pointer, dm.stride) }
    }

    /// Adds the gradient of the tiles' output rows as inputs, less what the mask drops. Rows of no tile get nothing: they
    /// are boundaries.
    ///
    /// - Parameter firstIndex: Number of the element `dx[0, 0]` in the mask.
    package static func addInputGradients(
        _ tiles: WindowTiles, columnCount: Int, dv: RowsPointer, dx: RowsPointer, mask: DropoutMask, firstIndex: Int
    ) {
        check(columnCount, [dv.stride, dx.stride])
        var mask = mask.from(firstIndex, count: tiles.outputRows.upperBound * columnCount)
        tiles.withPointer {
            nk_window_input_gradients($0, columnCount, dv.pointer, dv.stride, dx.pointer, dx.stride, &mask)
        }
    }

    /// Two of the transformed taps, element by element. Those of components 0 and 3 are `g0` and `g2`.
    ///
    /// - Parameters:
    ///   - components: 1 and 2, or 4 and 5.
    ///   - taps: `g0`, `g1`, `g2`, one after the other, `count` numbers each.
    ///   - transformed: Receives the two, one after the other.
    package static func transformTaps(
        _ components: ClosedRange<Int>, count: Int, taps: UnsafePointer<Float>,
        into transformed: UnsafeMutablePointer<Float>
    ) {
        let (point, scale): (Float, Float) = components == 1...2 ? (1, 1 / 6) : (2, 1 / 24)
        precondition(components == 1...2 || components == 4...5, "taps of components \(components)")
        nk_window_weights(count, taps, point, scale, transformed, transformed + count)
    }

    /// The gradient of the taps from those of the transformed ones.
    ///
    /// - Parameters:
    ///   - transformed: One after the other, `count` numbers each.
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
        check(columnCount, [partStride, z.stride, hidden.stride])
        nk_window_lookup(
            rowCount, columnCount, entries, partStride, slots, z.pointer, z.stride, hidden.pointer, hidden.stride)
    }

    /// The same for entries of 16-bit floats.
    package static func lookUp(
        rowCount: Int, columnCount: Int, entries: UnsafePointer<UInt16>, partStride: Int, slots: UnsafePointer<UInt32>,
        z: RowsPointer, hidden: RowsPointer
    ) {
        check(columnCount, [partStride, z.stride, hidden.stride])
        nk_window_lookup_f16(
            rowCount, columnCount, entries, partStride, slots, z.pointer, z.stride, hidden.pointer, hidden.stride)
    }

    static func check(_ columns: Int, _ strides: [Int]) {
        precondition(
            columns >= 0 && strides.allSatisfy { $0 >= (columns + 15) / 16 * 16 },
            "window convolution of \(columns) columns at strides \(strides)")
    }
}
