import CZstd
import NERPipeTesting

@testable import Shards

let testHeader = StreamHeader(kind: .tokens, producer: "test", language: "xx", tokenizer: "given")

/// Data blocks with payloads of the sizes given, numbered from 1.
func testBlocks(_ sizes: [Int], seed: UInt64 = 1) -> [Block] {
    var random = SeededGenerator(seed: seed)
    return sizes.enumerated().map { index, size in
        // Few values, so that there is something to compress.
        let payload = (0..<size).map { _ in UInt8.random(in: 0..<6, using: &random) }
        return Block(
            kind: .data, index: index + 1, counts: BlockCounts(documents: 1, sentences: 2, tokens: size),
            payload: payload)
    }
}

/// The blocks of a whole stream, header and END included.
func wholeStream(_ header: StreamHeader, _ data: [Block]) throws -> [Block] {
    let first = Block(kind: .header, index: 0, payload: try header.encoded())
    let digest = RunningDigest()
    var counts = BlockCounts()
    for block in [first] + data { digest.update(block.payloadHash) }
    for block in data { counts += block.counts }
    let end = StreamEnd(blocks: data.count, counts: counts, digest: digest.hex)
    return [first] + data + [Block(kind: .end, index: data.count + 1, payload: try JSON.encode(end))]
}

/// Bytes of blocks one after the other.
func bytes(of blocks: [Block], compressed: Bool) throws -> [UInt8] {
    let compressor = FrameCompressor(level: 3)
    var bytes: [UInt8] = []
    for block in blocks { bytes += compressed ? try compressor.compress(block.encoded()) : block.encoded() }
    return bytes
}

struct ReadStream: Equatable {
    var header: StreamHeader
    var payloads: [[UInt8]]
    var indices: [Int]
    var counts: BlockCounts
}

func read(_ input: any ByteInput, bufferByteCount: Int = 4096) throws -> ReadStream {
    let reader = try ShardReader(BufferedInput(input, bufferByteCount: bufferByteCount))
    var result = ReadStream(header: reader.header, payloads: [], indices: [], counts: BlockCounts())
    while let block = try reader.next() {
        result.payloads.append(block.payload)
        result.indices.append(block.index)
    }
    result.counts = reader.counts
    return result
}

func read(_ bytes: [UInt8]) throws -> ReadStream { try read(MemoryInput(bytes)) }

/// Gives its bytes in pieces of changing size, as a pipe does.
final class TrickleInput: ByteInput {
    let name = "<trickle>"
    private let bytes: [UInt8]
    private let pieces: [Int]
    private var position = 0
    private var calls = 0

    init(_ bytes: [UInt8], pieces: [Int]) {
        self.bytes = bytes
        self.pieces = pieces
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position, pieces[calls % pieces.count])
        calls += 1
        for index in 0..<count { buffer[index] = bytes[position + index] }
        position += count
        return count
    }
}

/// A frame as other programs make it: without a checksum.
func frameWithoutChecksum(_ content: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(content.count)) { buffer, count in
        count = content.withUnsafeBytes { ZSTD_compress(buffer.baseAddress, buffer.count, $0.baseAddress, $0.count, 3) }
    }
}
