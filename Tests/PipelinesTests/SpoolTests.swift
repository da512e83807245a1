import Corpora
import Diagnostics
import Distillation
import NERPipeTesting
import Pipelines
import Shards
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct SpoolTests {
    static let header: StreamHeader = {
        var header = StreamHeader(kind: .scored, producer: "t", language: "xx", tokenizer: "given")
        header.table = TableReference(path: "p", digest: "d", dimension: 5)
        header.features = ["shape", "suffix2"]
        header.labels = TagSet(types: ["PER", "LOC"]).names
        return header
    }()

    static func batches(_ count: Int, seed: UInt64 = 1) -> [SentenceBatch] {
        var corpus = TinyCorpus(seed: seed)
        return (1...count).map { corpus.scored([1 + $0 % 5, 2], index: $0) }
    }

    /// Sends batches into a spool; fails after `failing` of them when asked to.
    static func fill(
        _ spool: Spool, _ batches: [SentenceBatch], header: StreamHeader = header, failingAfter limit: Int? = nil
    ) async throws {
        struct Cut: Error {}
        let (sender, stream) = BoundedStream<SentenceBatch>.make(capacity: 2)
        let task = Task {
            for batch in batches.prefix(limit ?? batches.count) { try await sender.send(batch) }
            sender.finish(throwing: limit == nil ? nil : Cut())
        }
        let existing = try spool.existing(header: header)
        let counters = ProgressMeter().addStage("spool", nil)
        try await spool.fill(
            from: BatchStream(header: header, batches: stream, name: "t"), existing: existing, counters: counters)
        _ = await task.result
    }

    static func texts(_ spool: Spool) throws -> [[UInt8]] {
        let library = try #require(try spool.library())
        return try (0..<library.blockCount).map { try library.batch($0).text }
    }

    @Test func everyBlockIsThereInOrder() async throws {
        let folder = ScratchFolder()
        let spool = Spool(path: folder["s"]), batches = Self.batches(70)
        #expect(try spool.library() == nil)
        try await Self.fill(spool, batches)
        let library = try #require(try spool.library())
        #expect(library.blockCount == 70 && library.header == Self.header)
        #expect(library.counts.tokens == batches.reduce(0) { $0 + $1.tokenCount })
        #expect(try Self.texts(spool) == batches.map(\.text))
        #expect(spool.shardPaths.count == 3)
        try spool.remove()
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [5, 32, 33, 64, 69])
    func interruptedSpoolContinuesToTheSameBytes(_ limit: Int) async throws {
        let folder = ScratchFolder()
        let batches = Self.batches(70)
        try await Self.fill(Spool(path: folder["whole"]), batches)
        let spool = Spool(path: folder["s"])
        await #expect(throws: (any Error).self) { try await Self.fill(spool, batches, failingAfter: limit) }
        #expect(try spool.library() == nil, "not complete")
        #expect(try spool.existing(header: Self.header).blocks == limit / 32 * 32)
        try await Self.fill(spool, batches)
        for name in try #require(folder.names.contains("whole") ? Directory.names(in: folder["whole"]) : nil) {
            let isEqual = try folder.bytes(of: "whole/\(name)") == folder.bytes(of: "s/\(name)")
            #expect(isEqual, "\(name)")
        }
        #expect(Directory.names(in: folder["whole"]) == Directory.names(in: folder["s"]))
    }

    @Test func anotherStreamIsRefused() async throws {
        let folder = ScratchFolder()
        let spool = Spool(path: folder["s"])
        await #expect(throws: (any Error).self) { try await Self.fill(spool, Self.batches(70), failingAfter: 40) }
        await #expect { try await Self.fill(spool, Self.batches(70, seed: 2)) } throws: {
            ($0 as? Failure)?.code == .mismatch && "\($0)".contains("first 32 blocks")
        }
        await #expect { try await Self.fill(spool, Self.batches(10)) } throws: { ($0 as? Failure)?.code == .mismatch }
        var header = Self.header
        header.teachers = ["another"]
        await #expect { try await Self.fill(spool, Self.batches(70), header: header) } throws: {
            "\($0)".contains("teachers")
        }
        try await Self.fill(spool, Self.batches(70))
    }

    @Test func damagedSpoolIsReported() async throws {
        let folder = ScratchFolder()
        let spool = Spool(path: folder["s"])
        try await Self.fill(spool, Self.batches(40))
        try Directory.remove(spool.shardPaths[1])
        #expect { try spool.library() } throws: { ($0 as? Failure)?.message.contains("spool is damaged") == true }
    }

    @Test func libraryOfShardsIsOneSequence() throws {
        let folder = ScratchFolder()
        let all = Self.batches(9)
        let first = try folder.write(
            try streamBytes(Array(all[..<4]), header: Self.header, compressionLevel: 1, in: folder), as: "1.zst")
        let second = try folder.write(
            try streamBytes(Array(all[4...]), header: Self.header, compressionLevel: 1, in: folder), as: "2.zst")
        let library = try #require(try ShardLibrary(paths: [first, second]))
        #expect(try [0, 8, 3, 4].map { try library.batch($0).text } == [0, 8, 3, 4].map { all[$0].text })
        #expect(library.blockCount == 9)
        #expect(try ShardLibrary(paths: [first]) != nil)
        #expect(try ShardLibrary(paths: []) == nil && ShardLibrary(paths: ["-"]) == nil)
        let plain = try folder.write(
            try streamBytes(all, header: Self.header, compressionLevel: nil, in: folder), as: "3")
        #expect(try ShardLibrary(paths: [first, plain]) == nil)
        var header = Self.header
        header.language = "yy"
        let other = try folder.write(try streamBytes(all, header: header, compressionLevel: 1, in: folder), as: "4.zst")
        #expect { try ShardLibrary(paths: [first, other]) } throws: { "\($0)".contains("language: yy against xx") }
    }
}
