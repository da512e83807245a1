import CZstd
import Diagnostics

/// Reads an input through a buffer, decompressing it when it is packed with zstd or gzip; what is packed otherwise is
/// named and refused.
///
/// Plain and packed input are told apart by their first bytes, not by name. Frames may follow one another, skippable
/// frames are skipped, a frame that is cut is an error. Memory: one input buffer, one output buffer, and zstd's window
/// (at most 128 MiB, zstd's default limit for decompression; `zstd --long=31` needs more and is refused).
package final class BufferedInput {
    package let name: String
    package var isCompressed: Bool { packing != .none }
    /// Offset of the next byte handed out, in the decompressed stream.
    package private(set) var offset: Int

    private let packing: Packing
    private let source: any ByteInput
    private var raw: [UInt8] = []
    private var rawStart = 0
    private var rawEnd = 0
    private let decompressor: OpaquePointer?
    private var isInsideFrame = false
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    /// Of what is consumed from now on, when somebody wants it.
    package var digest: RunningDigest?
    /// Where in the content frames begin and end; empty when it is not known before.
    private let frameEnds: Set<Int>

    package convenience init(_ source: any ByteInput, bufferByteCount: Int = 1 << 18) throws {
        var input = try ExaminedInput(source)
        let packing = Packing(head: input.head)
        if case .foreign(let foreign) = packing { throw Failure.foreignPacking(foreign, source.name) }
        if packing == .gzip {
            input = try ExaminedInput(GzipInput(input))
            let inner = Packing(head: input.head)
            if inner != .none { throw Failure.packedTwice(packing, inner, source.name) }
        }
        self.init(input, packing, bufferByteCount)
    }

    /// Reads on in the middle of plain content, whose bytes there say nothing of how it is packed.
    convenience init(plain source: FileInput, at offset: Int) { self.init(source, .none, at: offset) }

    /// Reads on where a zstd frame begins.
    ///
    /// - Parameters:
    ///   - offset: Of its content in that of the file.
    ///   - frameEnds: Where frames begin and end in the content, which is held against those that are read; empty when they say it
    ///     themselves.
    convenience init(frames source: FileInput, at offset: Int, frameEnds: Set<Int> = []) {
        self.init(source, .zstd, at: offset, frameEnds: frameEnds)
    }

    private init(
        _ source: any ByteInput, _ packing: Packing, _ bufferByteCount: Int = 1 << 18, at offset: Int = 0,
        frameEnds: Set<Int> = []
    ) {
        (self.source, self.packing, self.offset, self.frameEnds) = (source, packing, offset, frameEnds)
        name = source.name
        decompressor = packing == .zstd ? ZSTD_createDCtx() : nil
        if decompressor != nil { raw = [UInt8](repeating: 0, count: bufferByteCount) }
        buffer = [UInt8](repeating: 0, count: bufferByteCount * (decompressor == nil ? 1 : 2))
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
        if let digest { buffer.withUnsafeBytes { digest.update(.init(rebasing: $0[start..<start + count])) } }
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
                    guard !isInsideFrame else { throw Failure.cutZstd(name, offset) }
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
            guard ZSTD_isError(status) == 0 else { throw Failure.zstd(status, name, offset) }
            isInsideFrame = status != 0
            guard isInsideFrame || frameEnds.isEmpty || frameEnds.contains(offset + end - start) else {
                throw Failure.wrongSeekTable(name)
            }
        }
        if offset == 0 && before == 0 {
            let inner = Packing(head: buffer[..<end])
            if inner != .none { throw Failure.packedTwice(packing, inner, name) }
        }
    }
}
