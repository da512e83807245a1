internal import CKernels

extension Kernel {
    /// `C = A B`, or `C += A B` when `accumulate` is set.
    ///
    /// `A[m, k] = a[m * aRowStride + k * aColumnStride]` is read in place: rows may overlap (window convolution, row
    /// stride less than `K`), and a transposed matrix has row stride 1 (weight gradient).
    /// Each element is one chain of fused multiply-adds over `k` in ascending order.
    ///
    /// - Parameters:
    ///   - rowCount: Rows `M` of `A` and `C`.
    ///   - a: Left matrix, `[M, K]`.
    ///   - b: Right matrix, `[K, N]`, packed.
    ///   - c: Result, `[M, N]`; must not overlap `a`.
    ///   - cStride: Floats between rows of `C`, at least `N`.
    package static func multiply(
        rowCount: Int, a: UnsafePointer<Float>, aRowStride: Int, aColumnStride: Int = 1, b: PackedMatrix,
        c: UnsafeMutablePointer<Float>, cStride: Int, accumulate: Bool = false
    ) {
        check(rows: rowCount, columns: b.columnCount, stride: cStride, "multiply")
        precondition(
            aRowStride >= 0 && aColumnStride >= 0, "multiply: strides of A \(aRowStride), \(aColumnStride)")
        withExtendedLifetime(b.storage) {
            nk_gemm(
                rowCount, b.columnCount, b.rowCount, a, aRowStride, aColumnStride, b.storage.pointer, 16,
                16 * b.rowCount, c, cStride, accumulate ? 1 : 0)
        }
    }

    /// The same with a right matrix that lies in plain rows, for one that is used once: packing it would cost a pass.
    ///
    /// - Parameters:
    ///   - depth: Rows `K` of `B`, the summation length.
    ///   - columnCount: Columns `N` of `B` and `C`.
    ///   - b: Right matrix, `[K, N]`; each row is read up to a multiple of 16 columns.
    package static func multiply(
        rowCount: Int, columnCount: Int, depth: Int, a: UnsafePointer<Float>, aRowStride: Int, aColumnStride: Int,
        rows b: UnsafePointer<Float>, bStride: Int, c: UnsafeMutablePointer<Float>, cStride: Int,
        accumulate: Bool = false
    ) {
        check(rows: rowCount, columns: columnCount, stride: cStride, "multiply")
        check(rows: depth, columns: columnCount, stride: bStride, "multiply B")
        precondition(
            aRowStride >= 0 && aColumnStride >= 0, "multiply: strides of A \(aRowStride), \(aColumnStride)")
        nk_gemm(
            rowCount, columnCount, depth, a, aRowStride, aColumnStride, b, bStride, 16, c, cStride, accumulate ? 1 : 0)
    }
}
