package import Corpora
import Diagnostics
import Distillation
import Evaluation
import Kernels
import Randomness
import Runs
package import Shards
import Taggers
package import Vectors

/// What a worker does: the updates of one unit that are due in one round.
///
/// With one unit, the rounds are the run of `update` in pieces, and end with the same bytes.
package struct RoundTraining: Sendable {
    package struct Settings: Sendable {
        package let folder: RoundFolder
        package let unit: WorkUnit
        package let moments: InnerMoments
        /// What is said of the unit.
        package let notes: UnitNotes

        package init(folder: RoundFolder, unit: WorkUnit, moments: InnerMoments) {
            (self.folder, self.unit, self.moments) = (folder, unit, moments)
            notes = folder.notes(of: unit)
        }
    }

    package enum Result: Sendable {
        /// Updates that were done, of all that the unit has.
        case done(updates: Range<Int>, of: Int)
        case wasDone
    }

    private static let stateKind = "unit of a student's rounds"

    private let settings: Settings
    private let options: StudentOptions
    private let table: VectorTable
    private let labels: TagSet
    private let log: @Sendable (String) -> Void

    package init(
        _ settings: Settings, _ options: StudentOptions, table: VectorTable, labels: TagSet,
        log: @escaping @Sendable (String) -> Void
    ) {
        (self.settings, self.options, self.table, self.labels, self.log) = (settings, options, table, labels, log)
    }

    private var folder: RoundFolder { settings.folder }

    /// - Parameter library: The unit's data.
    package func run(_ library: ShardLibrary, progress: ProgressMeter) async throws -> Result {
        let student = try StudentNetwork(options, table: table, labels: labels, header: library.header)
        guard library.counts.tokens > 0 else { throw Failure.noTokens(folder.path) }
        let identity = try StudentIdentity(student, inputs: UpdateStage.Inputs())
        let previous = try folder.previous.map(RoundRecord.init), weights = try initialWeights(student)
        let signature = try RunSignature(
            RoundDelta.kind,
            identity: RoundIdentity(
                round: folder.round.description, weightsOfTheRound: weights.digest(), units: settings.unit.count,
                moments: settings.moments, student: identity))
        try previous?.require(signature, ignoring: RoundIdentity.ofOneRound)
        if try isDone(signature, library) {
            try settings.notes.end()
            return .wasDone
        }
        let states = try (
            before: previous.map { try state(after: $0.signature, library) }, after: state(after: signature, library)
        )
        let (run, due, count) = try await train(library, try own(student, weights), states, progress)
        let current =
            run.state.lossCount > 0 ? run.state.lossSum / Double(run.state.lossCount) : run.state.epochs.last?.loss
        let content = RoundDelta.Content(
            unit: settings.unit.number, data: library.digest, tokens: library.counts.tokens,
            updates: run.state.updateNumber, tokensLearnt: run.state.tokenCount, epochs: run.state.epochs,
            loss: current ?? 0, weights: RoundDelta.digest(run.trainer.parameters),
            configuration: student.configuration,
            header: library.header, seed: options.settings.seed)
        try RoundDelta.write(content, of: signature, run.trainer.parameters, to: folder.delta(of: settings.unit), rule)
        try settings.notes.end()
        return .done(updates: due, of: count)
    }

    /// Two processes that do the same unit write the same.
    private var rule: OutputRule {
        var rule = OutputRule()
        rule.wait = max(options.start.wait, .seconds(60))
        return rule
    }

    /// The model that all units begin the round with.
    private func initialWeights(_ student: StudentNetwork) throws -> Model {
        guard let previous = folder.previous else {
            return Model(configuration: student.configuration, parameters: student.initialParameters)
        }
        return try Model(path: previous.path)
    }

    /// The network that the unit trains: from these weights, with random choices of its own, which those of the first unit are not.
    private func own(_ student: StudentNetwork, _ weights: Model) throws -> StudentNetwork {
        var options = options
        options.initial = weights
        if settings.unit.number > 1 {
            var random = RandomSource(seed: options.settings.seed, stream: .units, UInt64(settings.unit.number))
            options.settings.seed = random.next()
        }
        return try StudentNetwork(options, table: table, labels: labels, header: student.header)
    }

    private func isDone(_ signature: RunSignature, _ library: ShardLibrary) throws -> Bool {
        if folder.stands {
            try RoundRecord(folder).require(signature)
            return true
        }
        let path = folder.delta(of: settings.unit)
        guard Directory.fileExists(path) else { return false }
        let found = try RoundDelta(path: path).head
        let data = found.content.data == library.digest ? nil : "data: \(found.content.data) against \(library.digest)"
        if let difference = found.signature.namedDifference(from: signature) ?? data {
            throw Failure.unitMadeOtherwise(path, difference)
        }
        return true
    }

    private struct StateIdentity: Encodable {
        /// What made the round after which it stands there.
        var round: IdentityField
        var unit: String
        var data: String
    }

    /// Of the unit's state after a round.
    private func state(after round: RunSignature, _ library: ShardLibrary) throws -> RunSignature {
        try RunSignature(
            Self.stateKind,
            identity: StateIdentity(
                round: round.identity, unit: settings.unit.description, data: library.digest))
    }

    /// Does the updates, and writes the state behind them.
    ///
    /// - Returns: The run, the updates that were due, counted from 0, and how many there are in all rounds.
    private func train(
        _ library: ShardLibrary, _ student: StudentNetwork, _ states: (before: RunSignature?, after: RunSignature),
        _ progress: ProgressMeter
    ) async throws -> (TrainingRun, Range<Int>, Int) {
        let own = student.options.settings
        let perEpoch = BatchFeed.updateCount(tokenCount: library.counts.tokens, batchTokenCount: own.batchTokenCount)
        let count = perEpoch * own.epochs, due = folder.round.share(of: count)
        // As `update` does it: one epoch takes the blocks as they come, and no rule asks how many there are.
        let flows = own.epochs == 1 && !own.needsLength
        let trainer = try student.makeTrainer(nil, updatesPerEpoch: flows ? nil : perEpoch)
        let run = TrainingRun(trainer, store: nil, signature: states.after)
        if let previous = folder.previous, let before = states.before {
            try goOn(run, from: previous.state(of: settings.unit), before)
        }
        if settings.moments == .reset { trainer.momentsBegin = due.lowerBound }
        let bytes = FixedDecimal.text(
            Double(settings.unit.count * RoundFolder.byteCount(weights: trainer.parameters.count, settings.moments))
                / 1e6,
            decimals: 1)
        log(
            "round \(folder.round), unit \(settings.unit): \(due.count) of \(count) updates; deltas and states of all units take "
                + "\(bytes) MB, and those of two rounds lie there at a time"
        )
        var task = EpochTask(
            run: run, settings: own, updatesPerEpoch: flows ? nil : perEpoch, rowCount: table.rowCount,
            output: folder.path, display: UpdateDisplay(progress, epochs: own.epochs, updatesPerEpoch: perEpoch),
            evaluate: nil)
        task.lastUpdate = due.upperBound
        task.check = check
        task.display.begin(run, output: folder.path)
        try Directory.make(folder.path)
        // A twin may be writing it.
        try? settings.notes.begin()
        while run.state.epochs.count < own.epochs, run.state.epochs.count * perEpoch < due.upperBound {
            let epochs = run.state.epochs.count
            try await train(task, library, flows: flows, progress)
            if run.state.epochs.count == epochs { break }
        }
        try requireNeed()
        try Checkpoint.write(
            run.state.updateNumber, of: states.after, state: JSON.encode(run.state),
            settings.moments == .keep ? run.moments : [], to: folder.state(of: settings.unit), compressor: nil, rule)
        return (run, due, count)
    }

    /// Asks once in a second whether a twin was quicker: who is slow holds up nobody then, neither the round nor who waits for the process.
    private var check: () throws -> Void {
        var last = ContinuousClock.now
        return {
            let now = ContinuousClock.now
            guard now - last >= .seconds(1) else { return }
            last = now
            try requireNeed()
        }
    }

    /// - Throws: When somebody else has done the unit.
    private func requireNeed() throws {
        guard !folder.stands, !Directory.fileExists(folder.delta(of: settings.unit)) else {
            throw OutputRule.CompleteAlready(path: folder.path)
        }
    }

    /// Takes up where the unit stood after the round before.
    private func goOn(_ run: TrainingRun, from path: String, _ signature: RunSignature) throws {
        let file: CheckpointFile
        do {
            file = try CheckpointFile(path: path)
        } catch  where folder.stands {
            // Others were quicker, and it is removed.
            throw OutputRule.CompleteAlready(path: folder.path)
        } catch  where !Directory.fileExists(path) {
            throw Failure.stateIsGone(path)
        }
        if let (name, mine, theirs) = signature.difference(from: file.checkpoint.signature) {
            throw Failure.unitMadeOtherwise(path, "\(name): \(theirs) against \(mine)")
        }
        guard let state = try? JSON.decode(TrainingRun.State.self, from: file.checkpoint.state) else {
            throw Failure.noState(path)
        }
        try file.read(into: settings.moments == .keep ? run.moments : [])
        run.goOn(from: state)
    }

    /// An epoch, or what is left of it, or of the round.
    private func train(_ task: EpochTask, _ library: ShardLibrary, flows: Bool, _ progress: ProgressMeter) async throws
    {
        let runner = PipelineRunner(threads: options.threads, progress: progress), cursor = task.run.state.cursor
        let batches =
            flows
            ? library.blocks(0..<library.blockCount, from: cursor.windowFirstBlock, runner: runner)
            : library.epoch(
                cursor.epoch, from: cursor.windowFirstBlock, seed: task.settings.seed, runner: runner)
        runner.add { try await task.train(batches, skipping: 0) }
        try await runner.run()
    }
}
