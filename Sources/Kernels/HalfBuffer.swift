/// Owned bit patterns of 16-bit floats of either kind, 64-byte aligned, zero at first.
///
/// `@unchecked Sendable` for the reasons of ``FloatBuffer``.
package final class HalfBuffer: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutablePointer<UInt16>
    private let memory: ZeroedMemory

    /// - Parameter isReadAtRandom: All of it is used, in no order: see ``LargePages``.
    package init(count: Int, isReadAtRandom: Bool = false) {
        precondition(count >= 0 && count <= Int.max / 4, "buffer of \(count) 16-bit numbers")
        self.count = count
        let padded = max((count + 31) / 32 * 32, 32)
        memory = ZeroedMemory(byteCount: padded * 2, isReadAtRandom: isReadAtRandom)
        pointer = memory.start.bindMemory(to: UInt16.self, capacity: padded)
    }

    /// Sets every number to 0.
    package func zero() { pointer.update(repeating: 0, count: count) }

    deinit { memory.deallocate() }
}
