package import Corpora
package import Kernels
import Locks
package import Objectives
import Shards
package import Streams
package import Taggers

/// A student (or a teacher in the making): weights, optimizer state, and one update at a time.
///
/// An update is cut into slices of sentences by a rule that knows nothing of the number of jobs; each slice adds its
/// gradient to an array of its own, and these are summed in order. So the weights are the same bytes for any number of
/// jobs.
package final class Trainer {
    /// What is trained, and what it reads.
    package struct Network {
        package var configuration: TaggerConfiguration
        /// Initial weights, trained in place.
        package var parameters: FloatBuffer
        package var vectors: any FrozenVectors

        package init(_ configuration: TaggerConfiguration, parameters: FloatBuffer, vectors: any FrozenVectors) {
            (self.configuration, self.parameters, self.vectors) = (configuration, parameters, vectors)
        }
    }

    package let configuration: TaggerConfiguration
    package var parameters: FloatBuffer { state.parameters }
    package var firstMoment: FloatBuffer { state.firstMoment }
    package var secondMoment: FloatBuffer { state.secondMoment }
    /// The update behind which the moments were zero: what corrects their bias counts from there.
    package var momentsBegin = 0
    private let state: AdamWState
    private let settings: TrainingSettings
    private let objective: any Objective
    private let schedule: LearningRateSchedule
    private let updateCount: Int?
    private let optimizer: AdamW
    private let packed: PackedTagger
    private let vectors: any FrozenVectors
    private let threads: ComputeThreads
    private var gradients: [TaggerGradient] = []
    private let sum: FloatBuffer
    private let parts: [TaggerGradient.Part]
    /// One for each of the threads.
    private let workspaces: [TaggerWorkspace]
    /// Makes states hard to tell by language; nil: nobody does.
    package let adversary: LanguageAdversary?
    private var adversaryGradients: [FloatBuffer] = []
    /// Chooses the sentences of each update; nil: all.
    package let selector: InstanceSelector?
    /// The student's loss on the selector's labelled text, once it is known.
    private var developmentLoss: Double?

    /// Names the way in which weights are computed. It changes with every change of a formula, of the order of a sum or of
    /// a random choice, so that a program does not continue the run of another that would have made other bytes.
    package static let arithmetic = "4"

    /// What was multiplied so far, for measurements; to be asked between updates.
    package var workDone: TrainingWork { workspaces.reduce(TrainingWork()) { $0 + $1.workDone } }

    package struct UpdateReport: Sendable {
        package var loss: Double
        package var gradientNorm: Double
        /// Tokens to which the student gave another label than O, and the targets.
        package var predictedEntityTokens: Int
        package var targetEntityTokens: Int
    }

    /// - Parameters:
    ///   - objective: Made of the choice in the settings.
    ///   - updatesPerEpoch: nil when the length of the stream is not known.
    ///   - selector: Chooses the sentences of each update.
    ///   - adversary: Compares states with those of text that ``update(_:text:)`` is given.
    package init(
        _ network: Network, settings: TrainingSettings, objective: any Objective, updatesPerEpoch: Int?,
        threads: ComputeThreads,
        selector: InstanceSelector? = nil, adversary: LanguageAdversary? = nil
    ) {
        configuration = network.configuration
        vectors = network.vectors
        self.adversary = adversary
        self.selector = selector
        self.settings = settings
        self.objective = objective
        self.threads = threads
        workspaces = (0..<threads.count).map { _ in TaggerWorkspace(network.configuration) }
        schedule = settings.learningRateSchedule(updatesPerEpoch: updatesPerEpoch)
        updateCount = updatesPerEpoch.map { $0 * settings.epochs }
        optimizer = settings.optimizer
        packed = PackedTagger(
            network.configuration, parameters: network.parameters, precision: settings.precision)
        state = AdamWState(parameters: network.parameters)
        sum = FloatBuffer(count: network.parameters.count)
        parts = TaggerGradient.parts(packed.layout)
    }

    /// Applies one update to the sentences of a batch, or to those that the selector chooses.
    ///
    /// A gradient that is not finite changes nothing; the caller sees it in the report.
    ///
    /// - Parameter text: Sentences of the target, for the adversary.
    package func update(_ batch: UpdateBatch, text: UpdateBatch? = nil) -> UpdateReport {
        guard let selector else { return learn(batch, text) }
        let before = developmentLoss ?? selector.development.map(loss)
        let decision = selector.choose(describe(batch, selector), update: batch.updateNumber)
        selector.count(batch, decision)
        let report = learn(decision.isKept.contains(false) ? batch.keeping { decision.isKept[$0] } : batch, text)
        developmentLoss = selector.development.map(loss)
        if let before, let developmentLoss { selector.learn(decision, reward: before - developmentLoss) }
        return report
    }

    /// Runs the network without noise, slice by slice.
    func forEachSlice(
        of batch: UpdateBatch, _ body: @Sendable (_ sentences: Range<Int>, _ rows: [Int32], TaggerWorkspace) -> Void
    ) {
        let slices = batch.slices
        threads.run(slices.count) { [workspaces, packed, vectors] slice, thread in
            guard batch.embedding != nil else { return }
            let sentences = batch.laidOut(slices[slice], packed.configuration)
            let workspace = workspaces[thread]
            packed.forward(
                sentences, vectors: vectors, in: workspace,
                noise: TrainingNoise(dropout: 0, vectorDropout: 0, key: 0))
            body(slices[slice], sentences.tokenRows, workspace)
        }
    }

    /// Applies one update, in rounds of the threads: slices, sums of their gradients, weights, packing.
    private func learn(_ batch: UpdateBatch, _ text: UpdateBatch?) -> UpdateReport {
        let worker = worker(for: batch, text)
        let results = run(worker)
        if let faced = worker.faced { step(faced, update: batch.updateNumber) }
        let norm = sumGradients(worker.gradients[...])
        if norm.isFinite { step(update: batch.updateNumber, gradientNorm: norm) }
        return UpdateReport(
            loss: results.reduce(0) { $0 + $1.loss }, gradientNorm: norm,
            predictedEntityTokens: results.reduce(0) { $0 + $1.predictedEntityTokens },
            targetEntityTokens: results.reduce(0) { $0 + $1.targetEntityTokens })
    }

    private func worker(for batch: UpdateBatch, _ text: UpdateBatch?) -> SliceWorker {
        let progress = updateCount.map { Double(batch.updateNumber - 1) / Double(max(1, $0)) } ?? 0
        let update = SlicedUpdate(batch, needs: settings.objective.needs, progress: progress)
        let foreign = text?.slices ?? []
        let sliceCount = update.slices.count + foreign.count
        while gradients.count < sliceCount { gradients.append(TaggerGradient(packed.layout)) }
        let faced = adversary.map { adversary in
            while adversaryGradients.count < sliceCount {
                adversaryGradients.append(FloatBuffer(count: adversary.discriminator.parameterCount))
            }
            return FacedAdversary(
                adversary: adversary, text: text ?? UpdateBatch(), slices: foreign,
                gradients: Array(adversaryGradients[..<sliceCount]))
        }
        return SliceWorker(
            packed: packed, vectors: vectors, settings: settings, objective: objective, update: update, faced: faced,
            gradients: Array(gradients[..<sliceCount]))
    }

    private func run(_ worker: SliceWorker) -> [SliceResult] {
        let sliceCount = worker.update.slices.count
        let results = Locked([SliceResult](repeating: SliceResult(), count: sliceCount))
        threads.run(worker.gradients.count) { [workspaces] slice, thread in
            if slice >= sliceCount, let faced = worker.faced {
                worker.runForeign(slice - sliceCount, of: faced, in: workspaces[thread])
                return
            }
            let result = worker.run(slice, in: workspaces[thread])
            results.withLock { $0[slice] = result }
        }
        return results.withLock { $0 }
    }

    private func step(_ faced: FacedAdversary, update: Int) {
        guard let sum = faced.gradients.first else { return }
        for other in faced.gradients.dropFirst() { Kernel.add(count: sum.count, x: other.pointer, y: sum.pointer) }
        faced.adversary.discriminator.step(
            sum, update: update, learningRate: faced.adversary.settings.learningRate)
    }

    private func step(update: Int, gradientNorm: Double) {
        let step = optimizer.step(
            update: update - momentsBegin, scheduleFactor: schedule.factor(atUpdate: update),
            gradientNorm: gradientNorm)
        threads.run(parts.count) { [state, sum, parts, packed] part, _ in
            state.apply(step, gradient: sum, to: parts[part], packed.layout)
        }
        threads.run(packed.packingPartCount) { [packed] part, _ in packed.pack(part) }
    }

    /// Adds the slices' gradients up and returns the norm of the sum.
    private func sumGradients(_ slices: ArraySlice<TaggerGradient>) -> Double {
        let squares = Locked([Double](repeating: 0, count: parts.count))
        threads.run(parts.count) { [sum, parts, packed] part, _ in
            let square = TaggerGradient.sum(slices, parts[part], layout: packed.layout, into: sum)
            squares.withLock { $0[part] = square }
        }
        return squares.withLock { $0.reduce(0, +) }.squareRoot()
    }

    /// The weights were changed from outside.
    package func parametersChanged() {
        for part in 0..<packed.packingPartCount { packed.pack(part) }
    }
}
