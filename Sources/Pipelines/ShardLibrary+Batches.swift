package import Corpora
import Randomness
package import Shards
import Streams

/// The blocks of a library as sentences, for what is trained in several epochs.
extension ShardLibrary {
    /// Block `index`, counted from 0 over all shards.
    package func batch(_ index: Int) throws -> SentenceBatch {
        let (block, path) = try block(index)
        return try SentenceBatch(block, header: header, place: path)
    }

    /// The blocks of an epoch in shuffled order from a position on, read on a thread of their own.
    func epoch(_ epoch: Int, from position: Int, seed: UInt64, runner: PipelineRunner) -> BoundedStream<SentenceBatch> {
        var random = RandomSource(seed: seed, stream: .blockOrder, UInt64(epoch))
        return blocks(random.permutation(blockCount), from: position, runner: runner)
    }

    /// The blocks in an order, from a position in it on, read on a thread of their own.
    func blocks(_ order: some RandomAccessCollection<Int> & Sendable, from position: Int, runner: PipelineRunner)
        -> BoundedStream<SentenceBatch>
    {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: PipelineRunner.streamCapacity)
        runner.addBlocking {
            var next = position
            try await PipelineRunner.produce(into: sender) {
                guard next < order.count else { return nil }
                defer { next += 1 }
                return try batch(order[order.index(order.startIndex, offsetBy: next)])
            }
        }
        return batches
    }
}
