import CZstd
import Diagnostics
import Locks

/// Compresses blocks, each into one zstd frame with content size and checksum; safe for use by several threads.
package final class FrameCompressor: Sendable {
    /// A context of zstd and memory for the content and the frame, which are too large to be made anew each time.
    private final class Context {
        let pointer: OpaquePointer
        var content: [UInt8] = []
        var frame: [UInt8] = []

        init(level: Int32) throws {
            guard let pointer = ZSTD_createCCtx() else { throw Failure.noMemoryForZstd() }
            self.pointer = pointer
            ZSTD_CCtx_setParameter(pointer, ZSTD_c_compressionLevel, level)
            ZSTD_CCtx_setParameter(pointer, ZSTD_c_checksumFlag, 1)
        }

        deinit { ZSTD_freeCCtx(pointer) }

        func compress(_ parts: [[UInt8]]) throws -> [UInt8] {
            content.removeAll(keepingCapacity: true)
            for part in parts { content += part }
            let bound = ZSTD_compressBound(content.count)
            if frame.count < bound { frame = [UInt8](repeating: 0, count: bound) }
            let status = content.withUnsafeBytes { content in
                frame.withUnsafeMutableBytes {
                    ZSTD_compress2(pointer, $0.baseAddress, $0.count, content.baseAddress, content.count)
                }
            }
            guard ZSTD_isError(status) == 0 else {
                throw Failure.cannotCompress(status)
            }
            return Array(frame[..<status])
        }
    }

    private let level: Int32
    private let pool = Pool<Context>()

    package init(level: Int) { self.level = Int32(clamping: level) }

    /// Bytes that the frame of so many bytes has at most.
    static func bound(_ byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

    /// One frame of the parts laid end to end.
    package func compress(_ parts: [UInt8]...) throws -> [UInt8] {
        try pool.withElement({ try Context(level: level) }) { try $0.compress(parts) }
    }
}

/// Decompresses single frames, for random access.
package enum FrameDecompressor {
    /// Decompresses one whole frame of at most `maximumByteCount` bytes of content.
    package static func decompress(_ frame: [UInt8], maximumByteCount: Int, place: String) throws -> [UInt8] {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size <= UInt64(maximumByteCount) else {  // also false for the two values that mean "unknown" and "error"
            throw Failure.impossibleFrame(place)
        }
        var status = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            status = frame.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0, bytes.count == Int(size) else {
            throw Failure.corruptFrame(status, place)
        }
        return bytes
    }
}
