import Corpora
import Diagnostics
import Distillation
import Evaluation
import Kernels
import Shards
import Streams

/// One epoch of a run, as a task of a pipeline.
///
/// `@unchecked Sendable` holds because the run is used by this task alone while the pipeline works, and by its maker
/// before and after.
struct EpochTask: @unchecked Sendable {
    let run: TrainingRun
    let settings: TrainingSettings
    let updatesPerEpoch: Int?
    /// Rows of the vector table.
    let rowCount: Int
    /// For messages.
    let output: String
    let display: UpdateDisplay
    /// Number of the last update that is done.
    var lastUpdate = Int.max
    /// Called after every update; what it throws ends the run.
    var check: () throws -> Void = {}
    /// Gives the score of an epoch's weights.
    let evaluate: ((FloatBuffer) throws -> Double)?

    /// - Parameter skipping: Blocks that the stream replays and that were learnt from before.
    func train(_ batches: BoundedStream<SentenceBatch>, skipping: Int) async throws {
        display.counters.follow(batches.waits)
        let cursor = run.state.cursor
        var iterator = batches.makeAsyncIterator()
        var digest: UInt64 = 0
        for _ in 0..<skipping {
            guard let batch = try await iterator.next() else {
                throw Failure.replayMismatch(output, blocks: skipping)
            }
            digest = TextDigest.chain(digest, batch)
        }
        guard skipping == 0 || digest == cursor.textDigest else {
            throw Failure.replayMismatch(output, blocks: skipping)
        }
        var feed = BatchFeed(settings, updatesPerEpoch: updatesPerEpoch, cursor: cursor) {
            let batch = try await iterator.next()
            try batch?.requireRows(below: rowCount, place: output)
            return batch
        }
        var last = ContinuousClock.now, waitedBefore = batches.waits().receiving, tokensBefore = run.state.tokenCount
        do {
            try await run.trainEpoch(&feed, through: lastUpdate, evaluate: evaluate) { state, _ in
                let now = ContinuousClock.now, waited = batches.waits().receiving
                display.show(
                    state, newTokens: state.tokenCount - tokensBefore, time: now - last - (waited - waitedBefore))
                (last, waitedBefore, tokensBefore) = (now, waited, state.tokenCount)
                try check()
            }
        } catch let changed as BatchFeed.TextChanged {
            throw Failure.replayMismatch(output, blocks: changed.blockCount)
        }
    }
}

/// What a user sees of the updates.
struct UpdateDisplay {
    let progress: ProgressMeter
    let counters: StageCounters
    let epochs: Int
    /// nil when it is not known.
    let updateCount: Int?

    init(_ progress: ProgressMeter, epochs: Int, updatesPerEpoch: Int?) {
        self.progress = progress
        self.epochs = epochs
        counters = progress.addStage("update", nil)
        updateCount = updatesPerEpoch.map { $0 * epochs }
    }

    /// Says where a process begins, which may be where another one stopped.
    func begin(_ run: TrainingRun, output: String) {
        progress.setOutput(output)
        progress.setFigures(figures(run.state))
        if let update = run.resumedAfter { progress.setFigures(["resumedAfter": Double(update)]) }
        progress.record()
    }

    func show(_ state: TrainingRun.State, newTokens: Int, time: Duration) {
        counters.add(BlockCounts(tokens: newTokens), busy: time)
        let figures = figures(state), loss = figures["loss"] ?? 0
        progress.setFigures(figures)
        progress.setStatus(
            "epoch \(state.cursor.epoch + 1)/\(epochs) update \(state.updateNumber)\(updateCount.map { "/\($0)" } ?? "") loss "
                + FixedDecimal.text(loss, decimals: 5),
            fraction: updateCount.map { Double(state.updateNumber) / Double(max(1, $0)) })
    }

    /// An epoch is over: its own numbers, at once, however short it was.
    func endEpoch(_ state: TrainingRun.State) {
        progress.setFigures(figures(state))
        progress.record()
    }

    /// All of them are those of the run, whichever process did the work.
    private func figures(_ state: TrainingRun.State) -> [String: Double] {
        let isBetween = state.lossCount == 0
        var figures = [
            "epoch": Double(isBetween ? max(1, state.epochs.count) : state.cursor.epoch + 1),
            "epochsDone": Double(state.epochs.count), "update": Double(state.updateNumber),
            "tokens": Double(state.tokenCount),
        ]
        if isBetween {
            figures["loss"] = state.epochs.last?.loss
        } else {
            figures["loss"] = state.lossSum / Double(state.lossCount)
        }
        figures["developmentF1"] = state.epochs.last?.developmentF1
        return figures
    }
}
