package import Corpora
import Diagnostics
package import Distillation
import Evaluation
import Kernels
import Objectives
import Runs
import Shards
package import Taggers
package import Vectors

/// Trains a tagger on a stream of scored or labelled batches, into a model directory that can be resumed.
///
/// The output folder holds `checkpoints/`, while it works `spool/` (only when a stream must be read several times), and
/// in the end the model and `run.json`.
package struct StudentTraining: Sendable {
    package struct Result: Sendable {
        package var state: TrainingRun.State
        package var wasComplete = false
    }

    /// Gives the score by which the best epoch is chosen.
    package typealias Evaluation = @Sendable (Model) throws -> Double

    private static let kind = "student"

    private let options: StudentOptions
    private let table: VectorTable
    private let labels: TagSet
    private let log: @Sendable (String) -> Void

    package init(
        _ options: StudentOptions, table: VectorTable, labels: TagSet, log: @escaping @Sendable (String) -> Void
    ) {
        self.options = options
        self.table = table
        self.labels = labels
        self.log = log
    }

    private var spool: Spool { Spool(path: "\(options.output)/spool") }
    private var store: CheckpointStore { CheckpointStore(path: "\(options.output)/checkpoints") }

    /// Runs to the end, or until it is interrupted.
    ///
    /// - Parameters:
    ///   - inputs: What must be the same of the stream's origin when the run is continued.
    ///   - evaluate: nil keeps the last epoch.
    package func run(
        _ source: TrainingSource, inputs: some Encodable, progress: ProgressMeter, evaluate: Evaluation? = nil
    ) async throws -> Result {
        let start = ContinuousClock.now, settings = options.settings, firstStage = progress.stages.count
        let student = try StudentNetwork(options, table: table, labels: labels, header: source.header)
        let folder = try RunFolder(options.output, wait: options.start.wait)
        defer { withExtendedLifetime(folder) {} }
        try prepare(folder)
        let signature = try RunSignature(Self.kind, identity: StudentIdentity(student, inputs: inputs))
        if let finished = try completedState(signature) {
            try spool.remove()  // a run may be interrupted while it tidies up
            return Result(state: finished, wasComplete: true)
        }
        // Before hours of reading: labels may not meet.
        let selector = try student.makeSelector(log: log)
        let streams = settings.epochs == 1 && !settings.needsLength
        let library: ShardLibrary? = streams ? nil : try await spooled(source, progress, firstStage).library(progress)
        if library?.counts.tokens == 0 { throw Failure.noTokens(options.output) }
        let updatesPerEpoch = library.map {
            BatchFeed.updateCount(tokenCount: $0.counts.tokens, batchTokenCount: settings.batchTokenCount)
        }
        let run = TrainingRun(
            try student.makeTrainer(selector, updatesPerEpoch: updatesPerEpoch), store: store, signature: signature,
            checkpointInterval: options.checkpointInterval, averageDecay: settings.averageDecay,
            text: student.adversaryText, start: start)
        if try run.resume(acceptsOtherKernels: options.start.acceptsOtherKernels, warn: log) {
            log("resuming after update \(run.state.updateNumber), epoch \(run.state.cursor.epoch + 1)")
        }
        // What must be learnt from several times has flowed before.
        let flowed = try spool.flow(), firstOfFlow = flowed == nil ? firstStage : progress.stages.count
        let task = EpochTask(
            run: run, settings: settings, updatesPerEpoch: updatesPerEpoch, rowCount: table.rowCount,
            output: options.output,
            display: UpdateDisplay(progress, epochs: settings.epochs, updatesPerEpoch: updatesPerEpoch),
            evaluate: evaluate.map { evaluate in
                { try evaluate(Model(configuration: student.configuration, parameters: $0)) }
            })
        task.display.begin(run, output: options.output)
        while run.state.epochs.count < settings.epochs { try await train(task, library, source, progress) }
        guard run.state.tokenCount > 0 else { throw Failure.noTokens(options.output) }
        var flow = flowed ?? FlowRecord(stages: [], isWhole: run.resumedAfter == nil)
        flow.stages += FlowRecord(progress, from: firstOfFlow, isWhole: flow.isWhole).stages
        try finish(run, student, folder, flow)
        return Result(state: run.state)
    }

    /// Removes what is not to be continued, and refuses to replace what is not this run's.
    private func prepare(_ folder: RunFolder) throws {
        if options.start.isFresh {
            try folder.removeFiles([RunFolder.recordName, Model.configurationName, Model.weightsName, "README.md"])
            try store.removeAll()
            try spool.remove()
        }
        if Model.exists(at: options.output) && store.paths.isEmpty { throw Failure.modelOfSomebodyElse(options.output) }
    }

    /// The state of a run that is done already; its model is there.
    private func completedState(_ signature: RunSignature) throws -> TrainingRun.State? {
        guard Model.exists(at: options.output), let checkpoint = try store.newest(warn: log),
            let state = try? JSON.decode(TrainingRun.State.self, from: checkpoint.state), state.isFinished
        else { return nil }
        _ = try signature.continuing(
            checkpoint.signature, in: "the checkpoint", place: options.output,
            acceptsOtherKernels: options.start.acceptsOtherKernels
        ) { Failure.modelOfAnotherRun(options.output, $0) }
        return state
    }

    private func makeRunner(_ progress: ProgressMeter) -> PipelineRunner {
        PipelineRunner(threads: options.threads, progress: progress)
    }

    private func spooled(_ source: TrainingSource, _ progress: ProgressMeter, _ firstStage: Int) -> SpooledSource {
        SpooledSource(
            source: source, spool: spool, output: options.output, firstStage: firstStage,
            makeRunner: { makeRunner(progress) }, log: log)
    }

    /// An epoch, or what is left of it.
    private func train(
        _ task: EpochTask, _ library: ShardLibrary?, _ source: TrainingSource, _ progress: ProgressMeter
    ) async throws {
        let runner = makeRunner(progress), cursor = task.run.state.cursor
        if let library {
            let batches = library.epoch(
                cursor.epoch, from: cursor.windowFirstBlock, seed: options.settings.seed, runner: runner)
            runner.add { try await task.train(batches, skipping: 0) }
        } else {
            let skipped = cursor.windowFirstBlock
            let stream = try await source.attach(runner, skipped + 1)
            runner.add { try await task.train(stream.batches, skipping: skipped) }
        }
        try await runner.run()
        if let report = task.run.state.epochs.last {
            log("epoch \(task.run.state.epochs.count)/\(options.settings.epochs): \(report.text)")
            task.display.endEpoch(task.run.state)
        }
    }

    private func finish(
        _ run: TrainingRun, _ student: StudentNetwork, _ folder: RunFolder, _ flow: FlowRecord
    ) throws {
        if let last = run.state.epochs.last, last.targetEntityTokens > 0, last.predictedEntityTokens == 0,
            options.settings.objective.type.teachesLabels
        {
            log(
                "warning: the student labels no token as an entity although the targets do: this run failed; try another --seed or a smaller --learning-rate"
            )
        }
        // Before the model: one that stands there without a checkpoint would look like somebody else's.
        try run.checkpoint()
        let card = ModelCard(
            purpose: options.purpose, configuration: student.configuration, header: student.header,
            settings: try IdentityField(of: options.settings.identity), state: run.state, path: options.output
        ).text
        try Model(configuration: student.configuration, parameters: run.result).write(to: options.output, card: card)
        var record = StudentRecord(run.state, purpose: options.purpose, flow: flow)
        record.words = options.words
        record.memoryBoundBytes = options.memoryBoundBytes
        try folder.record(run.signature, record)
        try run.finish()
        try spool.remove()
    }
}

extension TrainingRun.EpochReport {
    /// For a line about the epoch.
    fileprivate var text: String {
        "loss \(FixedDecimal.text(loss, decimals: 5))"
            + (developmentF1.map { ", development F1 \(FixedDecimal.text($0, decimals: 2))" } ?? "")
            + (keptShare.map { kept in
                func percent(_ share: Double?) -> String { FixedDecimal.text(100 * (share ?? 0), decimals: 1) }
                return
                    ", kept \(percent(kept)) % of the sentences, entity tokens \(percent(entityShare)) % before, "
                    + "\(percent(keptEntityShare)) % after"
            } ?? "")
    }
}
