internal import CKernels

extension Kernel {
    /// Row number that stands for a row of zeros in ``gatherHalf(rowNumbers:table:columnCount:scale:out:outStride:)``.
    package static let noRow = UInt32.max

    /// Widens IEEE binary16 values, given by their bits.
    package static func halfToFloat(count: Int, x: UnsafePointer<UInt16>, y: UnsafeMutablePointer<Float>) {
        check(count: count, "halfToFloat")
        nk_f16_to_f32(count, x, y)
    }

    /// Narrows to IEEE binary16, to nearest even; too large values become infinite, NaN stays (quiet) NaN.
    package static func floatToHalf(count: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<UInt16>) {
        check(count: count, "floatToHalf")
        nk_f32_to_f16(count, x, y)
    }

    /// `out[i] = scale * table[rowNumbers[i]]` for rows of `columnCount` binary16 values; ``noRow`` gives zeros.
    ///
    /// - Precondition: Every other row number lies in the table. This is not checked here: the look-up that made
    ///   the number did.
    package static func gatherHalf(
        rowNumbers: UnsafeBufferPointer<UInt32>, table: UnsafePointer<UInt16>, columnCount: Int, scale: Float,
        out: UnsafeMutablePointer<Float>, outStride: Int
    ) {
        check(rows: rowNumbers.count, columns: columnCount, stride: outStride, "gatherHalf")
        guard let numbers = rowNumbers.baseAddress else { return }
        nk_gather_f16(rowNumbers.count, numbers, table, columnCount, scale, out, outStride)
    }

    /// `out[i] = (scale * rowScales[n]) * table[n]`, `n = rowNumbers[i]`, for rows of `columnCount` 8-bit whole numbers;
    /// ``noRow`` gives zeros. The same on every path.
    ///
    /// - Precondition: Every other row number lies in the table and in `rowScales`. This is not checked here.
    package static func gatherInt8(
        rowNumbers: UnsafeBufferPointer<UInt32>, table: UnsafePointer<Int8>, rowScales: UnsafePointer<Float>,
        columnCount: Int, scale: Float, out: UnsafeMutablePointer<Float>, outStride: Int
    ) {
        check(rows: rowNumbers.count, columns: columnCount, stride: outStride, "gatherInt8")
        guard let numbers = rowNumbers.baseAddress else { return }
        nk_gather_i8(rowNumbers.count, numbers, table, rowScales, columnCount, scale, out, outStride)
    }

    /// Multiply-add chains in registers, for measuring the peak of a core.
    ///
    /// - Returns: Floating point operations done.
    package static func runMultiplyAddChain(iterationCount: Int) -> Int {
        var sink: (Float, Float, Float) = (0.999, 1e-3, 0)
        return withUnsafeMutableBytes(of: &sink) { bytes in
            nk_fma_chain(iterationCount, bytes.bindMemory(to: Float.self).baseAddress)
        }
    }
}
