import Diagnostics
import Distillation
import Shards
import Streams

/// A stream for several epochs, in a spool when there are no files that hold it.
struct SpooledSource {
    private static let comparedBlockCount = 4

    let source: TrainingSource
    let spool: Spool
    /// For messages.
    let output: String
    /// Number of the first stage that is this run's.
    let firstStage: Int
    /// A runner for each pipeline that is needed.
    let makeRunner: () -> PipelineRunner
    let log: (String) -> Void

    /// The files that the stream came from, or a copy in the work folder.
    func library(_ progress: ProgressMeter) async throws -> ShardLibrary {
        if let library = source.library { return library }
        if let library = try spool.library() {
            if let difference = library.header.difference(from: source.header) {
                throw Failure.anotherStream(output, difference)
            }
            try await requireSameBeginning(library)
            return library
        }
        let existing = try spool.existing(header: source.header)
        if existing.blocks > 0 { log("resuming: \(existing.blocks) blocks of the stream are there") }
        let runner = makeRunner()
        let stream = try await source.attach(runner, existing.blocks + 1)
        let counters = runner.addStage("spool", from: stream.batches.waits, nil)
        let (spool, firstStage) = (spool, firstStage)
        runner.addBlocking {
            try await spool.fill(from: stream, existing: existing, counters: counters) {
                FlowRecord(progress, from: firstStage, isWhole: existing.blocks == 0)
            }
        }
        try await runner.run()
        guard let library = try spool.library() else { throw Failure.vanishedSpool(spool.path) }
        return library
    }

    /// Refuses a replayed stream that begins otherwise than the finished spool. Only the beginning is compared: to read
    /// all of it would cost the work that the spool saves.
    private func requireSameBeginning(_ library: ShardLibrary) async throws {
        let runner = makeRunner()
        let stream = try await source.attach(runner, .max)
        let count = min(Self.comparedBlockCount, library.blockCount)
        let spool = spool
        runner.addBlocking {
            var replay = stream.makeAsyncIterator()
            var (kept, replayed): (UInt64, UInt64) = (0, 0)
            for index in 0..<count {
                kept = TextDigest.chain(kept, try library.batch(index))
                guard let batch = try await replay.next() else {
                    throw Failure.replayMismatch(spool.path, blocks: count)
                }
                replayed = TextDigest.chain(replayed, batch)
            }
            guard kept == replayed else { throw Failure.replayMismatch(spool.path, blocks: count) }
        }
        try await runner.run()
    }
}
