internal import CKernels

extension Kernel {
    /// Scalar products of rows with a vector, and the rows' own sums of squares: what cosines are made of.
    ///
    /// - Parameters:
    ///   - x: Rows, `[rowCount, columnCount]`, `xStride` floats apart.
    ///   - q: `[columnCount]`.
    ///   - dots: `[rowCount]`, written.
    ///   - squares: `[rowCount]`, written.
    package static func dotRows(
        rowCount: Int, columnCount: Int, x: UnsafePointer<Float>, xStride: Int, q: UnsafePointer<Float>,
        dots: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: xStride, "dotRows")
        nk_dot_rows(rowCount, columnCount, x, xStride, q, dots, squares)
    }

    /// The same of rows of binary16, given by their bits, that lie one behind the other: the bits that their widened rows give.
    ///
    /// - Parameters:
    ///   - x: Rows, `[rowCount, columnCount]`, dense.
    ///   - q: `[columnCount]`.
    ///   - dots: `[rowCount]`, written.
    ///   - squares: `[rowCount]`, written.
    package static func dotHalfRows(
        rowCount: Int, columnCount: Int, x: UnsafePointer<UInt16>, q: UnsafePointer<Float>,
        dots: UnsafeMutablePointer<Float>, squares: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: columnCount, "dotHalfRows")
        nk_dot_rows_f16(rowCount, columnCount, x, q, dots, squares)
    }
}
