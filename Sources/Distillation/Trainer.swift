package import Corpora
import Glibc
package import Kernels
import Locks
import Randomness
import Shards
import Streams
package import Taggers

/// A student (or a teacher in the making): weights, optimizer state, and one update at a time.
///
/// An update is cut into slices of sentences by a rule that knows nothing of the number of jobs; each slice adds its
/// gradient to an array of its own, and these are summed in order. So the weights are the same bytes for any number of
/// jobs.
package final class Trainer {
    package let configuration: TaggerConfiguration
    package var parameters: FloatBuffer { state.parameters }
    package var firstMoment: FloatBuffer { state.firstMoment }
    package var secondMoment: FloatBuffer { state.secondMoment }
    private let state: AdamWState
    private let settings: TrainingSettings
    private let schedule: LearningRateSchedule
    private let updateCount: Int?
    private let optimizer: AdamW
    private let packed: PackedTagger
    private let vectors: any FrozenVectors
    private let team: WorkerTeam
    private var gradients: [TaggerGradient] = []
    private let sum: FloatBuffer
    private let parts: [TaggerGradient.Part]
    /// One for each thread of the team.
    private let workspaces: [TaggerWorkspace]
    private let evaluator: TaggerInference?
    /// Makes states hard to tell by language; nil: nobody does.
    package let adversary: LanguageAdversary?
    private var adversaryGradients: [FloatBuffer] = []
    /// Chooses the sentences of each update; nil: all.
    package let selector: InstanceSelector?
    /// Labelled text of the source, by which the selector's choices are rewarded.
    private let development: UpdateBatch?
    /// The student's loss on it, once it is known.
    private var developmentLoss: Double?

    /// Names the way in which weights are computed. It changes with every change of a formula, of the order of a sum or of
    /// a random choice, so that a program does not continue the run of another that would have made other bytes.
    package static let arithmetic = "3"

    /// Tokens of a slice: enough for the products to be efficient, few enough for two slices in a batch of the usual
    /// size.
    private static let sliceTokenCount = 384

    package struct UpdateReport: Sendable {
        package var loss: Double
        package var gradientNorm: Double
        /// Tokens to which the student gave another label than O, and the targets.
        package var predictedEntityTokens: Int
        package var targetEntityTokens: Int
    }

    /// - Parameters:
    ///   - parameters: Initial weights, trained in place.
    ///   - updatesPerEpoch: nil when the length of the stream is not known.
    ///   - evaluator: For the objective `pairs`: what it learns of the similarity of words from.
    ///   - selector: Chooses the sentences of each update.
    ///   - development: Labelled text of the source, for a selector that learns.
    ///   - adversary: Compares states with those of text that ``update(_:text:)`` is given.
    package init(
        _ configuration: TaggerConfiguration, parameters: FloatBuffer, vectors: any FrozenVectors,
        settings: TrainingSettings,
        updatesPerEpoch: Int?, jobs: Int, evaluator: TaggerInference? = nil, selector: InstanceSelector? = nil,
        development: UpdateBatch? = nil, adversary: LanguageAdversary? = nil
    ) {
        self.evaluator = evaluator
        self.adversary = adversary
        self.selector = selector
        self.development = development
        self.configuration = configuration
        self.vectors = vectors
        self.settings = settings
        team = WorkerTeam(size: jobs)
        workspaces = (0..<jobs).map { _ in TaggerWorkspace(configuration) }
        schedule = settings.learningRateSchedule(updatesPerEpoch: updatesPerEpoch)
        updateCount = updatesPerEpoch.map { $0 * settings.epochs }
        optimizer = settings.optimizer
        packed = PackedTagger(configuration, parameters: parameters)
        state = AdamWState(parameters: parameters)
        sum = FloatBuffer(count: parameters.count)
        parts = TaggerGradient.parts(packed.layout)
    }

    /// Applies one update to the sentences of a batch, or to those that the selector chooses.
    ///
    /// A gradient that is not finite changes nothing; the caller sees it in the report.
    ///
    /// - Parameter text: Sentences of the target, for the adversary.
    package func update(_ batch: UpdateBatch, text: UpdateBatch? = nil) -> UpdateReport {
        guard let selector else { return learn(batch, text) }
        let before = developmentLoss ?? development.map(loss)
        let decision = selector.choose(describe(batch, selector), update: batch.updateNumber)
        selector.count(batch, decision)
        let report = learn(decision.isKept.contains(false) ? batch.keeping { decision.isKept[$0] } : batch, text)
        developmentLoss = development.map(loss)
        if let before, let developmentLoss { selector.learn(decision, reward: before - developmentLoss) }
        return report
    }

    /// What the selector is to know of each sentence.
    private func describe(_ batch: UpdateBatch, _ selector: InstanceSelector) -> [[Float]] {
        if case .random = selector.settings.kind { return Array(repeating: [], count: batch.sentenceEnds.count) }
        let K = configuration.labelCount, describer = selector.describer
        // A sentence without tokens, which a stream of another program may have, is described by zeros.
        let nothing = [Float](repeating: 0, count: describer.stateWidth)
        let found = Locked([[Float]](repeating: nothing, count: batch.sentenceEnds.count))
        forEachSlice(of: batch) { slice, rows, workspace in
            var row = 0
            for sentence in slice {
                let tokens = batch.tokens(ofSentence: sentence)
                guard !tokens.isEmpty else { continue }
                let first = Int(rows[row])
                row += tokens.count
                let description = batch.targets(tokens, labelCount: K).withUnsafeBufferPointer { q in
                    q.baseAddress.map {
                        describer.describe(
                            .init(
                                teacher: $0, student: workspace.probabilities.pointer + first * K,
                                states: workspace.states.from(row: first), tokenCount: tokens.count))
                    }
                }
                if let description { found.withLock { $0[sentence] = description } }
            }
        }
        return found.withLock { $0 }
    }

    /// Mean cross-entropy of the gold labels of a batch, without dropout.
    private func loss(_ batch: UpdateBatch) -> Double {
        let K = configuration.labelCount
        let sums = Locked([Double](repeating: 0, count: batch.sentenceEnds.count))
        forEachSlice(of: batch) { slice, rows, workspace in
            guard let first = slice.first else { return }
            let start = batch.tokens(ofSentence: first).lowerBound
            var sum = 0.0
            for (index, row) in rows.enumerated() {
                guard let label = batch.gold?[start + index] else { continue }
                sum -= log(Double(max(workspace.probabilities[Int(row) * K + Int(label)], 1e-30)))
            }
            sums.withLock { $0[first] = sum }
        }
        return sums.withLock { $0.reduce(0, +) } / Double(max(1, batch.tokenCount))
    }

    /// Runs the network without noise, slice by slice.
    private func forEachSlice(
        of batch: UpdateBatch, _ body: @Sendable (_ sentences: Range<Int>, _ rows: [Int32], TaggerWorkspace) -> Void
    ) {
        let slices = Self.slices(of: batch)
        team.run(slices.count) { [workspaces, packed, vectors] slice, thread in
            guard batch.embedding != nil else { return }
            let sentences = batch.laidOut(slices[slice], packed.configuration)
            let workspace = workspaces[thread]
            packed.forward(
                sentences, vectors: vectors, in: workspace,
                noise: TrainingNoise(dropout: 0, vectorDropout: 0, key: 0))
            body(slices[slice], sentences.tokenRows, workspace)
        }
    }

    /// Applies one update, in rounds of the team: slices, sums of their gradients, weights, packing.
    private func learn(_ batch: UpdateBatch, _ text: UpdateBatch?) -> UpdateReport {
        let slices = Self.slices(of: batch), foreign = text.map(Self.slices) ?? []
        let sliceCount = slices.count + foreign.count
        while gradients.count < sliceCount { gradients.append(TaggerGradient(packed.layout)) }
        if let adversary {
            while adversaryGradients.count < sliceCount {
                adversaryGradients.append(FloatBuffer(count: adversary.discriminator.parameterCount))
            }
        }
        let progress = updateCount.map { Double(batch.updateNumber - 1) / Double(max(1, $0)) } ?? 0
        let worker = SliceWorker(
            packed: packed, vectors: vectors, settings: settings, loss: settings.objective.phase(atProgress: progress),
            evaluator: evaluator, adversary: adversary.map { ($0, adversaryGradients) },
            foreignTokenCount: text?.tokenCount ?? 0, batch: batch, weightSum: batch.weightSum,
            agreedCount: settings.objective == .hardSoft ? batch.isAgreed(0..<batch.tokenCount).count { $0 } : 0,
            slices: slices, gradients: gradients)
        let results = Locked([SliceResult](repeating: SliceResult(), count: slices.count))
        team.run(sliceCount) { [workspaces] slice, thread in
            if slice >= slices.count, let text {
                worker.runForeign(text, foreign[slice - slices.count], index: slice, in: workspaces[thread])
                return
            }
            let result = worker.run(slice, in: workspaces[thread])
            results.withLock { $0[slice] = result }
        }
        if let adversary {
            let sum = adversaryGradients[0]
            for other in adversaryGradients[1..<sliceCount] {
                Kernel.add(count: sum.count, x: other.pointer, y: sum.pointer)
            }
            adversary.discriminator.step(
                sum, update: batch.updateNumber, learningRate: adversary.settings.learningRate)
        }
        let norm = sumGradients(gradients[..<sliceCount])
        if norm.isFinite {
            let step = optimizer.step(
                update: batch.updateNumber, scheduleFactor: schedule.factor(atUpdate: batch.updateNumber),
                gradientNorm: norm)
            team.run(parts.count) { [state, sum, parts, packed] part, _ in
                state.apply(step, gradient: sum, to: parts[part], packed.layout)
            }
            team.run(packed.packingPartCount) { [packed] part, _ in packed.pack(part) }
        }
        let all = results.withLock { $0 }
        return UpdateReport(
            loss: all.reduce(0) { $0 + $1.loss }, gradientNorm: norm,
            predictedEntityTokens: all.reduce(0) { $0 + $1.predictedEntityTokens },
            targetEntityTokens: all.reduce(0) { $0 + $1.targetEntityTokens })
    }

    /// Adds the slices' gradients up and returns the norm of the sum.
    private func sumGradients(_ slices: ArraySlice<TaggerGradient>) -> Double {
        let squares = Locked([Double](repeating: 0, count: parts.count))
        team.run(parts.count) { [sum, parts, packed] part, _ in
            let square = TaggerGradient.sum(slices, parts[part], layout: packed.layout, into: sum)
            squares.withLock { $0[part] = square }
        }
        return squares.withLock { $0.reduce(0, +) }.squareRoot()
    }

    /// The weights were changed from outside.
    package func parametersChanged() {
        for part in 0..<packed.packingPartCount { packed.pack(part) }
    }

    /// Ranges of sentences with nearly equal numbers of tokens.
    static func slices(of batch: UpdateBatch) -> [Range<Int>] {
        let count = max(1, (batch.tokenCount + sliceTokenCount / 2) / sliceTokenCount)
        var slices: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for index in batch.sentenceEnds.indices {
            let sentenceTokenCount = batch.tokens(ofSentence: index).count
            // The cut is made where it is nearest to the equal share: before or behind the sentence that reaches over it.
            let share = batch.tokenCount * (slices.count + 1)
            let isNearerBefore = (2 * tokens + sentenceTokenCount) * count > 2 * share
            if isNearerBefore && index > start && slices.count < count - 1 {
                slices.append(start..<index)
                start = index
            }
            tokens += sentenceTokenCount
        }
        let end = batch.sentenceEnds.count
        if start < end { slices.append(start..<end) }
        return slices
    }
}
