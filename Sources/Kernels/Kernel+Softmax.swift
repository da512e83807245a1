internal import CKernels

extension Kernel {
    /// Softmax of each row, after subtracting the row's maximum.
    ///
    /// A logit of minus infinity gets probability 0; a row without a finite maximum, or with a NaN, becomes NaN.
    /// `probabilities` may be `logits`.
    package static func softmax(
        rowCount: Int, columnCount: Int, logits: UnsafePointer<Float>, logitsStride: Int,
        probabilities: UnsafeMutablePointer<Float>, probabilitiesStride: Int
    ) {
        check(rows: rowCount, columns: columnCount, stride: logitsStride, "softmax logits")
        check(rows: rowCount, columns: columnCount, stride: probabilitiesStride, "softmax probabilities")
        nk_softmax(rowCount, columnCount, logits, logitsStride, probabilities, probabilitiesStride)
    }

    /// Logarithm of the softmax of each row, in nats. `logProbabilities` may be `logits`.
    package static func logSoftmax(
        rowCount: Int, columnCount: Int, logits: UnsafePointer<Float>, logitsStride: Int,
        logProbabilities: UnsafeMutablePointer<Float>, logProbabilitiesStride: Int
    ) {
        check(rows: rowCount, columns: columnCount, stride: logitsStride, "logSoftmax logits")
        check(rows: rowCount, columns: columnCount, stride: logProbabilitiesStride, "logSoftmax result")
        nk_log_softmax(rowCount, columnCount, logits, logitsStride, logProbabilities, logProbabilitiesStride)
    }

    /// `y = exp(x)`, without the system's mathematics library. `y` may be `x`.
    package static func exp(count: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        check(count: count, "exp")
        nk_exp(count, x, y)
    }

    /// `y = log(x)`, natural, without the system's mathematics library. `y` may be `x`.
    package static func log(count: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        check(count: count, "log")
        nk_log(count, x, y)
    }
}
