import Checkpoints
package import Corpora
import Diagnostics
package import Distillation
import Evaluation
import Kernels
import Objectives
package import Shards
package import Streams
package import Taggers
package import Vectors

/// A stream to learn from, that has not begun to flow.
package struct TrainingSource: Sendable {
    package var header: StreamHeader
    /// Where it comes from, for messages.
    package var place: String
    /// Starts the stages; batches before `firstIndex` need only their text, because they are skipped.
    package var attach: @Sendable (PipelineRunner, _ firstIndex: Int) async throws -> BatchStream
    /// Files that hold exactly this stream, readable in any order, when there are such.
    package var library: BlockLibrary?

    package init(
        header: StreamHeader, place: String, library: BlockLibrary? = nil,
        attach: @escaping @Sendable (PipelineRunner, _ firstIndex: Int) async throws -> BatchStream
    ) {
        self.header = header
        self.place = place
        self.library = library
        self.attach = attach
    }

    /// Files that hold the stream.
    package init(_ library: BlockLibrary, place: String) {
        self.init(header: library.header, place: place, library: library) { _, _ in
            throw Failure(.bug, "\(place): a stream in files was asked for as if it flowed")
        }
    }
}

/// Trains a tagger on a stream of scored or labelled batches, into a model directory that can be resumed.
///
/// The output folder holds `checkpoints/`, while it works `spool/` (only when a stream must be read several times), and
/// in the end the model and `run.json`.
package struct StudentTraining: Sendable {
    package struct Options: Sendable {
        package var output: String
        package var settings: TrainingSettings
        /// Width and buckets of each feature of the stream.
        package var featureWidth = 16
        package var featureBuckets = 1024
        package var hiddenWidth = 96
        package var convolutionCount = 3
        package var checkpointInterval = Duration.seconds(60)
        /// Forget what an earlier run left in the output folder.
        package var startsFresh = false
        /// Continue what another instruction set began; the bytes are then those of neither.
        package var acceptsOtherKernels = false
        package var threads = ComputeThreads.single
        /// How long to wait for another process that writes the same output.
        package var wait = Duration.zero
        /// Program and options, for the model card.
        package var purpose: String
        /// Weights to begin with; nil: fresh ones.
        package var initial: Model?
        /// For an objective that needs one.
        package var evaluator: Model?
        package var selection: InstanceSelection?
        package var adversary: (settings: LanguageAdversary.Settings, text: BlockLibrary)?

        package init(output: String, settings: TrainingSettings, purpose: String) {
            self.output = output
            self.settings = settings
            self.purpose = purpose
        }
    }

    package struct Result: Sendable {
        package var state: TrainingRun.State
        package var configuration: TaggerConfiguration
        package var wasComplete = false
    }

    let options: Options
    let table: VectorTable
    let labels: TagSet
    let log: @Sendable (String) -> Void

    package init(_ options: Options, table: VectorTable, labels: TagSet, log: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.table = table
        self.labels = labels
        self.log = log
    }

    var spool: Spool { Spool(path: "\(options.output)/spool") }
    private var store: CheckpointStore { CheckpointStore(path: "\(options.output)/checkpoints") }

    /// Runs to the end, or until it is interrupted.
    ///
    /// - Parameter evaluate: Gives the score by which the best epoch is chosen; nil keeps the last epoch.
    package func run(
        _ source: TrainingSource, identity inputs: [String: String], progress: ProgressMeter,
        evaluate: (@Sendable (Model) throws -> Double)? = nil
    ) async throws -> Result {
        let settings = options.settings
        let start = ContinuousClock.now
        try settings.validate()
        let configuration = makeConfiguration(source.header)
        try requireUsable(configuration)
        try configuration.requireFit(table)
        try requireFit(configuration, source.header)
        try Directory.make(options.output)
        let lock = try FileLock(folder: options.output, wait: options.wait)
        defer { withExtendedLifetime(lock) {} }
        try prepareOutput()
        let identity = try makeIdentity(configuration, source.header, inputs)
        if let finished = try completedState(identity, configuration) {
            try spool.remove()  // a run may be interrupted while it tidies up
            return Result(state: finished, configuration: configuration, wasComplete: true)
        }

        // Before hours of reading: labels may not meet.
        let selector = try makeSelector(configuration, source.header)
        let streams = settings.epochs == 1 && !settings.needsLength
        let library = streams ? nil : try await spooled(source, progress)
        let updatesPerEpoch = library.map {
            BatchFeed.updateCount(tokenCount: $0.counts.tokens, batchTokenCount: settings.batchTokenCount)
        }
        if let library, library.counts.tokens == 0 { throw Self.noTokens(options.output) }
        let trainer = try makeTrainer(configuration, selector, updatesPerEpoch: updatesPerEpoch)
        let run = TrainingRun(
            trainer, store: store, identity: identity, checkpointInterval: options.checkpointInterval,
            averageDecay: settings.averageDecay,
            text: options.adversary.map {
                LibraryText(library: $0.text, rowCount: table.rowCount, seed: settings.seed)
            },
            start: start)
        if try run.resume(acceptsOtherKernels: options.acceptsOtherKernels, warn: log) {
            log("resuming after update \(run.state.updateNumber), epoch \(run.state.cursor.epoch + 1)")
        }
        let counters = progress.addStage("update", nil)
        while run.state.epochs.count < settings.epochs {
            let runner = PipelineRunner(threads: options.threads, progress: progress)
            let task = EpochTask(
                run: run, settings: settings, updatesPerEpoch: updatesPerEpoch, counters: counters, progress: progress,
                output: options.output, configuration: configuration, rowCount: table.rowCount, evaluate: evaluate)
            if let library {
                let cursor = run.state.cursor
                let batches = library.epoch(
                    cursor.epoch, from: cursor.windowFirstBlock, seed: settings.seed, runner: runner)
                runner.add { try await task.train(batches, skipping: 0) }
            } else {
                let skipped = run.state.cursor.windowFirstBlock
                let stream = try await source.attach(runner, skipped + 1)
                runner.add { try await task.train(stream.batches, skipping: skipped) }
            }
            try await runner.run()
            if let report = run.state.epochs.last {
                log(describe(report, epoch: run.state.epochs.count))
                if let f1 = report.developmentF1 { progress.setFigures(["developmentF1": f1]) }
            }
        }
        guard run.state.tokenCount > 0 else { throw Self.noTokens(options.output) }
        try finish(run, configuration, source.header)
        return Result(state: run.state, configuration: configuration)
    }

    private func makeConfiguration(_ header: StreamHeader) -> TaggerConfiguration {
        var configuration = TaggerConfiguration(
            labels: labels.names,
            vectors: TableReference(path: table.path, digest: table.description.digest, dimension: table.dimension),
            features: (header.features ?? []).map {
                FeatureEmbedding(name: $0, buckets: options.featureBuckets, width: options.featureWidth)
            })
        configuration.numbers = TokenNumbers(names: header.numbers ?? [])
        configuration.hiddenWidth = options.hiddenWidth
        configuration.convolutionCount = options.convolutionCount
        let languages = header.languages
        configuration.languages = languages.isEmpty ? nil : languages
        return configuration
    }

    private func makeSelector(_ configuration: TaggerConfiguration, _ header: StreamHeader) throws -> InstanceSelector?
    {
        try options.selection.map {
            InstanceSelector(
                $0.settings, labelCount: configuration.labelCount, taggerWidth: configuration.hiddenWidth,
                development: try $0.development(table, header, labels, log: log))
        }
    }

    private func makeTrainer(
        _ configuration: TaggerConfiguration, _ selector: InstanceSelector?, updatesPerEpoch: Int?
    ) throws -> Trainer {
        let evaluator = try options.evaluator.map { try TaggerInference($0, vectors: table) }
        return Trainer(
            Trainer.Network(configuration, parameters: try initialParameters(configuration), vectors: table),
            settings: options.settings,
            objective: options.settings.objective.made(of: ObjectiveInputs(evaluator: evaluator)),
            updatesPerEpoch: updatesPerEpoch, threads: options.threads,
            selector: selector,
            adversary: options.adversary.map { LanguageAdversary($0.settings, width: configuration.hiddenWidth) })
    }

    private func initialParameters(_ configuration: TaggerConfiguration) throws -> FloatBuffer {
        options.initial?.parameters.copied()
            ?? ParameterLayout(configuration).makeInitialParameters(seed: options.settings.seed)
    }

    private func prepareOutput() throws {
        if options.startsFresh {
            try store.removeAll()
            try spool.remove()
            for name in [Model.configurationName, Model.weightsName, "README.md", "run.json"] {
                try Directory.remove("\(options.output)/\(name)")
            }
        }
        if Model.exists(at: options.output) && store.paths.isEmpty {
            throw Failure(
                .mismatch,
                "\(options.output): holds a model that this run did not make; choose another --output, or replace it with --fresh"
            )
        }
    }

    /// The state of a run that is done already; its model is there.
    private func completedState(_ identity: [String: String], _ configuration: TaggerConfiguration) throws
        -> TrainingRun.State?
    {
        guard Model.exists(at: options.output), let checkpoint = try store.newest(arrays: [], warn: log),
            let state = try? JSON.decode(TrainingRun.State.self, from: checkpoint.state), state.isFinished
        else { return nil }
        let accepted = try RunKernels.accepted(
            checkpoint.identity, here: identity, place: options.output, options.acceptsOtherKernels)
        if let difference = checkpoint.difference(from: accepted) {
            throw Failure(
                .mismatch,
                "\(options.output): holds the model of another run: \(difference); choose another --output, or replace it with --fresh"
            )
        }
        return state
    }

    private func describe(_ report: TrainingRun.EpochReport, epoch: Int) -> String {
        "epoch \(epoch)/\(options.settings.epochs): loss \(FixedDecimal.text(report.loss, decimals: 5))"
            + (report.developmentF1.map { ", development F1 \(FixedDecimal.text($0, decimals: 2))" } ?? "")
            + (report.keptShare.map { kept in
                func percent(_ share: Double?) -> String { FixedDecimal.text(100 * (share ?? 0), decimals: 1) }
                return
                    ", kept \(percent(kept)) % of the sentences, entity tokens \(percent(report.entityShare)) % before, "
                    + "\(percent(report.keptEntityShare)) % after"
            } ?? "")
    }

    private func finish(
        _ run: TrainingRun, _ configuration: TaggerConfiguration, _ header: StreamHeader
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
        let model = Model(configuration: configuration, parameters: run.result)
        let card = ModelCard(
            purpose: options.purpose, configuration: configuration, header: header, settings: options.settings,
            state: run.state, path: options.output)
        try model.write(to: options.output, card: card.text)
        try AtomicFile.write(
            JSON.encodePretty(
                RunRecord(
                    version: Version.number, purpose: options.purpose, identity: run.identity, epochs: run.state.epochs,
                    bestEpoch: run.state.bestEpoch,
                    updates: run.state.updateNumber, tokens: run.state.tokenCount, seconds: run.state.seconds ?? 0,
                    legs: run.state.legs ?? 1,
                    peakResidentBytes: ProgressMeter.peakResidentBytes)),
            to: "\(options.output)/run.json")
        try run.finish()
        try spool.remove()
    }

    static func noTokens(_ output: String) -> Failure {
        Failure(.badData, "\(output): the stream held no token; nothing was learnt and no model written")
    }
}

/// What produced a model; beside it as `run.json`.
private struct RunRecord: Codable {
    var version: String
    var purpose: String
    var identity: [String: String]
    var epochs: [TrainingRun.EpochReport]
    var bestEpoch: Int?
    var updates: Int
    /// Tokens learnt from, each counted once per epoch.
    var tokens: Int
    /// Of all processes that worked on the run, with all their stages; of one that was killed, up to its last checkpoint.
    var seconds: Double
    /// Number of these processes.
    var legs: Int
    var peakResidentBytes: Int
}
