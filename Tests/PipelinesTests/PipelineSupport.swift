import Corpora
import Locks
import NERPipeTesting
import Shards
import Streams

@testable import Pipelines

/// A pipeline that a test looks into: batches 1, 2, 3 ..., stages, and what came out.
struct TestPipeline {
    struct Broken: Error, Equatable { var place: String }

    static let header = StreamHeader(kind: .tokens, producer: "t", language: "xx", tokenizer: "t")

    let runner: PipelineRunner
    /// Batches that the source could send.
    let sent = Locked(0)
    /// Numbers of the batches that came out.
    let received = Locked<[Int]>([])

    init(jobs: Int, patience: Duration = .seconds(3600)) {
        runner = PipelineRunner(threads: .of(jobs), progress: ProgressMeter(), patience: patience)
    }

    /// - Parameters:
    ///   - count: Of batches; nil: more than anybody takes.
    ///   - failure: What the source throws in place of an end.
    func source(_ count: Int?, failure: (any Error)? = nil) -> BatchStream {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: PipelineRunner.streamCapacity)
        runner.addBlocking { [sent] in
            try await sender.finishing {
                for number in 1...(count ?? 1_000_000) {
                    var corpus = TinyCorpus(seed: UInt64(number))
                    try await sender.send(corpus.tokens([3, 1 + number % 7], index: number))
                    sent.withLock { $0 += 1 }
                }
                if let failure { throw failure }
            }
        }
        return BatchStream(header: Self.header, batches: batches, name: "test")
    }

    /// Sends one batch, and goes away without a word.
    func abandonedSource() -> BatchStream {
        let (sender, batches) = BoundedStream<SentenceBatch>.make(capacity: 1)
        runner.add {
            var corpus = TinyCorpus(seed: 1)
            try await sender.send(corpus.tokens([1]))
        }
        return BatchStream(header: Self.header, batches: batches, name: "test")
    }

    /// A stage whose work takes longer for some batches than for others.
    func stage(
        _ name: String, _ input: BatchStream, from firstIndex: Int = 0,
        _ body: @escaping @Sendable (SentenceBatch) async throws -> Void = { _ in }
    ) -> BatchStream {
        runner.map(input, name: name, header: input.header, firstIndex: firstIndex) { batch, _ in
            for _ in 0..<batch.index * 7919 % 13 { await Task.yield() }
            try await body(batch)
            var result = batch
            result.appendDocument(identifier: Array("\(name) \(batch.index)".utf8))
            return result
        }
    }

    func sink(_ input: BatchStream, _ body: @escaping @Sendable (SentenceBatch) throws -> Void = { _ in }) {
        runner.forEach(input, name: "sink") { [received] batch in
            try body(batch)
            received.withLock { $0.append(batch.index) }
        }
    }

    /// Throws at one batch.
    static func breaking(_ place: String, at number: Int, when isBroken: Bool)
        -> @Sendable (SentenceBatch) throws -> Void
    {
        { if isBroken && $0.index == number { throw Broken(place: place) } }
    }
}
