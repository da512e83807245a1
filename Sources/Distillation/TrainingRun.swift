import Diagnostics
package import Kernels
package import Runs
import Shards
import Taggers

/// A run of updates that can be interrupted at any moment and continued to the same bytes.
package final class TrainingRun {
    /// What a checkpoint holds besides the arrays.
    package struct State: Codable, Sendable {
        package var cursor = FeedCursor()
        package var updateNumber = 0
        package var tokenCount = 0
        package var lossSum = 0.0
        package var lossCount = 0
        /// Of the current epoch.
        package var predictedEntityTokens = 0
        package var targetEntityTokens = 0
        /// Losses of the epochs that are over, and what the evaluation gave.
        package var epochs: [EpochReport] = []
        package var bestEpoch: Int?
        package var isFinished = false
        /// Seconds of all processes that worked on the run, as far as checkpoints know; nil: from before they were kept.
        package var seconds: Double?
        /// Number of these processes.
        package var legs: Int?
        /// The updates after which another process went on, as far as checkpoints know; nil: none.
        package var resumes: [Int]?
        /// Of what chooses the sentences, when something does.
        package var selector: InstanceSelector.State?

        package init() {}
    }

    package struct EpochReport: Codable, Sendable {
        package var loss: Double
        /// The number of its last update; nil: from before it was kept.
        package var lastUpdate: Int?
        package var predictedEntityTokens: Int
        package var targetEntityTokens: Int
        /// F1 on the source language's development data, 0 to 100, when it was asked for.
        package var developmentF1: Double?
        /// Share of the sentences that a selector kept.
        package var keptShare: Double?
        /// Share of entity tokens, as the teacher has it, in all sentences and in those that were kept.
        package var entityShare: Double?
        package var keptEntityShare: Double?
    }

    private static let bestName = "best"

    package let trainer: Trainer
    package private(set) var state = State()
    private var best: FloatBuffer?
    /// Running mean of the weights, and how much of it an update keeps.
    private var average: (weights: FloatBuffer, decay: Double)?
    /// nil: nothing is kept before the end, as of a round, which is done again.
    private let store: CheckpointStore?
    /// What the run is; after a change of the instruction set it names all that there were.
    package private(set) var signature: RunSignature
    private let checkpointInterval: Duration
    /// For the adversary.
    private let text: (any UnlabelledText)?
    private var lastCheckpoint = ContinuousClock.now
    /// When this process began to work on the run, and what others had done before.
    private let start: ContinuousClock.Instant
    private var before = (seconds: 0.0, legs: 0)
    private var newestSaved = -1
    /// The update that this process began behind, when others had worked on the run.
    package private(set) var resumedAfter: Int?

    /// - Parameters:
    ///   - signature: What the run is; a checkpoint of another one is not continued.
    ///   - checkpointInterval: Time between two checkpoints; their number changes nothing but the work that can be
    ///     lost.
    ///   - text: Sentences of the target, for a trainer with an adversary.
    ///   - averageDecay: Keeps a running mean of the weights, and gives it as the result.
    package init(
        _ trainer: Trainer, store: CheckpointStore?, signature: RunSignature, checkpointInterval: Duration = .zero,
        averageDecay: Double? = nil, text: (any UnlabelledText)? = nil, start: ContinuousClock.Instant = .now
    ) {
        self.start = start
        self.trainer = trainer
        self.text = text
        average = averageDecay.map { (trainer.parameters.copied(), $0) }
        state.selector = trainer.selector?.state
        self.store = store
        self.signature = signature
        self.checkpointInterval = checkpointInterval
    }

    /// Takes up the newest checkpoint, if there is one; refuses one of another run.
    ///
    /// - Parameter acceptsOtherKernels: Whether one of another instruction set is taken up, too.
    /// - Returns: Whether the run continues.
    package func resume(acceptsOtherKernels: Bool = false, warn: (String) -> Void) throws -> Bool {
        guard let store else { return false }
        var found = (state: State(), signature: signature, best: FloatBuffer?.none)
        let checkpoint = try store.newest(warn: warn) { checkpoint in
            let place = store.path
            found.signature = try signature.continuing(
                checkpoint.signature, in: "the checkpoint", place: place, acceptsOtherKernels: acceptsOtherKernels
            ) {
                Failure.cannotResume(place, $0)
            }
            guard let state = try? JSON.decode(State.self, from: checkpoint.state) else {
                throw Failure.unreadableState(place)
            }
            found.state = state
            found.best = checkpoint.count(of: Self.bestName).map { _ in FloatBuffer(count: trainer.parameters.count) }
            return try arrays(best: found.best, in: checkpoint, place: place)
        }
        guard checkpoint != nil else { return false }
        trainer.parametersChanged()
        (state, signature, best) = found
        signature.warning.map(warn)
        before = (state.seconds ?? 0, state.legs ?? 1)
        if let selector = state.selector { trainer.selector?.state = selector }
        newestSaved = state.updateNumber
        resumedAfter = state.updateNumber
        state.resumes = (state.resumes ?? []) + [state.updateNumber]
        return true
    }

    /// Where the arrays of a checkpoint go.
    private func arrays(best: FloatBuffer?, in checkpoint: Checkpoint, place: String) throws -> [NamedFloats] {
        let arrays = keptArrays + (best.map { [NamedFloats(Self.bestName, $0)] } ?? [])
        for array in arrays where checkpoint.count(of: array.name) != array.values.count {
            throw Failure.arrayDoesNotFit(place, array.name)
        }
        return arrays
    }

    /// Goes on from a state that nobody but the caller has kept, with the trainer's arrays as they are.
    package func goOn(from state: State) { self.state = state }

    /// Trains one epoch, or what is left of it, from `feed`.
    ///
    /// - Parameters:
    ///   - last: Number of the last update that is done; what comes after it stays in the feed, and the epoch open.
    ///   - evaluate: Called with the weights after the epoch; the epoch of the highest value is kept. nil keeps the
    ///     last.
    ///   - report: Called after every update; what it throws ends the run as it stands.
    package func trainEpoch(
        _ feed: inout BatchFeed, through last: Int = .max, evaluate: ((FloatBuffer) throws -> Double)? = nil,
        report: (State, Trainer.UpdateReport) throws -> Void
    ) async throws {
        while let batch = try await nextBatch(&feed) {
            guard batch.updateNumber <= last else { return }
            let update = trainer.update(
                batch, text: try text?.sentences(update: batch.updateNumber, tokenCount: batch.tokenCount))
            guard update.gradientNorm.isFinite, update.loss.isFinite else {
                throw Failure.divergence(update: batch.updateNumber)
            }
            if let (weights, decay) = average {
                // Short at first, so that the weights of the beginning do not stay.
                let done = Double(state.epochs.isEmpty ? state.lossCount : state.updateNumber)
                let d = Float(min(decay, (1 + done) / (10 + done)))
                Kernel.scale(count: weights.count, a: d, y: weights.pointer)
                Kernel.axpy(count: weights.count, a: 1 - d, x: trainer.parameters.pointer, y: weights.pointer)
            }
            state.updateNumber = batch.updateNumber
            state.tokenCount += batch.tokenCount
            state.lossSum += update.loss
            state.lossCount += 1
            state.predictedEntityTokens += update.predictedEntityTokens
            state.targetEntityTokens += update.targetEntityTokens
            state.cursor = feed.cursor
            state.selector = trainer.selector?.state
            try report(state, update)
            if Interruption.isRequested { try stop() }
            if ContinuousClock.now - lastCheckpoint >= checkpointInterval { try save() }
        }
        try endEpoch(evaluate)
    }

    /// The next batch; when the stream before it fails or is interrupted, what is learnt so far is saved first.
    private func nextBatch(_ feed: inout BatchFeed) async throws -> UpdateBatch? {
        do {
            return try await feed.next()
        } catch  where state.updateNumber > 0 {
            if Interruption.explainsFailure { try stop() }
            try save()
            throw error
        }
    }

    private func stop() throws -> Never {
        guard store != nil else { throw Failure.interruptedInRound(after: state.updateNumber) }
        try save()
        throw Failure.interrupted(
            "interrupted after update \(state.updateNumber); the checkpoint is written, the same command continues")
    }

    private func endEpoch(_ evaluate: ((FloatBuffer) throws -> Double)?) throws {
        let weights = average?.weights ?? trainer.parameters
        let f1 = try evaluate?(weights)
        let previousBest = state.bestEpoch.flatMap { state.epochs[$0].developmentF1 }
        var report = EpochReport(
            loss: state.lossSum / Double(max(1, state.lossCount)), lastUpdate: state.updateNumber,
            predictedEntityTokens: state.predictedEntityTokens, targetEntityTokens: state.targetEntityTokens,
            developmentF1: f1)
        if let selector = trainer.selector {
            report.note(selector.state)
            selector.state.offered = .init()
            selector.state.kept = .init()
            state.selector = selector.state
        }
        state.epochs.append(report)
        if let f1, f1 > previousBest ?? -1 {
            state.bestEpoch = state.epochs.count - 1
            best = weights.copied()
        }
        state.cursor = FeedCursor()
        state.cursor.epoch = state.epochs.count
        (state.lossSum, state.lossCount, state.predictedEntityTokens, state.targetEntityTokens) = (0, 0, 0, 0)
    }

    /// The weights to keep: those of the best epoch when epochs were evaluated, otherwise the last.
    package var result: FloatBuffer { best ?? average?.weights ?? trainer.parameters }

    /// What every checkpoint of the run has, by name.
    private var keptArrays: [NamedFloats] {
        [NamedFloats("parameters", trainer.parameters)] + moments
            + (average.map { [NamedFloats("average", $0.weights)] } ?? [])
            + (trainer.selector.map { [NamedFloats("selector", $0.arrays)] } ?? [])
            + (trainer.adversary.map { [NamedFloats("adversary", $0.discriminator.arrays)] } ?? [])
    }

    /// Those of AdamW.
    package var moments: [NamedFloats] {
        [NamedFloats("firstMoment", trainer.firstMoment), NamedFloats("secondMoment", trainer.secondMoment)]
    }

    /// Saves now, whatever the interval.
    package func checkpoint() throws { try save(force: true) }

    package func finish() throws {
        state.isFinished = true
        try save(force: true)
    }

    private func save(force: Bool = false) throws {
        guard let store, force || state.updateNumber != newestSaved else { return }
        state.seconds = before.seconds + (ContinuousClock.now - start) / .seconds(1)
        state.legs = before.legs + 1
        try store.save(
            state.updateNumber, of: signature, state: state,
            keptArrays + (best.map { [NamedFloats(Self.bestName, $0)] } ?? []))
        newestSaved = state.updateNumber
        lastCheckpoint = ContinuousClock.now
    }
}

extension TrainingRun.EpochReport {
    package init(loss: Double, predictedEntityTokens: Int, targetEntityTokens: Int) {
        self.init(
            loss: loss, lastUpdate: nil, predictedEntityTokens: predictedEntityTokens,
            targetEntityTokens: targetEntityTokens)
    }

    /// What a selector did in the epoch.
    fileprivate mutating func note(_ selector: InstanceSelector.State) {
        func share(_ kept: InstanceSelector.State.Kept) -> Double {
            Double(kept.entityTokens) / Double(max(1, kept.tokens))
        }
        keptShare = Double(selector.kept.sentences) / Double(max(1, selector.offered.sentences))
        entityShare = share(selector.offered)
        keptEntityShare = share(selector.kept)
    }
}
