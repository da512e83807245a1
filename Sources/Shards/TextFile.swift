/// A file of text that appears when it is complete, compressed when its name says so (`.zst`, `.zstd`).
///
/// Frames are of about 1 MiB of text, so that memory is that of one.
package final class TextFile {
    private static let frameByteCount = 1 << 20
    private let file: AtomicFile
    private let compressor: FrameCompressor?
    private var pending: [UInt8] = []

    package init(_ path: String, _ rule: OutputRule = OutputRule()) throws {
        compressor = [".zst", ".zstd"].contains { path.hasSuffix($0) } ? FrameCompressor(level: 3) : nil
        file = try AtomicFile(path, rule)
    }

    package func write(_ bytes: [UInt8]) throws {
        guard compressor != nil else { return try file.write(bytes) }
        pending += bytes
        if pending.count >= Self.frameByteCount { try flush() }
    }

    /// Writes what is left; the file gets its name.
    package func commit() throws {
        // Of nothing at all there is one empty frame: an empty file is no zstd.
        if compressor != nil, !pending.isEmpty || file.byteCount == 0 { try flush() }
        try file.commit()
    }

    private func flush() throws {
        guard let compressor else { return }
        try file.write(compressor.compress(pending))
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes a whole file at once.
    package static func write(_ text: [UInt8], to path: String, _ rule: OutputRule) throws {
        let file = try TextFile(path, rule)
        try file.write(text)
        try file.commit()
    }

    package static func write(_ text: String, to path: String, _ rule: OutputRule) throws {
        try write(Array(text.utf8), to: path, rule)
    }
}
