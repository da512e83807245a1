internal import CKernels

/// What follows a product in a transformer.
package enum Activation: Sendable {
    case none
    /// `x (1 + erf(x / sqrt 2)) / 2`: the exact form of Hendrycks and Gimpel 2016, erf to 4e-7.
    case gelu

    var isGELU: Int32 { self == .gelu ? 1 : 0 }
}

extension Kernel {
    /// `C = activation(A B + bias)` in one pass over the result.
    ///
    /// - Parameters:
    ///   - a: `[rowCount, K]`.
    ///   - b: `[K, N]`, packed; `K > 0`.
    ///   - bias: `[N]`.
    ///   - c: Result, `[rowCount, N]`; must not overlap `a`.
    package static func multiply(
        rowCount: Int, a: RowsPointer, b: PackedMatrix, bias: UnsafePointer<Float>, activation: Activation,
        c: RowsPointer
    ) {
        check(rows: rowCount, columns: b.columnCount, stride: c.stride, "multiply")
        check(rows: rowCount, columns: b.rowCount, stride: a.stride, "multiply A")
        precondition(b.rowCount > 0, "multiply: a product over nothing")
        withExtendedLifetime(b.storage) {
            nk_gemm_biased(
                rowCount, b.columnCount, b.rowCount, a.pointer, a.stride, b.storage.pointer, bias,
                activation.isGELU, c.pointer, c.stride)
        }
    }

    /// `C = activation(C + bias)`, for the products that have no epilogue of their own.
    package static func addBias(
        rowCount: Int, columnCount: Int, _ bias: UnsafePointer<Float>, activation: Activation, c: RowsPointer
    ) {
        check(rows: rowCount, columns: columnCount, stride: c.stride, "addBias")
        nk_bias_gelu(rowCount, columnCount, c.pointer, c.stride, bias, activation.isGELU)
    }

    /// `y = norm(x + bias + residual)`: layer norm with the biased variance of the row, then `gamma` and `beta`.
    ///
    /// - Parameter y: `[rowCount, columnCount]`; may be `x` or `residual`.
    package static func residualNorm(
        rowCount: Int, columnCount: Int, x: RowsPointer, bias: UnsafePointer<Float>, residual: RowsPointer,
        gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, epsilon: Float, y: RowsPointer
    ) {
        for rows in [x, residual, y] {
            check(rows: rowCount, columns: columnCount, stride: rows.stride, "residualNorm")
        }
        nk_residual_norm(
            rowCount, columnCount, x.pointer, x.stride, bias, residual.pointer, residual.stride, gamma, beta, epsilon,
            y.pointer, y.stride)
    }
}
