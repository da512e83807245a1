import Diagnostics

/// Data blocks in finished shards that follow one another, readable in any order and by any number of threads: what is learnt
/// from several times, out of core.
package struct ShardLibrary: Sendable {
    package let header: StreamHeader
    package let counts: BlockCounts
    package let blockCount: Int
    /// Digest of all blocks, for the identity of a run.
    package let digest: String
    private let shards: [RandomAccessShard]
    /// Number of blocks before each shard.
    private let firstBlocks: [Int]

    /// Opens shards in order; nil when one of them has no seek table, or is standard input, or when there are none.
    package init?(paths: [String]) throws {
        guard !paths.contains("-") else { return nil }
        var shards: [RandomAccessShard] = []
        for path in paths {
            guard let shard = try RandomAccessShard(path: path) else { return nil }
            shards.append(shard)
        }
        try self.init(shards)
    }

    /// nil when there are none.
    package init?(_ shards: [RandomAccessShard]) throws {
        guard let first = shards.first else { return nil }
        var counts = BlockCounts(), firstBlocks: [Int] = [], blockCount = 0
        for shard in shards {
            if let difference = shard.header.difference(from: first.header) {
                throw Failure.shardsDoNotFit(shard.path, first.path, difference)
            }
            firstBlocks.append(blockCount)
            blockCount += shard.blockCount
            counts += shard.end.counts
        }
        header = first.header
        digest = Digest.hex(Array(shards.map(\.end.digest).joined(separator: " ").utf8))
        (self.shards, self.firstBlocks, self.blockCount, self.counts) = (shards, firstBlocks, blockCount, counts)
    }

    /// Where blocks lie: the files, and which of their own blocks, counted from 0.
    package func parts(of range: Range<Int>) -> [(path: String, blocks: Range<Int>)] {
        zip(shards, firstBlocks).compactMap { shard, first in
            let blocks = range.clamped(to: first..<first + shard.blockCount)
            return blocks.isEmpty ? nil : (shard.path, blocks.lowerBound - first..<blocks.upperBound - first)
        }
    }

    /// XXH3-128 over the payload hashes of some blocks, which are read.
    package func digest(of range: Range<Int>) throws -> String {
        let digest = RunningDigest()
        for index in range { digest.update(try block(index).block.payloadHash) }
        return digest.hex
    }

    /// Block `index`, counted from 0 over all shards, and the file it is in.
    package func block(_ index: Int) throws -> (block: Block, path: String) {
        // Of shards without blocks, which share their first number, the last one is the one that has it.
        let shard = firstBlocks.lastIndex { $0 <= index } ?? 0
        return (try shards[shard].block(index - firstBlocks[shard] + 1), shards[shard].path)
    }
}
