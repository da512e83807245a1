import Kernels

/// The directions in which vectors differ most, of sums over vectors that need not be in memory together.
///
/// The eigenvectors of the second moments (not of the covariance: who wants the mean out subtracts it before).
package struct PrincipalAxes: Sendable {
    /// Width of the vectors.
    package let dimension: Int
    /// `[dimension, dimension]`, sums of products, in double precision over blocks.
    private var moments: [Double]
    private let block: FloatBuffer

    package init(dimension: Int) {
        self.dimension = dimension
        moments = [Double](repeating: 0, count: dimension * dimension)
        block = FloatBuffer(count: dimension * dimension)
    }

    /// Adds the products of rows.
    ///
    /// - Parameter rows: `[count, dimension]`, row-major.
    package mutating func add(_ rows: UnsafePointer<Float>, count: Int) {
        guard count > 0 else { return }
        let D = dimension
        let packed = PackedMatrix(rowCount: count, columnCount: D)
        packed.pack(rows, rowStride: D, columnStride: 1)
        Kernel.multiply(
            rowCount: D, a: rows, aRowStride: 1, aColumnStride: D, b: packed, c: block.pointer, cStride: D)
        for index in moments.indices { moments[index] += Double(block.pointer[index]) }
    }

    /// The first axes, as columns.
    ///
    /// - Returns: Row-major `[dimension, count]`, and the share of the sum of squares that lies along them.
    package func first(_ count: Int) -> (matrix: [Float], share: Double) {
        let D = dimension
        precondition((1...D).contains(count), "\(count) axes of \(D)")
        // Both halves, which rounding has made to differ.
        let symmetric = (0..<D * D).map { (moments[$0] + moments[$0 % D * D + $0 / D]) / 2 }
        let (vectors, values) = OneSidedJacobi.eigenvectors(of: symmetric, size: D)
        var matrix = [Float](repeating: 0, count: D * count)
        for row in 0..<D {
            for column in 0..<count { matrix[row * count + column] = Float(vectors[column * D + row]) }
        }
        let total = values.reduce(0, +)
        return (matrix, total > 0 ? values.prefix(count).reduce(0, +) / total : 0)
    }
}
