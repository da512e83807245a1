import Diagnostics

/// Reads the blocks of a stream, or of several that follow one another, and proves that nothing is missing.
///
/// Streams may be compressed or plain, in several files or concatenated in one; their headers must say the same. Data
/// blocks are numbered through: the first data block of all is number 1.
package final class ShardReader {
    package let header: StreamHeader
    /// Number of the data block that comes next, over all streams.
    package private(set) var nextIndex = 1
    package private(set) var counts = BlockCounts()
    /// Ends of the streams read so far.
    package private(set) var ends: [StreamEnd] = []

    private var remaining: ArraySlice<String>
    private var input: BufferedInput
    private var digest = RunningDigest()
    private var indexInStream = 1
    private var countsInStream = BlockCounts()

    /// Opens the first input and reads its header; `-` is standard input.
    package convenience init(paths: [String]) throws {
        guard let first = paths.first else { throw Failure.noInputGiven() }
        try self.init(BufferedInput(FileInput(path: first, end: .marked)), then: paths.dropFirst())
    }

    package init(_ input: BufferedInput, then remaining: ArraySlice<String> = []) throws {
        self.input = input
        self.remaining = remaining
        guard let block = try Self.readBlock(input) else {
            throw Failure.emptyStream(input.name)
        }
        header = try Self.header(of: block, input)
        digest.update(block.payloadHash)
    }

    /// The next data block, or nil after the END of the last stream.
    package func next() throws -> Block? {
        while true {
            guard var block = try Self.readBlock(input) else {
                guard indexInStream == 0 else {
                    throw Failure.streamWithoutEnd(input.name, afterBlocks: indexInStream - 1, offset: input.offset)
                }
                guard let path = remaining.popFirst() else { return nil }
                input = try BufferedInput(FileInput(path: path, end: .marked))
                guard let block = try Self.readBlock(input) else {
                    throw Failure.emptyStream(input.name)
                }
                try begin(block)
                continue
            }
            if indexInStream == 0 {
                try begin(block)
                continue
            }
            guard block.index == indexInStream else {
                throw Failure.misplacedBlock(
                    block.index, due: indexInStream, place, "blocks were lost or swapped: make the file again")
            }
            switch block.kind {
            case .header:
                throw Failure.streamBeginsBeforeEnd(place)
            case .end:
                try finish(block)
            case .data:
                digest.update(block.payloadHash)
                countsInStream += block.counts
                counts += block.counts
                indexInStream += 1
                block.index = nextIndex
                nextIndex += 1
                return block
            }
        }
    }

    /// Where the reader stands, for messages.
    package var place: String { "\(input.name): byte \(input.offset)" }
    package var name: String { input.name }

    private func begin(_ block: Block) throws {
        let next = try Self.header(of: block, input)
        if let difference = next.difference(from: header) {
            throw Failure.streamDoesNotFit(place, difference)
        }
        digest = RunningDigest()
        digest.update(block.payloadHash)
        indexInStream = 1
        countsInStream = BlockCounts()
    }

    private func finish(_ block: Block) throws {
        let expected = StreamEnd(blocks: indexInStream - 1, counts: countsInStream, digest: digest.hex)
        guard let end = try? JSON.decode(StreamEnd.self, from: block.payload), end == expected else {
            throw Failure.wrongEnd(place)
        }
        ends.append(end)
        indexInStream = 0
    }

    private static func header(of block: Block, _ input: BufferedInput) throws -> StreamHeader {
        guard block.kind == .header, block.index == 0 else {
            throw Failure.streamWithoutHeader(input.name, block: block.index)
        }
        return try StreamHeader(block.payload, place: input.name)
    }

    static func readBlock(_ input: BufferedInput) throws -> Block? {
        let place = "\(input.name): byte \(input.offset)"
        var head = [UInt8](repeating: 0, count: Block.headByteCount)
        let count = try head.withUnsafeMutableBytes { try input.read(into: $0) }
        if count == 0 { return nil }
        let parsed = try head.withUnsafeBytes { try Block.Head(.init(rebasing: $0[..<count]), place: place) }
        // Grown as the bytes come: a head that lies about the size must not make us allocate a gigabyte.
        var payload: [UInt8] = []
        while payload.count < parsed.payloadByteCount {
            let step = min(parsed.payloadByteCount - payload.count, max(1 << 20, payload.count))
            let chunk = try [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                count = try input.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard chunk.count == step else {
                throw Failure.streamEndsInside(block: parsed.index, place)
            }
            if payload.isEmpty { payload = chunk } else { payload += chunk }
        }
        return try parsed.block(payload: payload, place: place)
    }
}
