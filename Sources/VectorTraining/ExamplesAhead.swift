import Randomness
import Streams
import WordAlignment

/// Reads blocks and draws their examples, some blocks for each thread at a time: they are not the same work.
final class ExamplesAhead {
    private let corpus: EncodedCorpus.Reader
    private let seed: UInt64
    private let threads: ComputeThreads
    private let samplers: Samplers
    /// Blocks that are drawn, and those of them that were handed out.
    private var drawnCount = 0
    private var usedCount = 0

    /// `@unchecked Sendable`: each is used by one thread at a time.
    private final class Samplers: @unchecked Sendable {
        let all: UnsafeMutableBufferPointer<ExampleSampler>

        init(_ distribution: ExampleDistribution, count: Int) {
            all = .allocate(capacity: count)
            for number in 0..<count { all.initializeElement(at: number, to: ExampleSampler(distribution)) }
        }

        deinit { all.deinitialize().deallocate() }
    }

    /// Some more than threads, because blocks are not the same work.
    private static func samplerCount(_ threads: ComputeThreads) -> Int { threads.count == 1 ? 1 : threads.count + 2 }

    /// Bytes of the tables in which samplers find the rows of a round; they grow with the number of threads.
    static func byteCount(_ settings: SkipGramSettings, rowCount: Int, _ threads: ComputeThreads) -> Int {
        samplerCount(threads) * (2 * rowCount + settings.buckets) * MemoryLayout<UInt32>.stride
    }

    init(_ corpus: EncodedCorpus.Reader, _ distribution: ExampleDistribution, _ threads: ComputeThreads) {
        (self.corpus, self.threads, seed) = (corpus, threads, distribution.settings.seed)
        samplers = Samplers(distribution, count: Self.samplerCount(threads))
    }

    /// Lends the examples of the first of these blocks, which are those still to come of an epoch.
    func withNext(_ blocks: ArraySlice<Int>, epoch: Int, _ body: (borrowing SkipGramExamples) throws -> Void) throws {
        if usedCount == drawnCount {
            let blocks = Array(blocks.prefix(samplers.all.count))
            try threads.run(blocks.count) { [corpus, samplers, seed] item, _ in
                var random = RandomSource(seed: seed, stream: .skipGram, UInt64(epoch), UInt64(blocks[item]))
                samplers.all[item].draw(try corpus.lines(blocks[item]), &random)
            }
            (drawnCount, usedCount) = (blocks.count, 0)
        }
        usedCount += 1
        try samplers.all[usedCount - 1].withExamples(body)
    }
}
