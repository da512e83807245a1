import CZstd
import Diagnostics
import Locks

/// Compresses blocks, each into one zstd frame with content size and checksum; safe for use by several threads.
package final class FrameCompressor: Sendable {
    private final class Context {
        let pointer: OpaquePointer

        init(level: Int32) throws {
            guard let pointer = ZSTD_createCCtx() else { throw Failure(.inputOutput, "no memory for a zstd context") }
            self.pointer = pointer
            ZSTD_CCtx_setParameter(pointer, ZSTD_c_compressionLevel, level)
            ZSTD_CCtx_setParameter(pointer, ZSTD_c_checksumFlag, 1)
        }

        deinit { ZSTD_freeCCtx(pointer) }
    }

    private let level: Int32
    private let pool = Pool<Context>()

    package init(level: Int) { self.level = Int32(clamping: level) }

    package func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        try pool.withElement({ try Context(level: level) }) { try Self.compress(bytes, $0.pointer) }
    }

    private static func compress(_ bytes: [UInt8], _ context: OpaquePointer) throws -> [UInt8] {
        var failure: Failure?
        let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            let status = bytes.withUnsafeBytes {
                ZSTD_compress2(context, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            if ZSTD_isError(status) != 0 {
                failure = Failure(.bug, "zstd cannot compress a block: \(String(cString: ZSTD_getErrorName(status)))")
            } else {
                count = status
            }
        }
        if let failure { throw failure }
        return frame
    }

}

/// Decompresses single frames, for random access.
package enum FrameDecompressor {
    /// Decompresses one whole frame of at most `maximumByteCount` bytes of content.
    package static func decompress(_ frame: [UInt8], maximumByteCount: Int, place: String) throws -> [UInt8] {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size <= UInt64(maximumByteCount) else {  // also false for the two values that mean "unknown" and "error"
            throw Failure(.badData, "\(place): a zstd frame claims an impossible size; make the file again")
        }
        var status = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            status = frame.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0, bytes.count == Int(size) else {
            throw Failure(
                .badData,
                "\(place): corrupt zstd frame (\(String(cString: ZSTD_getErrorName(status)))); make the file again")
        }
        return bytes
    }
}
