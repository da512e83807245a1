import Diagnostics

/// Where the bytes of a stream go.
package enum StreamDestination: Sendable {
    case standardOutput
    /// A file that appears when the stream is complete.
    case file(String, OutputRule = OutputRule())

    /// `-` is standard output; nothing binary goes to a terminal.
    package init(_ path: String, _ rule: OutputRule) throws {
        guard path == "-" else {
            self = .file(path, rule)
            return
        }
        guard !StandardOutput.isTerminal else {
            throw Failure.outputIsTerminal()
        }
        self = .standardOutput
    }

    /// Does what must come before the file is opened, and may wait for others, while nobody else can write there; refuses
    /// at once what cannot be written.
    package func reserving<Result>(_ body: () throws -> Result) throws -> Result {
        // A named pipe that is opened and closed again has lost its reader.
        guard case .file(let path, let rule) = self, !Directory.isSpecialFile(path) else { return try body() }
        let file = try AtomicFile(path, rule)
        return try withExtendedLifetime(file, body)
    }
}

/// A block made ready to be written: what is costly is done, what depends on its neighbours is not.
package struct EncodedBlock: Sendable {
    let kind: Block.Kind
    let counts: BlockCounts
    let index: Int
    let payloadHash: UInt64
    let plainByteCount: Int
    /// What is written, in order: a frame, or head and payload of a plain block, which are not copied together.
    let parts: [[UInt8]]

    /// Encodes and compresses; any thread, any order.
    package init(_ block: Block, compressor: FrameCompressor?) throws {
        guard block.payload.count <= Block.maximumPayloadByteCount else {
            throw Failure.blockTooLarge(block)
        }
        kind = block.kind
        counts = block.counts
        index = block.index
        payloadHash = block.payloadHash
        let head = block.head(payloadHash: payloadHash)
        plainByteCount = head.count + block.payload.count
        parts = try compressor.map { [try $0.compress(head, block.payload)] } ?? [head, block.payload]
    }

    var byteCount: Int { parts.reduce(0) { $0 + $1.count } }
}

/// Writes one stream: header, data blocks in order, END, and, when compressed, the seek table.
package final class ShardWriter {
    private let compressor: FrameCompressor?
    private let file: AtomicFile?
    private var digest = RunningDigest()
    private var nextIndex = 0
    private var seekTable = SeekTable()
    private var counts = BlockCounts()

    /// - Parameter compressor: nil writes the plain stream, for pipes between processes of one machine.
    package init(to destination: StreamDestination, header: StreamHeader, compressor: FrameCompressor?) throws {
        self.compressor = compressor
        file = if case .file(let path, let rule) = destination { try AtomicFile(path, rule) } else { nil }
        try append(EncodedBlock(Block(kind: .header, index: 0, payload: header.encoded()), compressor: compressor))
    }

    package func append(_ block: EncodedBlock) throws {
        precondition(block.index == nextIndex, "block \(block.index) comes where block \(nextIndex) is due")
        nextIndex += 1
        counts += block.counts
        if block.kind != .end { digest.update(block.payloadHash) }
        // A plain stream has no seek table, and may be endless.
        if compressor != nil {
            seekTable.append(compressedByteCount: block.byteCount, byteCount: block.plainByteCount)
        }
        for part in block.parts { try write(part) }
    }

    /// Writes END and the seek table; a file gets its final name.
    @discardableResult
    package func finish() throws -> StreamEnd {
        let end = StreamEnd(blocks: nextIndex - 1, counts: counts, digest: digest.hex)
        try append(EncodedBlock(Block(kind: .end, index: nextIndex, payload: JSON.encode(end)), compressor: compressor))
        if compressor != nil { try write(seekTable.encoded()) }
        try file?.commit()
        return end
    }

    private func write(_ bytes: [UInt8]) throws {
        if let file {
            try file.write(bytes)
        } else {
            try bytes.withUnsafeBytes { try StandardOutput.write($0) }
        }
    }
}
