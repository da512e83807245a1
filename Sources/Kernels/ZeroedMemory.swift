import Glibc

/// Memory of zeros that begins at a multiple of 64 bytes.
///
/// Large pieces are pages of the system's that nobody has touched, so that what is never used costs neither time nor memory.
struct ZeroedMemory {
    private static let alignment = 64

    private let block: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer

    init(byteCount: Int) {
        guard let block = calloc(byteCount + Self.alignment, 1) else {
            fatalError("no memory for \(byteCount) bytes")
        }
        self.block = block
        start = block.alignedUp(toMultipleOf: Self.alignment)
    }

    func deallocate() { free(block) }
}
