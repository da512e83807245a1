/// Owned storage for weights, gradients and activations: `count` floats, 64-byte aligned, zero at first.
///
/// A class, so that layers and optimizer can refer to the same weights. Padded to a multiple of 16 floats; the padding
/// is not part of the buffer.
///
/// `@unchecked Sendable`: the address and count never change. The contents are the callers' affair: any number of tasks
/// may read, and one may write while nobody else reads or writes the same elements.
package final class FloatBuffer: @unchecked Sendable {
    /// Number of floats.
    package let count: Int
    /// First element. Valid while the buffer lives: hold the buffer (`withExtendedLifetime`, or a stored property of
    /// something alive) for as long as this is used.
    package let pointer: UnsafeMutablePointer<Float>
    private let memory: ZeroedMemory

    /// Makes a buffer of zeros.
    ///
    /// - Precondition: `count` is at least 0 and its bytes fit in an `Int`. Check sizes that come from outside first.
    /// - Parameter isReadAtRandom: All of it is used, in no order: see ``LargePages``.
    package init(count: Int, isReadAtRandom: Bool = false) {
        precondition(count >= 0 && count <= Int.max / 8, "FloatBuffer of \(count) floats")
        self.count = count
        let padded = max((count + 15) / 16 * 16, 16)
        memory = ZeroedMemory(byteCount: padded * MemoryLayout<Float>.stride, isReadAtRandom: isReadAtRandom)
        pointer = memory.start.bindMemory(to: Float.self, capacity: padded)
    }

    /// Makes a buffer that holds a copy of `elements`.
    package convenience init(_ elements: some Collection<Float>) {
        self.init(count: elements.count)
        var index = 0
        for element in elements {
            pointer[index] = element
            index += 1
        }
    }

    deinit {
        memory.deallocate()
    }

    /// One element.
    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "FloatBuffer index \(index) of \(count)")
            return pointer[index]
        }
        set {
            precondition(index >= 0 && index < count, "FloatBuffer index \(index) of \(count)")
            pointer[index] = newValue
        }
    }

    /// Sets every element to 0.
    package func zero() {
        pointer.update(repeating: 0, count: count)
    }

    /// Overwrites the buffer with another one of the same count.
    package func copy(from other: FloatBuffer) {
        precondition(other.count == count, "FloatBuffer of \(count) copied from \(other.count)")
        pointer.update(from: other.pointer, count: count)
    }

    /// A new buffer of the same elements.
    package func copied() -> FloatBuffer {
        let copy = FloatBuffer(count: count)
        copy.copy(from: self)
        return copy
    }

    /// The elements as an array.
    package var array: [Float] {
        Array(UnsafeBufferPointer(start: pointer, count: count))
    }

    /// Lends the elements for reading.
    package func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
        try body(Span(_unsafeStart: pointer, count: count))
    }

    /// Lends the elements for writing.
    package func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
        var span = MutableSpan(_unsafeStart: pointer, count: count)
        return try body(&span)
    }

    /// Lends the address of the elements; the buffer lives until `body` returns.
    package func withPointer<Result>(_ body: (UnsafeMutablePointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) { try body(pointer) }
    }
}
