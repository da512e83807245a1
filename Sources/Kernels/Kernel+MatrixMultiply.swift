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
                rowCount, b.columnCount, b.rowCount, a, aRowStride, aColumnStride, b.storage.pointer, c, cStride,
                accumulate ? 1 : 0)
        }
    }

    /// Adds `bias`, `[N]`, to every row of `c`, `[rowCount, N]`.
    package static func addBias(
        rowCount: Int, columnCount: Int, c: UnsafeMutablePointer<Float>, stride: Int, bias: UnsafePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: stride, "addBias")
        nk_bias_add(rowCount, columnCount, c, stride, bias)
    }

    /// Adds `bias`, `[N]`, to every row of `c`, `[rowCount, N]`, then replaces negative values by 0.
    package static func addBiasReLU(
        rowCount: Int, columnCount: Int, c: UnsafeMutablePointer<Float>, stride: Int, bias: UnsafePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: stride, "addBiasReLU")
        nk_bias_relu(rowCount, columnCount, c, stride, bias)
    }

    /// Adds the column sums of `dy`, `[rowCount, N]`, to `biasGradient`, `[N]`.
    package static func addBiasGradient(
        rowCount: Int, columnCount: Int, dy: UnsafePointer<Float>, stride: Int,
        biasGradient: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: stride, "addBiasGradient")
        nk_bias_gradient(rowCount, columnCount, dy, stride, biasGradient)
    }

    /// Sets `dy` to 0 where `y`, the output of the rectifier, is 0 or less.
    package static func reluBackward(count: Int, y: UnsafePointer<Float>, dy: UnsafeMutablePointer<Float>) {
        check(count: count, "reluBackward")
        nk_relu_backward(count, y, dy)
    }
}
