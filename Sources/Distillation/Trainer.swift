package import Corpora
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

    /// Names the way in which weights are computed. It changes with every change of a formula, of the order of a sum or of
    /// a random choice, so that a program does not continue the run of another that would have made other bytes.
    package static let arithmetic = "2"

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
    package init(
        _ configuration: TaggerConfiguration, parameters: FloatBuffer, vectors: any FrozenVectors,
        settings: TrainingSettings,
        updatesPerEpoch: Int?, jobs: Int
    ) {
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

    /// Applies one update, in rounds of the team: slices, sums of their gradients, weights, packing.
    ///
    /// A gradient that is not finite changes nothing; the caller sees it in the report.
    package func update(_ batch: UpdateBatch) -> UpdateReport {
        let slices = Self.slices(of: batch)
        while gradients.count < slices.count { gradients.append(TaggerGradient(packed.layout)) }
        let progress = updateCount.map { Double(batch.updateNumber - 1) / Double(max(1, $0)) } ?? 0
        let worker = SliceWorker(
            packed: packed, vectors: vectors, settings: settings, loss: settings.objective.phase(atProgress: progress),
            batch: batch, slices: slices, gradients: gradients)
        let results = Locked([SliceResult](repeating: SliceResult(), count: slices.count))
        team.run(slices.count) { [workspaces] slice, thread in
            let result = worker.run(slice, in: workspaces[thread])
            results.withLock { $0[slice] = result }
        }
        let norm = sumGradients(gradients[..<slices.count])
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

struct SliceResult: Sendable {
    var loss = 0.0
    var predictedEntityTokens = 0
    var targetEntityTokens = 0
}

/// Forward, loss and backward of one slice of an update.
private struct SliceWorker: Sendable {
    let packed: PackedTagger
    let vectors: any FrozenVectors
    let settings: TrainingSettings
    let loss: SoftTargetLoss
    let batch: UpdateBatch
    let slices: [Range<Int>]
    let gradients: [TaggerGradient]

    func run(_ slice: Int, in workspace: TaggerWorkspace) -> SliceResult {
        let K = packed.configuration.labelCount
        guard let embedding = batch.embedding, let first = slices[slice].first, let last = slices[slice].last else {
            return SliceResult()
        }
        var sentences = LaidOutSentences(packed.configuration)
        for sentence in slices[slice] { sentences.append(embedding, tokens: batch.tokens(ofSentence: sentence)) }
        let tokens = batch.tokens(ofSentence: first).lowerBound..<batch.tokens(ofSentence: last).upperBound
        let targets = targets(tokens, labelCount: K)
        var random = RandomSource(seed: settings.seed, stream: .dropout, UInt64(batch.updateNumber), UInt64(slice))
        let noise = TrainingNoise(dropout: settings.dropout, vectorDropout: settings.vectorDropout, key: random.next())
        packed.forward(sentences, vectors: vectors, in: workspace, noise: noise)
        var result = SliceResult()
        targets.withUnsafeBufferPointer { buffer in
            guard let targets = buffer.baseAddress else { return }
            let p = workspace.probabilities.pointer
            result.loss = loss.apply(
                probabilities: p, targets: targets, tokenRows: sentences.tokenRows, rowCount: sentences.rowCount,
                labelCount: K,
                tokenCount: batch.tokenCount, gradient: workspace.logitGradient.pointer,
                gradientStride: workspace.labelStride)
            for (token, row) in sentences.tokenRows.enumerated() {
                if Self.isEntity(p + Int(row) * K, K) { result.predictedEntityTokens += 1 }
                if Self.isEntity(targets + token * K, K) { result.targetEntityTokens += 1 }
            }
        }
        packed.backward(sentences, in: workspace, noise: noise, gradient: gradients[slice])
        return result
    }

    /// Label 0 is O.
    private static func isEntity(_ probabilities: UnsafePointer<Float>, _ K: Int) -> Bool {
        for k in 1..<K where probabilities[k] > probabilities[0] { return true }
        return false
    }

    /// `[tokens.count, K]`
    private func targets(_ tokens: Range<Int>, labelCount K: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: tokens.count * K) { targets, count in
            guard let y = targets.baseAddress else { return }
            if let gold = batch.gold {
                y.initialize(repeating: 0, count: tokens.count * K)
                for (index, label) in gold[tokens].enumerated() { y[index * K + Int(label)] = 1 }
            } else {
                batch.scores?.probabilities.withUnsafeBufferPointer {
                    guard let x = $0.baseAddress else { return }
                    Kernel.halfToFloat(count: tokens.count * K, x: x + tokens.lowerBound * K, y: y)
                }
            }
            count = tokens.count * K
        }
    }
}
