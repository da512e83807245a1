import Corpora
import Diagnostics
package import Distillation
import Evaluation
import Kernels
import Runs
import Shards
package import Taggers

/// Makes the weights of the next round of the deltas of one.
///
/// A unit counts as much as it has tokens (federated averaging: McMahan et al. 2017, algorithm 1); of equal units that is the uniform
/// mixture of McDonald et al. Each unit does its share of its own updates in a round, so that all of them stand at the same place of
/// the schedule, however unequal they are. Deltas are folded in the order of the units, so no order of arrival changes a bit. Memory:
/// one delta, and some arrays of the weights; not the number of units.
package struct RoundMerge {
    package struct Settings: Sendable {
        package var folder: RoundFolder
        package var outer: OuterOptimizer
        /// Deltas that lie elsewhere.
        package var further: [String] = []
        /// What the first round began with, when that were no fresh weights.
        package var initial: Model?
        /// How long to wait for another process that merges the same.
        package var wait = Duration.zero
        /// What the command was told, for the record.
        package var words: [String] = []

        package init(folder: RoundFolder, outer: OuterOptimizer) { (self.folder, self.outer) = (folder, outer) }
    }

    package enum Result: Sendable {
        /// Number of units, files that were given twice, and the mean loss.
        case merged(units: Int, duplicates: Int, loss: Double)
        case wasMerged
    }

    private let settings: Settings
    private var folder: RoundFolder { settings.folder }

    package init(_ settings: Settings) { self.settings = settings }

    package func run() throws -> Result {
        guard !folder.deltas.isEmpty || !settings.further.isEmpty || folder.stands else {
            throw Failure.withoutDeltas(folder.path)
        }
        let start = ContinuousClock.now
        let place = try RunFolder(folder.path, wait: settings.wait)
        if folder.stands {
            try requireSameOuter(RoundRecord(folder))
            try folder.removePast()
            return .wasMerged
        }
        let paths = folder.deltas + settings.further
        let deltas = try Self.units(of: paths, in: folder)
        let weights = try initialWeights(deltas[0]), velocity = try initialVelocity(deltas[0], count: weights.count)
        var mean = WeightedMean(count: weights.count)
        let values = FloatBuffer(count: weights.count)
        for delta in deltas {
            try Interruption.check("\(folder.path): interrupted while merging; run the same command again")
            // Opened again: not all of them can be open at a time.
            try RoundDelta(path: delta.path).read(into: values, expecting: delta)
            mean.add(values, weight: Double(delta.content.tokens))
        }
        settings.outer.step(weights, mean: mean, velocity: velocity)
        guard (0..<weights.count).allSatisfy({ weights[$0].isFinite }) else {
            throw Failure.outerDivergence(folder.path)
        }
        let loss = try write(weights, velocity, deltas.map(\.content), deltas[0].signature, place, start)
        try folder.removePast()
        return .merged(units: deltas.count, duplicates: paths.count - deltas.count, loss: loss)
    }

    // MARK: What is merged

    /// One delta of each unit, in their order.
    ///
    /// - Throws: When one is missing or does not belong to the others.
    private static func units(of paths: [String], in folder: RoundFolder) throws -> [RoundDelta.Head] {
        var found: [Int: RoundDelta.Head] = [:], data: [String: RoundDelta.Head] = [:]
        var first: RoundDelta.Head?
        for path in paths {
            let delta = try RoundDelta(path: path).head
            guard delta.round == folder.round.description else {
                throw Failure.deltaOfAnother(path, "round: \(delta.round) against \(folder.round)")
            }
            if let first, let difference = delta.signature.namedDifference(from: first.signature) {
                throw Failure.deltaOfAnother(path, "\(difference) of \(first.path)")
            }
            first = first ?? delta
            if let twin = found[delta.unit.number] {
                guard twin.content.data == delta.content.data, twin.content.weights == delta.content.weights else {
                    throw Failure.deltasDiffer(twin.path, path, unit: delta.unit)
                }
                continue
            }
            if let other = data[delta.content.data] { throw Failure.unitsOfSameData(other.path, path) }
            found[delta.unit.number] = delta
            data[delta.content.data] = delta
        }
        guard let first else { throw Failure.withoutDeltas(folder.path) }
        let all = WorkUnit.all(of: first.unit.count)
        let missing = all.filter { found[$0.number] == nil }
        guard missing.isEmpty else {
            throw Failure.deltasAreMissing(folder.path, missing.map(UnitOutput.name), of: all.count)
        }
        return all.compactMap { found[$0.number] }
    }

    /// The weights that the round began with, as the deltas say.
    private func initialWeights(_ delta: RoundDelta.Head) throws -> FloatBuffer {
        let model: Model
        if let previous = folder.previous {
            let record = try RoundRecord(previous)
            try record.require(delta.signature, ignoring: RoundIdentity.ofOneRound)
            try requireSameOuter(record)
            model = try Model(path: previous.path)
        } else {
            let configuration = delta.content.configuration
            model =
                settings.initial
                ?? Model(
                    configuration: configuration,
                    parameters: ParameterLayout(configuration).makeInitialParameters(seed: delta.content.seed))
        }
        let digest = try model.digest()
        if digest != delta.weightsOfTheRound {
            // Their mean does not need it.
            guard folder.previous != nil || settings.outer.hasVelocity || settings.initial != nil else {
                return FloatBuffer(count: model.parameters.count)
            }
            throw Failure.otherInitialWeights(
                delta.path, found: delta.weightsOfTheRound, here: digest, isFirst: folder.previous == nil)
        }
        return model.parameters.copied()
    }

    private func initialVelocity(_ delta: RoundDelta.Head, count: Int) throws -> FloatBuffer? {
        guard settings.outer.hasVelocity else { return nil }
        let velocity = FloatBuffer(count: count)
        guard let previous = folder.previous else { return velocity }
        let file = try CheckpointFile(path: previous.velocity)
        guard file.checkpoint.count(of: Self.velocityName) == count else { throw Failure.noVelocity(previous.velocity) }
        try file.read(into: [NamedFloats(Self.velocityName, velocity)])
        guard try RoundDelta.digest(velocity) == RoundRecord(previous).content.velocity else {
            throw Failure.noVelocity(previous.velocity)
        }
        return velocity
    }

    private func requireSameOuter(_ record: RoundRecord) throws {
        guard record.content.outer != settings.outer else { return }
        throw Failure.unitMadeOtherwise(
            record.path, "outer: \(record.content.outer.text) against \(settings.outer.text)")
    }

    // MARK: What is made

    private static let velocityName = "velocity"

    /// - Returns: The mean loss of the units.
    private func write(
        _ weights: FloatBuffer, _ velocity: FloatBuffer?, _ units: [RoundDelta.Content], _ signature: RunSignature,
        _ place: RunFolder, _ start: ContinuousClock.Instant
    ) throws -> Double {
        let first = units[0], model = Model(configuration: first.configuration, parameters: weights)
        var state = Self.state(of: units)
        state.seconds = (ContinuousClock.now - start) / .seconds(1)
        let purpose =
            "nerpipe merge, round \(folder.round) of \(units.count) units, \(settings.outer.text)"
        let card = ModelCard(
            purpose: purpose, configuration: first.configuration, header: first.header,
            settings: signature.identity["student"]?["settings"] ?? .nothing, state: state, path: folder.path)
        if let velocity {
            try Checkpoint.write(
                folder.round.number, of: signature, state: [], [NamedFloats(Self.velocityName, velocity)],
                to: folder.velocity, compressor: nil)
        }
        try model.write(to: folder.path, card: card.text)
        var student = StudentRecord(state, purpose: purpose, flow: FlowRecord(stages: [], isWhole: true))
        student.words = settings.words
        let content = RoundRecord.Content(
            outer: settings.outer, weights: try model.digest(), velocity: velocity.map(RoundDelta.digest),
            units: units.map {
                .init(unit: "\($0.unit)/\(units.count)", data: $0.data, tokens: $0.tokens, loss: $0.loss)
            })
        try place.record(signature, WrittenRoundRecord(student: student, content: content))
        return Self.mean(of: units) { $0.loss }
    }

    private static func mean(of units: [RoundDelta.Content], _ value: (RoundDelta.Content) -> Double) -> Double {
        units.reduce(0) { $0 + Double($1.tokens) * value($1) } / units.reduce(0) { $0 + Double($1.tokens) }
    }

    /// What all units have done, as if one had: of epochs, those that all of them are through with.
    private static func state(of units: [RoundDelta.Content]) -> TrainingRun.State {
        var state = TrainingRun.State()
        state.updateNumber = units.reduce(0) { $0 + $1.updates }
        state.tokenCount = units.reduce(0) { $0 + $1.tokensLearnt }
        state.epochs = (0..<(units.map(\.epochs.count).min() ?? 0)).map { epoch in
            TrainingRun.EpochReport(
                loss: mean(of: units) { $0.epochs[epoch].loss },
                predictedEntityTokens: units.reduce(0) { $0 + $1.epochs[epoch].predictedEntityTokens },
                targetEntityTokens: units.reduce(0) { $0 + $1.epochs[epoch].targetEntityTokens })
        }
        return state
    }
}
