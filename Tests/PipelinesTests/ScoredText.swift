import Corpora
import Locks
import NERPipeTesting
import Shards
import Streams
import Taggers
import Vectors

@testable import Pipelines

/// Scored batches with all that stages need to be opened for them: a table, a model and a header that fit.
struct ScoredText {
    static let labels = TagSet(types: ["PER", "LOC"]).names

    let folder = ScratchFolder()
    let table: VectorTable
    let header: StreamHeader
    let batches: [SentenceBatch]
    let context = PipelineContext(threads: .of(2), progress: ProgressMeter()) { _ in }

    /// - Parameters:
    ///   - voters: How many teachers there were.
    ///   - lengths: Of the sentences of each batch.
    init(voters: Int? = nil, lengths: [[Int]] = [[4, 7, 5, 6], [3, 8], [5, 5, 9]]) throws {
        table = try Self.makeTable(folder["t.vectors"])
        var header = StreamHeader(kind: .scored, producer: "t", language: "xx", tokenizer: "t")
        header.table = table.reference
        header.features = ["shape", "suffix2"]
        header.numbers = []
        header.labels = Self.labels
        header.votes = voters
        self.header = header
        var corpus = TinyCorpus(seed: 7)
        corpus.featureCount = 2
        batches = lengths.enumerated().map { number, lengths in
            var batch = corpus.scored(lengths, index: number + 1)
            guard let voters else { return batch }
            batch.scores?.voterCount = UInt8(voters)
            let count = batch.tokenCount
            batch.scores?.votes = (0..<count).map { UInt8($0 % (voters + 1)) }
            return batch
        }
        context.share(table)
    }

    private static func makeTable(_ path: String) throws -> VectorTable {
        let writer = try VectorTableWriter(path: path, dimension: 5, normalization: .unit)
        let language = writer.addLanguage("*")
        var random = SeededGenerator(seed: 4)
        for row in 0..<11 {
            let vector = random.floats(5)
            try Array("w\(row)".utf8).withUnsafeBufferPointer { word in
                try vector.withUnsafeBufferPointer { vector in
                    guard let vector = vector.baseAddress else { return }
                    try writer.append(word: word, language: language, vector: vector)
                }
            }
        }
        _ = try writer.finish()
        return try VectorTable(path: path)
    }

    /// A model of states for these batches; its folder.
    func model(seed: UInt64 = 1) throws -> String {
        let tiny = tinyModel(seed: seed)
        var configuration = tiny.configuration
        configuration.vectors = table.reference
        try Model(configuration: configuration, parameters: tiny.parameters).write(to: folder["model"], card: "")
        return folder["model"]
    }

    /// Batches as a stream in a file; its path.
    func stream(_ name: String, _ batches: [SentenceBatch], header: StreamHeader) throws -> String {
        try folder.write(streamBytes(batches, header: header, compressionLevel: 3, in: folder), as: name)
    }

    /// What comes out of a stage, its header, and what it counted.
    func run(_ stage: some Stage, jobs: Int = 2) async throws -> (
        header: StreamHeader, batches: [SentenceBatch], notes: [String]
    ) {
        let progress = ProgressMeter()
        let context = PipelineContext(threads: .of(jobs), progress: progress) { _ in }
        context.share(table)
        let batches = batches
        let source = PipelineSource(header: header, place: "test") { runner in
            let (sender, stream) = BoundedStream<SentenceBatch>.make(capacity: 1)
            runner.add { try await sender.finishing { for batch in batches { try await sender.send(batch) } } }
            return BatchStream(header: header, batches: stream, name: "test")
        }
        var chain = StageChain(source, in: context)
        try await chain.append(stage)
        let runner = context.makeRunner(), result = Locked<[SentenceBatch]>([])
        runner.forEach(try await chain.attach(to: runner), name: "sink") { batch in
            result.withLock { $0.append(batch) }
        }
        try await runner.run()
        return (chain.header, result.withLock { $0 }, progress.notes)
    }
}
