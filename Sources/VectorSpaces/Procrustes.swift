package import Kernels

/// The rotation that brings one set of points nearest to another (Schönemann 1966, "A generalized solution of the
/// orthogonal Procrustes problem").
package enum Procrustes {
    /// Rows whose products are summed in single precision before they are added to the sum in double precision.
    private static let chunk = 256

    /// The orthogonal matrix `W` that minimises `sum_i weights[i] |x_i W - y_i|^2`: `W = U V'`, where `U S V'` is the
    /// singular value decomposition of `X' diag(weights) Y`.
    ///
    /// The points may span less than the whole space; what is orthogonal to all of them is then mapped by some
    /// orthogonal map, always the same one. Time grows with `count * dimension^2` and `dimension^3`.
    ///
    /// - Parameters:
    ///   - x: Points, row-major `[count, dimension]`; finite.
    ///   - y: Where each should go, of the same shape.
    ///   - count: Number of pairs; 0 gives the identity.
    ///   - dimension: Width of a point.
    ///   - weights: One weight per pair, at least 0; nil weighs all alike.
    /// - Returns: `W`, row-major `[dimension, dimension]`; the image of a row vector `x` is `x W`.
    package static func rotation(
        from x: FloatBuffer, to y: FloatBuffer, count: Int, dimension: Int, weights: [Float]? = nil
    ) -> [Float] {
        precondition(
            count >= 0 && dimension > 0 && x.count >= count * dimension && y.count >= count * dimension
                && (weights?.count ?? count) == count,
            "Procrustes: \(x.count) and \(y.count) floats, \(weights?.count ?? count) weights for \(count) x \(dimension)"
        )
        let covariance = crossCovariance(x, y, count: count, dimension: dimension, weights: weights)
        return OneSidedJacobi.orthogonalFactor(of: covariance, size: dimension)
    }

    /// `X' diag(weights) Y`, row-major `[dimension, dimension]`.
    private static func crossCovariance(
        _ x: FloatBuffer, _ y: FloatBuffer, count: Int, dimension D: Int, weights: [Float]?
    ) -> [Double] {
        var sum = [Double](repeating: 0, count: D * D)
        let weighted = FloatBuffer(count: chunk * D), product = FloatBuffer(count: D * D)
        var packed = PackedMatrix(rowCount: chunk, columnCount: D)
        for start in stride(from: 0, to: count, by: chunk) {
            let rows = min(chunk, count - start)
            weighted.pointer.update(from: x.pointer + start * D, count: rows * D)
            if let weights {
                for row in 0..<rows { Kernel.scale(count: D, a: weights[start + row], y: weighted.pointer + row * D) }
            }
            packed.repack(y.pointer + start * D, rowCount: rows, columnCount: D, rowStride: D, columnStride: 1)
            Kernel.multiply(
                rowCount: D, a: weighted.pointer, aRowStride: 1, aColumnStride: D, b: packed, c: product.pointer,
                cStride: D)
            sum.withUnsafeMutableBufferPointer { sum in
                for index in 0..<D * D { sum[index] += Double(product.pointer[index]) }
            }
        }
        withExtendedLifetime((x, y, weighted, product)) {}
        return sum
    }
}
