import CZstd
import Diagnostics
import Glibc

/// Compresses blocks, each into one zstd frame with content size and checksum; safe for use by several threads.
///
/// `@unchecked Sendable` holds because a context is used by one thread at a time: it is taken out of the pool under the lock.
package final class FrameCompressor: @unchecked Sendable {
    package let level: Int32
    private var pool: [OpaquePointer] = []
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    package init(level: Int) {
        self.level = Int32(clamping: level)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        for context in pool { ZSTD_freeCCtx(context) }
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        let context = try take()
        defer { giveBack(context) }
        var failure: Failure?
        let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            let status = bytes.withUnsafeBytes { ZSTD_compress2(context, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count) }
            if ZSTD_isError(status) != 0 {
                failure = Failure(.bug, "zstd cannot compress a block: \(String(cString: ZSTD_getErrorName(status)))")
            } else {
                count = status
            }
        }
        if let failure { throw failure }
        return frame
    }

    private func take() throws -> OpaquePointer {
        pthread_mutex_lock(mutex)
        let pooled = pool.popLast()
        pthread_mutex_unlock(mutex)
        if let pooled { return pooled }
        guard let context = ZSTD_createCCtx() else { throw Failure(.inputOutput, "no memory for a zstd context") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        return context
    }

    private func giveBack(_ context: OpaquePointer) {
        pthread_mutex_lock(mutex)
        pool.append(context)
        pthread_mutex_unlock(mutex)
    }
}

/// Decompresses single frames, for random access.
package enum FrameDecompressor {
    /// Decompresses one whole frame of at most `maximumByteCount` bytes of content.
    package static func decompress(_ frame: [UInt8], maximumByteCount: Int, place: String) throws -> [UInt8] {
        let size = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size <= UInt64(maximumByteCount) else {   // also false for the two values that mean "unknown" and "error"
            throw Failure(.badData, "\(place): a zstd frame claims an impossible size; make the file again")
        }
        var status = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            status = frame.withUnsafeBytes { ZSTD_decompress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count) }
            count = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0, bytes.count == Int(size) else {
            throw Failure(.badData, "\(place): corrupt zstd frame (\(String(cString: ZSTD_getErrorName(status)))); make the file again")
        }
        return bytes
    }
}
