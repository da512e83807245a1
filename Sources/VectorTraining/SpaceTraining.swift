import Diagnostics
import Glibc
import Kernels
import Randomness
import Runs
import Shards
import Streams
import WordAlignment

/// The third step: trains the joint space, out of core, block after block in shuffled order.
struct SpaceTraining {
    /// Where it stands; the rows are beside it in the checkpoint.
    struct State: Codable {
        var epoch = 0
        /// Blocks of the epoch that are done, in its order.
        var blocks = 0
        /// Tokens that are done, of all epochs.
        var tokens = 0
        var lossSum = 0.0
        var lossCount = 0
        /// Mean loss of each finished epoch.
        var losses: [Double] = []

        var loss: Double { lossSum / Double(max(1, lossCount)) }
    }

    let options: VectorTrainingOptions
    let report: TrainingReport
    let corpus: EncodedCorpus.Reader
    let store: CheckpointStore
    /// The run of the work folder.
    let signature: RunSignature
    private var settings: SkipGramSettings { options.skipGram }

    init(
        _ options: VectorTrainingOptions, _ files: WorkFiles, _ vocabulary: Vocabulary, _ signature: RunSignature,
        _ report: TrainingReport
    ) throws {
        (self.options, self.signature, self.report) = (options, signature, report)
        store = files.checkpoints
        corpus = try EncodedCorpus.Reader(
            paths: [files.encoded(WorkFiles.textName)] + files.pairNames.map(files.linked),
            wordCount: vocabulary.wordCount, languageCount: vocabulary.languages.count)
    }

    /// Refuses at once what no memory of this machine can hold.
    static func requireMemory(for settings: SkipGramSettings, rowCount: Int, _ threads: ComputeThreads) throws {
        let needed =
            SkipGram.byteCount(settings, rowCount: rowCount)
            + ExamplesAhead.byteCount(settings, rowCount: rowCount, threads)
        let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        guard needed < physical else {
            throw Failure.moreMemoryThanThereIs(
                "\(rowCount) words and \(settings.buckets) n-grams of \(settings.dimension) dimensions",
                needed: needed, physical: physical)
        }
    }

    /// Trains to the end, from where an earlier process came to.
    func run(_ trainer: SkipGram, _ distribution: ExampleDistribution) throws {
        let ahead = ExamplesAhead(corpus, distribution, options.threads)
        var state = try resumedState(trainer)
        let pace = Pace(tokens: state.tokens)
        var lastSave = ContinuousClock.now
        while state.epoch < settings.epochs {
            var random = RandomSource(seed: settings.seed, stream: .blockOrder, UInt64(state.epoch))
            let order = random.permutation(corpus.blockCount)
            while state.blocks < order.count {
                if Interruption.isRequested || ContinuousClock.now - lastSave > options.checkpointInterval {
                    try save(state, trainer)
                    try Interruption.check("interrupted in epoch \(state.epoch + 1)")
                    lastSave = .now
                }
                try ahead.withNext(order[state.blocks...], epoch: state.epoch) { try train(trainer, $0, &state) }
                say(state, pace)
            }
            state.losses.append(state.loss)
            report.log(
                "epoch \(state.epoch + 1) of \(settings.epochs): loss \(Self.rounded(state.losses[state.epoch]))")
            (state.lossSum, state.lossCount, state.blocks) = (0, 0, 0)
            state.epoch += 1
            if options.keepsWork && state.epoch == settings.epochs { try save(state, trainer) }
        }
    }

    private func train(_ trainer: SkipGram, _ examples: borrowing SkipGramExamples, _ state: inout State) throws {
        let rate = Float(settings.learningRate * (1 - Double(state.tokens) / tokenTotal))
        let (loss, count) = trainer.train(examples, rate: rate, options.threads)
        guard loss.isFinite else { throw Failure.divergence(options.output, epoch: state.epoch + 1) }
        state.blocks += 1
        state.tokens += examples.tokenCount
        state.lossSum += loss
        state.lossCount += count
    }

    // MARK: Checkpoints

    private func arrays(of trainer: SkipGram) -> [NamedFloats] {
        [NamedFloats("inputs", trainer.inputs.buffer), NamedFloats("outputs", trainer.outputs.buffer)]
    }

    private func save(_ state: State, _ trainer: SkipGram) throws {
        try store.save(
            state.epoch * corpus.blockCount + state.blocks, of: signature, state: state, arrays(of: trainer))
    }

    private func resumedState(_ trainer: SkipGram) throws -> State {
        var state = State()
        let checkpoint = try store.newest(warn: report.log) { checkpoint in
            // Which kernels may continue was decided when the folder was opened.
            _ = try signature.continuing(
                checkpoint.signature, in: "the checkpoint", place: store.path, acceptsOtherKernels: true
            ) { Failure.checkpointOfAnotherRun(store.path, $0) }
            guard let found = try? JSON.decode(State.self, from: checkpoint.state), found.epoch >= 0,
                found.blocks >= 0, found.tokens >= 0, found.losses.count == found.epoch
            else { throw Failure.unreadableState(store.path) }
            state = found
            return arrays(of: trainer)
        }
        if checkpoint == nil {
            trainer.initialize(options.threads)
        } else if state.epoch < settings.epochs {
            report.log("resuming in epoch \(state.epoch + 1), after \(state.tokens) tokens")
        }
        return state
    }

    // MARK: What a user sees

    private struct Pace {
        let start = ContinuousClock.now
        /// That were done before.
        let tokens: Int

        func tokensPerSecond(_ state: State) -> Int {
            let seconds = (ContinuousClock.now - start) / Duration.seconds(1)
            return Int(Double(state.tokens - tokens) / max(seconds, 0.001))
        }
    }

    private var tokenTotal: Double { Double(max(1, corpus.tokenCount * settings.epochs)) }

    private func say(_ state: State, _ pace: Pace) {
        report.figures(["epoch": Double(state.epoch + 1), "loss": state.loss])
        report.status(
            "training, epoch \(state.epoch + 1) of \(settings.epochs), loss \(Self.rounded(state.loss)), "
                + "\(pace.tokensPerSecond(state)) tokens/s",
            Double(state.tokens) / tokenTotal)
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
