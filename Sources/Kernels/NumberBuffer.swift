/// Owned row numbers, zero at first.
///
/// `@unchecked Sendable` for the reasons of ``FloatBuffer``.
package final class NumberBuffer: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutablePointer<UInt32>
    private let memory: ZeroedMemory

    /// - Parameter isReadAtRandom: All of it is used, in no order: see ``LargePages``.
    package init(count: Int, isReadAtRandom: Bool = false) {
        precondition(count >= 0 && count <= Int.max / 8, "buffer of \(count) row numbers")
        self.count = count
        memory = ZeroedMemory(
            byteCount: max(count, 1) * MemoryLayout<UInt32>.stride, isReadAtRandom: isReadAtRandom)
        pointer = memory.start.bindMemory(to: UInt32.self, capacity: max(count, 1))
    }

    package convenience init(_ numbers: [UInt32]) {
        self.init(count: numbers.count)
        numbers.withUnsafeBufferPointer { if let base = $0.baseAddress { pointer.update(from: base, count: $0.count) } }
    }

    deinit { memory.deallocate() }
}
