package import Corpora
import Diagnostics
import Distillation
import Randomness
package import Shards
import Streams
import Taggers

/// Data blocks in finished shards, readable in any order: what several epochs are trained on, out of core.
package final class BlockLibrary: @unchecked Sendable {
    // `@unchecked Sendable`: read with `pread` only; nothing changes after the initializer.
    package let header: StreamHeader
    package let counts: BlockCounts
    private let shards: [RandomAccessShard]
    /// Number of blocks before each shard.
    private let firstBlocks: [Int]
    package let blockCount: Int

    /// Opens shards in order; nil when one of them has no seek table, or is standard input.
    package init?(paths: [String]) throws {
        guard !paths.contains("-") else { return nil }
        var shards: [RandomAccessShard] = []
        for path in paths {
            guard let shard = try RandomAccessShard(path: path) else { return nil }
            if let first = shards.first, let difference = shard.header.difference(from: first.header) {
                throw Failure(.badData, "\(path): does not fit \(first.path): \(difference)")
            }
            shards.append(shard)
        }
        guard let first = shards.first else { return nil }
        header = first.header
        self.shards = shards
        var total = BlockCounts()
        var firstBlocks: [Int] = []
        var blocks = 0
        for shard in shards {
            firstBlocks.append(blocks)
            blocks += shard.blockCount
            total += shard.end.counts
        }
        self.firstBlocks = firstBlocks
        blockCount = blocks
        counts = total
    }

    /// Digest of all blocks, for the identity of a run.
    package var digest: String { Digest.hex(Array(shards.map(\.end.digest).joined(separator: " ").utf8)) }

    /// Block `index`, counted from 0 over all shards.
    package func batch(_ index: Int) throws -> SentenceBatch {
        let shard = firstBlocks.lastIndex { $0 <= index } ?? 0
        let block = try shards[shard].block(index - firstBlocks[shard] + 1)
        return try SentenceBatch(block, header: header, place: shards[shard].path)
    }

    /// The blocks of an epoch in shuffled order from a position on, read on a thread of their own.
    func epoch(_ epoch: Int, from position: Int, seed: UInt64, runner: PipelineRunner) -> BoundedStream<SentenceBatch> {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: PipelineRunner.streamCapacity)
        var random = RandomSource(seed: seed, stream: .blockOrder, UInt64(epoch))
        let order = random.permutation(blockCount)
        runner.addBlocking { [self] in
            var next = position
            try await PipelineRunner.produce(into: sender) {
                guard next < order.count else { return nil }
                defer { next += 1 }
                return try batch(order[next])
            }
        }
        return batches
    }
}

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

    private struct Completion: Codable { var blocks: Int }

    package var shardPaths: [String] {
        Directory.names(in: path).filter { $0.hasPrefix("shard-") && $0.hasSuffix(".zst") }.map { "\(path)/\($0)" }
    }

    /// The finished spool, or nil.
    package func library() throws -> BlockLibrary? {
        guard Directory.fileExists("\(path)/\(Self.completeName)") else { return nil }
        let record = try Directory.contents(of: "\(path)/\(Self.completeName)")
        let completion = try? JSON.decode(Completion.self, from: record)
        guard let library = try BlockLibrary(paths: shardPaths), library.blockCount == completion?.blocks else {
            throw Failure(.badData, "\(path): the spool is damaged; start over with --fresh")
        }
        return library
    }

    /// Number of blocks in finished shards, and the digest of their text.
    package func existing(header: StreamHeader) throws -> (blocks: Int, textDigest: UInt64) {
        guard let library = try BlockLibrary(paths: shardPaths) else { return (0, 0) }
        if let difference = library.header.difference(from: header) {
            throw Failure(
                .mismatch,
                "\(path): cannot resume, the stream is another one: \(difference); use the same inputs, or --fresh to start over"
            )
        }
        var digest: UInt64 = 0
        for index in 0..<library.blockCount { digest = TextDigest.chain(digest, try library.batch(index)) }
        return (library.blockCount, digest)
    }

    /// Writes what comes after the blocks that are there; the first of the stream are only compared.
    package func fill(from stream: BatchStream, existing: (blocks: Int, textDigest: UInt64), counters: StageCounters)
        async throws
    {
        try Directory.make(path)
        let compressor = FrameCompressor(level: 1)
        let header = stream.header
        var skipped = 0
        var digest: UInt64 = 0
        var written = existing.blocks
        var writer: (ShardWriter, blocks: Int)?
        for try await batch in stream {
            if skipped < existing.blocks {
                digest = TextDigest.chain(digest, batch)
                skipped += 1
                if skipped == existing.blocks && digest != existing.textDigest {
                    throw Self.replayMismatch(path, skipped)
                }
                continue
            }
            var (shard, blocks) =
                try writer ?? (
                    ShardWriter(
                        to: .file(shardPath(written / Self.blocksPerShard)), header: header, compressor: compressor), 0
                )
            blocks += 1
            written += 1
            var renumbered = batch
            renumbered.index = blocks
            try counters.measure(batch.counts) {
                try shard.append(EncodedBlock(renumbered.block(), compressor: compressor))
            }
            if blocks == Self.blocksPerShard {
                try shard.finish()
                writer = nil
            } else {
                writer = (shard, blocks)
            }
        }
        guard skipped == existing.blocks else { throw Self.replayMismatch(path, skipped) }
        guard written > 0 else { throw StudentTraining.noTokens(Directory.parent(of: path)) }
        try writer?.0.finish()
        try AtomicFile.write(JSON.encode(Completion(blocks: written)), to: "\(path)/\(Self.completeName)")
    }

    package func remove() throws {
        if Directory.exists(path) { try Directory.removeFolder(path) }
    }

    private func shardPath(_ number: Int) -> String {
        "\(path)/shard-\(FileNumber.text(number, digits: 6)).zst"
    }

    static func replayMismatch(_ path: String, _ blocks: Int) -> Failure {
        Failure(
            .mismatch,
            "\(path): cannot resume: the text of the first \(blocks) blocks is not what it was before the interruption; "
                + "replay the same input with the same options, or start over with --fresh")
    }
}
