import Diagnostics
import Distillation
import Shards
import Streams

extension StudentTraining {
    private static let comparedBlockCount = 4

    /// The stream as a library: the files it came from, or a copy in the work folder.
    func spooled(_ source: TrainingSource, _ progress: ProgressMeter) async throws -> BlockLibrary {
        if let library = source.library { return library }
        if let library = try spool.library() {
            if let difference = library.header.difference(from: source.header) {
                throw Failure(
                    .mismatch,
                    "\(options.output): cannot resume, the stream is another one: \(difference); use the same inputs, or --fresh to start over"
                )
            }
            try await requireSameBeginning(library, source, progress)
            return library
        }
        let existing = try spool.existing(header: source.header)
        if existing.blocks > 0 { log("resuming: \(existing.blocks) blocks of the stream are there") }
        let runner = PipelineRunner(threads: options.threads, progress: progress)
        let stream = try await source.attach(runner, existing.blocks + 1)
        let counters = progress.addStage("spool", nil)
        let spool = spool
        runner.addBlocking {
            try await spool.fill(from: stream, existing: existing, counters: counters)
        }
        try await runner.run()
        guard let library = try spool.library() else {
            throw Failure(.inputOutput, "\(options.output)/spool: vanished while it was written")
        }
        return library
    }

    /// Refuses a replayed stream that begins otherwise than the finished spool. Only the beginning is compared: to read
    /// all of it would cost the work that the spool saves.
    private func requireSameBeginning(_ library: BlockLibrary, _ source: TrainingSource, _ progress: ProgressMeter)
        async throws
    {
        let runner = PipelineRunner(threads: options.threads, progress: progress)
        let stream = try await source.attach(runner, .max)
        let count = min(Self.comparedBlockCount, library.blockCount)
        let spool = spool
        runner.addBlocking {
            var replay = stream.makeAsyncIterator()
            var (kept, replayed): (UInt64, UInt64) = (0, 0)
            for index in 0..<count {
                kept = TextDigest.chain(kept, try library.batch(index))
                guard let batch = try await replay.next() else { throw Spool.replayMismatch(spool.path, count) }
                replayed = TextDigest.chain(replayed, batch)
            }
            guard kept == replayed else { throw Spool.replayMismatch(spool.path, count) }
        }
        try await runner.run()
    }
}
