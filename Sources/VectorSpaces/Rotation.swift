import Kernels

/// A linear map of rows, ready to be applied to many.
package struct Rotation: Sendable {
    package let dimension: Int
    private let packed: PackedMatrix

    private static let block = 256

    /// - Parameter matrix: `W`, row-major `[dimension, dimension]`; a row `x` becomes `x W`.
    package init(_ matrix: [Float], dimension: Int) {
        precondition(matrix.count == dimension * dimension, "\(matrix.count) numbers for \(dimension) dimensions")
        self.dimension = dimension
        packed = PackedMatrix(rowCount: dimension, columnCount: dimension)
        packed.pack(matrix, rowStride: dimension, columnStride: 1)
    }

    /// Replaces `count` rows, row-major `[count, dimension]`, by their images.
    package func apply(to rows: UnsafeMutablePointer<Float>, count: Int) {
        let before = FloatBuffer(count: min(count, Self.block) * dimension)
        for start in stride(from: 0, to: count, by: Self.block) {
            let rowCount = min(Self.block, count - start)
            before.pointer.update(from: rows + start * dimension, count: rowCount * dimension)
            Kernel.multiply(
                rowCount: rowCount, a: before.pointer, aRowStride: dimension, b: packed, c: rows + start * dimension,
                cStride: dimension)
        }
        withExtendedLifetime(before) {}
    }
}
