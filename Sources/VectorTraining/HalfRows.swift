import Kernels

/// Rows of 16-bit floats.
final class HalfRows: Sendable {
    let count: Int
    let dimension: Int
    /// Numbers of a row: the dimension rounded up to 16, the rest zero.
    let stride: Int
    let buffer: HalfBuffer

    init(count: Int, dimension: Int) {
        (self.count, self.dimension) = (count, dimension)
        stride = Self.stride(dimension)
        buffer = HalfBuffer(count: count * stride, isReadAtRandom: true)
    }

    static func stride(_ dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

    func copy(_ row: Int, into vector: UnsafeMutablePointer<Float>) {
        Kernel.halfToFloat(count: dimension, x: buffer.pointer + row * stride, y: vector)
    }

    func set(_ row: Int, to vector: UnsafePointer<Float>) {
        Kernel.floatToHalf(count: dimension, x: vector, y: buffer.pointer + row * stride)
    }
}
