import Glibc

/// Memory of zeros that begins at a multiple of 64 bytes.
///
/// Large pieces are pages of the system's that nobody has touched, so that what is never used costs neither time nor memory.
struct ZeroedMemory {
    private static let alignment = 64

    private let block: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer

    /// - Parameter isReadAtRandom: All of it is used, in no order: see ``LargePages``.
    init(byteCount: Int, isReadAtRandom: Bool = false) {
        guard let block = calloc(byteCount + Self.alignment, 1) else {
            fatalError("no memory for \(byteCount) bytes")
        }
        self.block = block
        start = block.alignedUp(toMultipleOf: Self.alignment)
        if isReadAtRandom { LargePages.advise(block, byteCount: byteCount) }
    }

    func deallocate() { free(block) }
}
