import Randomness
import Streams
import WordAlignment

/// Reads blocks and draws their examples, a block for each thread at a time.
final class ExamplesAhead {
    private let corpus: EncodedCorpus.Reader
    private let seed: UInt64
    private let threads: ComputeThreads
    private let desks: Desks
    /// The next blocks, from the last one to the first.
    private var waiting: [SkipGramExamples] = []

    /// What threads draw with, and where they put what they drew.
    ///
    /// `@unchecked Sendable`: each thread uses the sampler of its number, each item the place of its own.
    private final class Desks: @unchecked Sendable {
        let samplers: UnsafeMutableBufferPointer<ExampleSampler>
        let results: UnsafeMutableBufferPointer<SkipGramExamples?>

        init(_ distribution: ExampleDistribution, count: Int) {
            samplers = .allocate(capacity: count)
            samplers.initialize(repeating: ExampleSampler(distribution))
            results = .allocate(capacity: count)
            results.initialize(repeating: nil)
        }

        deinit {
            samplers.deinitialize().deallocate()
            results.deinitialize().deallocate()
        }
    }

    init(_ corpus: EncodedCorpus.Reader, _ distribution: ExampleDistribution, _ threads: ComputeThreads) {
        (self.corpus, self.threads, seed) = (corpus, threads, distribution.settings.seed)
        desks = Desks(distribution, count: threads.count)
    }

    /// The examples of the first of these blocks, which are those still to come of an epoch.
    func next(_ blocks: ArraySlice<Int>, epoch: Int) throws -> SkipGramExamples {
        if waiting.isEmpty {
            let blocks = Array(blocks.prefix(threads.count))
            try threads.run(blocks.count) { [corpus, desks, seed] item, thread in
                var random = RandomSource(
                    seed: seed, stream: .skipGram, UInt64(epoch), UInt64(blocks[item]))
                let lines = try corpus.lines(blocks[item])
                desks.results[item] = desks.samplers[thread].examples(of: lines, random: &random)
            }
            waiting = desks.results[..<blocks.count].reversed().compactMap { $0 }
            for item in blocks.indices { desks.results[item] = nil }
        }
        guard let examples = waiting.popLast() else { preconditionFailure("no block is left") }
        return examples
    }
}
