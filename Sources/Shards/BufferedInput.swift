import CZstd
import Diagnostics

/// Reads an input through a buffer, decompressing it when it begins with zstd's magic number.
///
/// Plain and compressed input are told apart by their first four bytes, not by name. Frames may follow one another,
/// skippable frames are skipped, a frame that is cut is an error. Memory: one input buffer, one output buffer, and
/// zstd's window (at most 128 MiB, zstd's default limit for decompression; `zstd --long=31` needs more and is refused).
package final class BufferedInput {
    package let name: String
    package let isCompressed: Bool
    /// Offset of the next byte handed out, in the decompressed stream.
    package private(set) var offset = 0

    private let source: any ByteInput
    private var raw: [UInt8]
    private var rawStart = 0
    private var rawEnd = 0
    private let decompressor: OpaquePointer?
    private var isInsideFrame = false
    private var buffer: [UInt8] = []
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    package init(_ source: any ByteInput, bufferByteCount: Int = 1 << 18) throws {
        self.source = source
        name = source.name
        raw = [UInt8](repeating: 0, count: bufferByteCount)
        while rawEnd < 4 {
            let count = try raw.withUnsafeMutableBytes { [rawEnd] in
                try source.read(into: .init(rebasing: $0[rawEnd...]))
            }
            if count == 0 { break }
            rawEnd += count
        }
        let magic = rawEnd < 4 ? 0 : UInt32(raw[0]) | UInt32(raw[1]) << 8 | UInt32(raw[2]) << 16 | UInt32(raw[3]) << 24
        isCompressed = magic == 0xFD2F_B528 || magic & 0xFFFF_FFF0 == 0x184D_2A50
        decompressor = isCompressed ? ZSTD_createDCtx() : nil
        if isCompressed {
            buffer = [UInt8](repeating: 0, count: 2 * bufferByteCount)
        } else {
            swap(&raw, &buffer)
            swap(&rawEnd, &end)
        }
    }

    deinit { ZSTD_freeDCtx(decompressor) }

    /// The bytes that are buffered now; reads more when there are none. Empty means the end of the input.
    ///
    /// The pointer is valid until the next call of a method.
    package func withAvailableBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
        if start == end { try refill() }
        return try buffer.withUnsafeBufferPointer { try body(.init(rebasing: $0[start..<end])) }
    }

    package func consume(_ count: Int) {
        precondition(count <= end - start, "consumed \(count) of \(end - start) bytes")
        start += count
        offset += count
    }

    /// Share of the (compressed) input that was read, from 0 to 1; nil when its size is not known.
    package var fraction: Double? { source.fraction }

    /// The first bytes of the input, up to `count` when there are so many, without consuming them.
    ///
    /// - Precondition: nothing was consumed yet, and `count` fits into the buffer.
    package func peek(_ count: Int) throws -> [UInt8] {
        precondition(offset == 0 && count <= buffer.count, "peek of \(count) bytes at \(offset)")
        while end < count && !isAtEnd { try readMore() }
        return Array(buffer[..<min(count, end)])
    }

    /// Fills `destination` unless the input ends before; returns the number of bytes read.
    package func read(into destination: UnsafeMutableRawBufferPointer) throws -> Int {
        var done = 0
        while done < destination.count {
            let count = try withAvailableBytes { available in
                let count = min(available.count, destination.count - done)
                UnsafeMutableRawBufferPointer(rebasing: destination[done..<done + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(available)[..<count]))
                return count
            }
            if count == 0 { break }
            consume(count)
            done += count
        }
        return done
    }

    private func refill() throws {
        guard !isAtEnd else { return }
        start = 0
        end = 0
        try readMore()
    }

    /// Appends to the buffer, which must not be full; notices the end of the input.
    private func readMore() throws {
        guard let decompressor else {
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: .init(rebasing: $0[end...])) }
            end += count
            isAtEnd = count == 0
            return
        }
        let before = end
        while end == before {
            if rawStart == rawEnd {
                rawStart = 0
                rawEnd = try raw.withUnsafeMutableBytes { try source.read(into: $0) }
                if rawEnd == 0 {
                    guard !isInsideFrame else {
                        throw Failure(
                            .badData,
                            "\(name): compressed data ends in the middle of a zstd frame, after byte \(offset) of the "
                                + "text; the file was cut or the program that wrote it died: make it again")
                    }
                    isAtEnd = true
                    return
                }
            }
            let status = raw.withUnsafeBytes { input in
                buffer.withUnsafeMutableBytes { output in
                    var from = ZSTD_inBuffer(src: input.baseAddress, size: rawEnd, pos: rawStart)
                    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: end)
                    let status = ZSTD_decompressStream(decompressor, &to, &from)
                    rawStart = from.pos
                    end = to.pos
                    return status
                }
            }
            if ZSTD_isError(status) != 0 {
                throw Failure(
                    .badData,
                    "\(name): corrupt zstd data after byte \(offset) of the text "
                        + "(\(String(cString: ZSTD_getErrorName(status)))); check it with 'zstd -t' and make it again")
            }
            isInsideFrame = status != 0
        }
    }
}
