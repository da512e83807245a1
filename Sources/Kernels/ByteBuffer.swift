/// Owned bytes, 64-byte aligned, zero at first.
///
/// `@unchecked Sendable` for the reasons of ``FloatBuffer``.
package final class ByteBuffer: @unchecked Sendable {
    package let count: Int
    package let pointer: UnsafeMutableRawPointer

    package init(count: Int) {
        precondition(count >= 0 && count <= Int.max / 2, "buffer of \(count) bytes")
        self.count = count
        let padded = max((count + 63) / 64 * 64, 64)
        pointer = .allocate(byteCount: padded, alignment: 64)
        pointer.initializeMemory(as: UInt8.self, repeating: 0, count: padded)
    }

    deinit { pointer.deallocate() }
}
