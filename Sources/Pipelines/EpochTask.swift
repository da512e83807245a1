import Corpora
import Diagnostics
import Distillation
import Evaluation
import Kernels
import Shards
import Streams
import Taggers

/// One epoch of a run, as a task of a pipeline.
///
/// `@unchecked Sendable` holds because the run is used by this task alone while the pipeline works, and by its maker
/// before and after.
struct EpochTask: @unchecked Sendable {
    let run: TrainingRun
    let settings: TrainingSettings
    let updatesPerEpoch: Int?
    let counters: StageCounters
    let progress: ProgressMeter
    let output: String
    let configuration: TaggerConfiguration
    let rowCount: Int
    let evaluate: (@Sendable (Model) throws -> Double)?

    /// - Parameter skipping: Blocks that the stream replays and that were learnt from before.
    func train(_ batches: BoundedStream<SentenceBatch>, skipping: Int) async throws {
        let cursor = run.state.cursor
        var iterator = batches.makeAsyncIterator()
        var digest: UInt64 = 0
        for _ in 0..<skipping {
            guard let batch = try await iterator.next() else { throw Spool.replayMismatch(output, skipping) }
            digest = TextDigest.chain(digest, batch)
        }
        guard skipping == 0 || digest == cursor.textDigest else { throw Spool.replayMismatch(output, skipping) }
        var feed = BatchFeed(settings, updatesPerEpoch: updatesPerEpoch, cursor: cursor) {
            let batch = try await iterator.next()
            try batch?.requireRows(below: rowCount, place: output)
            return batch
        }
        var last = ContinuousClock.now
        let configuration = configuration
        let evaluateEpoch: ((FloatBuffer) throws -> Double)? = evaluate.map { evaluate in
            { try evaluate(Model(configuration: configuration, parameters: $0)) }
        }
        var tokensBefore = run.state.tokenCount
        do {
            try await run.trainEpoch(&feed, evaluate: evaluateEpoch) { state, update in
                let now = ContinuousClock.now
                counters.add(BlockCounts(tokens: state.tokenCount - tokensBefore), busy: now - last)
                (last, tokensBefore) = (now, state.tokenCount)
                let total = updatesPerEpoch.map { $0 * settings.epochs }
                let loss = state.lossSum / Double(max(1, state.lossCount))
                progress.setFigures([
                    "epoch": Double(state.cursor.epoch + 1), "update": Double(state.updateNumber), "loss": loss,
                ])
                progress.setStatus(
                    "epoch \(state.cursor.epoch + 1)/\(settings.epochs) update \(state.updateNumber)\(total.map { "/\($0)" } ?? "") loss "
                        + FixedDecimal.text(loss, decimals: 5),
                    fraction: total.map { Double(state.updateNumber) / Double(max(1, $0)) })
            }
        } catch let changed as BatchFeed.TextChanged {
            throw Spool.replayMismatch(output, changed.blockCount)
        }
    }
}
