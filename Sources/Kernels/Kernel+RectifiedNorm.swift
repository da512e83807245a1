internal import CKernels

/// The frozen numbers behind a product, each `[N]`: its bias, and the layer norm's factors and offsets.
package struct RectifiedNormWeights {
    package var bias: UnsafePointer<Float>
    package var gamma: UnsafePointer<Float>
    package var beta: UnsafePointer<Float>
    package var epsilon: Float

    package init(
        bias: UnsafePointer<Float>, gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, epsilon: Float
    ) {
        (self.bias, self.gamma, self.beta, self.epsilon) = (bias, gamma, beta, epsilon)
    }
}

extension Kernel {
    /// `c = max(c + bias, 0)`, then `y = residual + (c - mean) / sqrt(variance + epsilon) * gamma + beta` over each row,
    /// with the biased variance; with a mask also the dropout of `y`.
    ///
    /// One pass over rows that a product has just left in the cache.
    ///
    /// - Parameters:
    ///   - c: The product, `[rowCount, N]`; receives what the rectifier gives.
    ///   - residual: Added to the result; may be `y`.
    ///   - y: Output, `[rowCount, N]`.
    ///   - mean: Receives the mean of each row, `[rowCount]`; `nil` when no backward pass follows.
    ///   - inverseDeviation: Receives `1 / sqrt(variance + epsilon)` of each row, `[rowCount]`.
    ///   - dropped: Mask, number of the element `y[0, 0]` in it, and what receives the output less what is dropped.
    /// - Note: Ba, Kiros and Hinton 2016, "Layer Normalization".
    package static func rectifyAndNormalize(
        rowCount: Int, columnCount: Int, c: RowsPointer, weights: RectifiedNormWeights, residual: RowsPointer? = nil,
        y: RowsPointer, mean: UnsafeMutablePointer<Float>? = nil, inverseDeviation: UnsafeMutablePointer<Float>? = nil,
        dropped: (mask: DropoutMask, firstIndex: Int, output: RowsPointer)? = nil
    ) {
        check(rows: rowCount, columns: columnCount, stride: c.stride, "rectifyAndNormalize c")
        check(rows: rowCount, columns: columnCount, stride: y.stride, "rectifyAndNormalize y")
        guard let dropped else {
            nk_relu_norm(
                rowCount, columnCount, c.pointer, c.stride, weights.bias, weights.gamma, weights.beta, weights.epsilon,
                residual?.pointer, residual?.stride ?? 0, y.pointer, y.stride, mean, inverseDeviation, nil, nil, 0)
            return
        }
        check(rows: rowCount, columns: columnCount, stride: dropped.output.stride, "rectifyAndNormalize dropped")
        var mask = dropped.mask.from(dropped.firstIndex, count: rowCount * columnCount)
        nk_relu_norm(
            rowCount, columnCount, c.pointer, c.stride, weights.bias, weights.gamma, weights.beta, weights.epsilon,
            residual?.pointer, residual?.stride ?? 0, y.pointer, y.stride, mean, inverseDeviation, &mask,
            dropped.output.pointer, dropped.output.stride)
    }

    /// Gradient of ``rectifyAndNormalize(rowCount:columnCount:c:weights:residual:y:mean:inverseDeviation:dropped:)`` with
    /// respect to the product.
    ///
    /// - Parameters:
    ///   - activation: `c` after the forward pass; `mean` and `inverseDeviation` are its results.
    ///   - dx: Receives the gradient with respect to `c`; may be `dy`.
    ///   - gammaGradient: Added to, `[N]`, rows in ascending order; so are the other two.
    package static func rectifyAndNormalizeBackward(
        rowCount: Int, columnCount: Int, dy: RowsPointer, activation: RowsPointer, gamma: UnsafePointer<Float>,
        mean: UnsafePointer<Float>, inverseDeviation: UnsafePointer<Float>, dx: RowsPointer,
        gammaGradient: UnsafeMutablePointer<Float>, betaGradient: UnsafeMutablePointer<Float>,
        biasGradient: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: dy.stride, "rectifyAndNormalizeBackward dy")
        check(rows: rowCount, columns: columnCount, stride: activation.stride, "rectifyAndNormalizeBackward x")
        check(rows: rowCount, columns: columnCount, stride: dx.stride, "rectifyAndNormalizeBackward dx")
        nk_relu_norm_backward(
            rowCount, columnCount, dy.pointer, dy.stride, activation.pointer, activation.stride, gamma, mean,
            inverseDeviation, dx.pointer, dx.stride, gammaGradient, betaGradient, biasGradient)
    }

    /// Adds the column sums of `dy`, `[rowCount, N]`, to `biasGradient`, `[N]`.
    package static func addBiasGradient(
        rowCount: Int, columnCount: Int, dy: UnsafePointer<Float>, stride: Int,
        biasGradient: UnsafeMutablePointer<Float>
    ) {
        check(rows: rowCount, columns: columnCount, stride: stride, "addBiasGradient")
        nk_bias_gradient(rowCount, columnCount, dy, stride, biasGradient)
    }
}
