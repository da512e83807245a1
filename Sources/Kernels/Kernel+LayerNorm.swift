internal import CKernels

extension Kernel {
    /// `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta` over each row, with the biased variance.
    ///
    /// - Parameters:
    ///   - mean: Receives the mean of each row, `[rowCount]`; `nil` when no backward pass follows.
    ///   - inverseDeviation: Receives `1 / sqrt(variance + epsilon)` of each row, `[rowCount]`.
    ///   - y: Output, `[rowCount, N]`; may be `x`.
    /// - Note: Ba, Kiros and Hinton 2016, "Layer Normalization".
    package static func layerNorm(
        rowCount: Int, columnCount: Int, x: UnsafePointer<Float>, xStride: Int, gamma: UnsafePointer<Float>,
        beta: UnsafePointer<Float>, epsilon: Float, y: UnsafeMutablePointer<Float>, yStride: Int,
        mean: UnsafeMutablePointer<Float>?, inverseDeviation: UnsafeMutablePointer<Float>?
    ) {
        check(rows: rowCount, columns: columnCount, stride: xStride, "layerNorm x")
        check(rows: rowCount, columns: columnCount, stride: yStride, "layerNorm y")
        nk_layernorm_forward(
            rowCount, columnCount, x, xStride, gamma, beta, epsilon, y, yStride, mean, inverseDeviation)
    }

    /// Gradient of ``layerNorm(rowCount:columnCount:x:xStride:gamma:beta:epsilon:y:yStride:mean:inverseDeviation:)``.
    ///
    /// - Parameters:
    ///   - x: Input of the forward pass; `mean` and `inverseDeviation` are its results.
    ///   - dx: Receives the gradient with respect to `x`; may be `dy` or `x`.
    ///   - gammaGradient: Added to, `[N]`, rows in ascending order.
    ///   - betaGradient: Added to, `[N]`.
    package static func layerNormBackward(
        rowCount: Int, columnCount: Int, dy: UnsafePointer<Float>, dyStride: Int, x: UnsafePointer<Float>,
        xStride: Int, gamma: UnsafePointer<Float>, mean: UnsafePointer<Float>,
        inverseDeviation: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>, dxStride: Int,
        gammaGradient: UnsafeMutablePointer<Float>, betaGradient: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: dyStride, "layerNormBackward dy")
        check(rows: rowCount, columns: columnCount, stride: xStride, "layerNormBackward x")
        check(rows: rowCount, columns: columnCount, stride: dxStride, "layerNormBackward dx")
        nk_layernorm_backward(
            rowCount, columnCount, dy, dyStride, x, xStride, gamma, mean, inverseDeviation, dx, dxStride,
            gammaGradient, betaGradient)
    }
}
