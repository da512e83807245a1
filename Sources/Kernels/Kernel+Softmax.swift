internal import CKernels

extension Kernel {
    /// Adds the bias to the logits, then takes the softmax of each row, after subtracting the row's maximum.
    ///
    /// A logit of minus infinity gets probability 0; a row without a finite maximum, or with a NaN, becomes NaN.
    ///
    /// - Parameters:
    ///   - logits: `[rowCount, K]`, changed.
    ///   - bias: `[K]`.
    ///   - probabilities: `[rowCount, K]`.
    package static func softmax(
        rowCount: Int, columnCount: Int, logits: RowsPointer, bias: UnsafePointer<Float>, probabilities: RowsPointer
    ) {
        check(rows: rowCount, columns: columnCount, stride: logits.stride, "softmax logits")
        check(rows: rowCount, columns: columnCount, stride: probabilities.stride, "softmax probabilities")
        nk_softmax(
            rowCount, columnCount, logits.pointer, logits.stride, bias, probabilities.pointer, probabilities.stride)
    }

    /// The place of the largest of `count` numbers, at least one; of equal ones the first.
    package static func indexOfLargest(count: Int, x: UnsafePointer<Float>) -> Int {
        precondition(count > 0, "the largest of no numbers")
        var best = 0
        for index in 1..<count where x[index] > x[best] { best = index }
        return best
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
