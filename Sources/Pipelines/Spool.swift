import Corpora
import Diagnostics
import Distillation
package import Shards
import Streams

/// Keeps a stream that passes only once in shards of a work folder, so that several epochs can read it.
///
/// Shards become visible when they are finished, so an interrupted spool keeps all but the last one; the stream,
/// replayed, is compared by the digest of its text and continued.
package struct Spool: Sendable {
    package let path: String
    /// Blocks per shard: what can be lost, against the number of files.
    private static let blocksPerShard = 32
    private static let completeName = "complete.json"

    package init(path: String) { self.path = path }

    private struct Completion: Codable {
        var blocks: Int
        var flow: FlowRecord?
    }

    package var shardPaths: [String] {
        Directory.names(in: path).filter { $0.hasPrefix("shard-") && $0.hasSuffix(".zst") }.map { "\(path)/\($0)" }
    }

    /// The finished spool, or nil.
    package func library() throws -> ShardLibrary? {
        guard Directory.fileExists("\(path)/\(Self.completeName)") else { return nil }
        let record = try Directory.contents(of: "\(path)/\(Self.completeName)")
        let completion = try? JSON.decode(Completion.self, from: record)
        guard let library = try ShardLibrary(paths: shardPaths), library.blockCount == completion?.blocks else {
            throw Failure.damagedSpool(path)
        }
        return library
    }

    /// What flowed until the spool was finished; nil when it is not.
    func flow() throws -> FlowRecord? {
        guard Directory.fileExists("\(path)/\(Self.completeName)") else { return nil }
        let record = try Directory.contents(of: "\(path)/\(Self.completeName)")
        return try? JSON.decode(Completion.self, from: record).flow
    }

    /// Number of blocks in finished shards, and the digest of their text.
    package func existing(header: StreamHeader) throws -> (blocks: Int, textDigest: UInt64) {
        guard let library = try ShardLibrary(paths: shardPaths) else { return (0, 0) }
        if let difference = library.header.difference(from: header) {
            throw Failure.anotherStream(path, difference)
        }
        var digest: UInt64 = 0
        for index in 0..<library.blockCount { digest = TextDigest.chain(digest, try library.batch(index)) }
        return (library.blockCount, digest)
    }

    /// Writes what comes after the blocks that are there; the first of the stream are only compared.
    ///
    /// - Parameter flow: Asked in the end for what flowed.
    package func fill(
        from stream: BatchStream, existing: (blocks: Int, textDigest: UInt64), counters: StageCounters,
        flow: () -> FlowRecord? = { nil }
    ) async throws {
        try Directory.make(path)
        let compressor = FrameCompressor(level: 1)
        var skipped = 0, digest: UInt64 = 0
        var written = existing.blocks
        var writer: ShardWriter?, blocks = 0
        for try await batch in stream {
            if skipped < existing.blocks {
                digest = TextDigest.chain(digest, batch)
                skipped += 1
                if skipped == existing.blocks && digest != existing.textDigest {
                    throw Failure.replayMismatch(path, blocks: skipped)
                }
                continue
            }
            let shard =
                try writer
                ?? ShardWriter(
                    to: .file(shardPath(written / Self.blocksPerShard)), header: stream.header, compressor: compressor)
            blocks += 1
            written += 1
            var renumbered = batch
            renumbered.index = blocks
            try counters.measure(batch.counts) {
                try shard.append(EncodedBlock(renumbered.block(), compressor: compressor))
            }
            writer = shard
            if blocks == Self.blocksPerShard {
                try shard.finish()
                (writer, blocks) = (nil, 0)
            }
        }
        guard skipped == existing.blocks else { throw Failure.replayMismatch(path, blocks: skipped) }
        guard written > 0 else { throw Failure.noTokens(Directory.parent(of: path)) }
        try writer?.finish()
        try AtomicFile.write(JSON.encode(Completion(blocks: written, flow: flow())), to: "\(path)/\(Self.completeName)")
    }

    package func remove() throws {
        if Directory.exists(path) { try Directory.removeFolder(path) }
    }

    private func shardPath(_ number: Int) -> String {
        "\(path)/shard-\(FileNumber.text(number, digits: 6)).zst"
    }
}
