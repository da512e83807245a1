package import Corpora
import Dispatch
package import Kernels
import Locks
import Randomness
import Shards
package import Taggers

/// A student (or a teacher in the making): weights, optimizer state, and one update at a time.
///
/// An update is cut into slices of sentences by a rule that knows nothing of the number of jobs; each slice adds its
/// gradient to an array of its own, and these are summed in order. So the weights are the same bytes for any number of
/// jobs.
package final class Trainer {
    package let configuration: TaggerConfiguration
    package let parameters: FloatBuffer
    package let firstMoment: FloatBuffer
    package let secondMoment: FloatBuffer
    private let settings: TrainingSettings
    private let schedule: LearningRateSchedule
    private let updateCount: Int?
    private let optimizer: AdamW
    private let packed: PackedTagger
    private let vectors: any FrozenVectors
    private let jobs: Int
    private var gradients: [FloatBuffer] = []
    private let workspaces = Pool<TaggerWorkspace>()

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
        self.parameters = parameters
        self.vectors = vectors
        self.settings = settings
        self.jobs = jobs
        schedule = settings.learningRateSchedule(updatesPerEpoch: updatesPerEpoch)
        updateCount = updatesPerEpoch.map { $0 * settings.epochs }
        optimizer = settings.optimizer
        packed = PackedTagger(configuration, parameters: parameters)
        firstMoment = FloatBuffer(count: parameters.count)
        secondMoment = FloatBuffer(count: parameters.count)
    }

    /// Applies one update.
    package func update(_ batch: UpdateBatch) -> UpdateReport {
        let slices = Self.slices(of: batch)
        while gradients.count < slices.count { gradients.append(FloatBuffer(count: parameters.count)) }
        packed.pack(forTraining: true)
        let progress = updateCount.map { Double(batch.updateNumber - 1) / Double(max(1, $0)) } ?? 0
        let loss = settings.objective.phase(atProgress: progress)
        let results = Locked([SliceResult](repeating: SliceResult(), count: slices.count))
        let next = Locked(0)
        let worker = SliceWorker(
            packed: packed, vectors: vectors, settings: settings, loss: loss, batch: batch, slices: slices,
            gradients: gradients,
            workspaces: workspaces)
        let lane: @Sendable (Int) -> Void = { _ in
            while true {
                let slice = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard slice < worker.slices.count else { return }
                let result = worker.run(slice)
                results.withLock { $0[slice] = result }
            }
        }
        if jobs == 1 || slices.count == 1 {
            lane(0)
        } else {
            DispatchQueue.concurrentPerform(iterations: min(jobs, slices.count), execute: lane)
        }
        for slice in slices.indices.dropFirst() {
            Kernel.add(count: parameters.count, x: gradients[slice].pointer, y: gradients[0].pointer)
        }
        let norm = optimizer.apply(
            update: batch.updateNumber, scheduleFactor: schedule.factor(atUpdate: batch.updateNumber),
            parameters: parameters,
            gradient: gradients[0], firstMoment: firstMoment, secondMoment: secondMoment, layout: packed.layout)
        let all = results.withLock { $0 }
        return UpdateReport(
            loss: all.reduce(0) { $0 + $1.loss }, gradientNorm: norm,
            predictedEntityTokens: all.reduce(0) { $0 + $1.predictedEntityTokens },
            targetEntityTokens: all.reduce(0) { $0 + $1.targetEntityTokens })
    }

    /// Ranges of sentences with nearly equal numbers of tokens.
    static func slices(of batch: UpdateBatch) -> [Range<Int>] {
        let count = max(1, (batch.tokenCount + sliceTokenCount / 2) / sliceTokenCount)
        var slices: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for (index, sentence) in batch.sentences.enumerated() {
            tokens += sentence.tokens.count
            if tokens * count >= batch.tokenCount * (slices.count + 1) {
                slices.append(start..<index + 1)
                start = index + 1
            }
        }
        if start < batch.sentences.count { slices.append(start..<batch.sentences.count) }
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
    let gradients: [FloatBuffer]
    let workspaces: Pool<TaggerWorkspace>

    func run(_ slice: Int) -> SliceResult {
        workspaces.withElement({ TaggerWorkspace(packed.configuration) }) { run(slice, in: $0) }
    }

    private func run(_ slice: Int, in workspace: TaggerWorkspace) -> SliceResult {
        let K = packed.configuration.labelCount
        var sentences = LaidOutSentences(packed.configuration)
        var targets: [Float] = []
        for (source, tokens) in batch.sentences[slices[slice]] {
            sentences.append(source, tokens: tokens)
            Self.appendTargets(of: source, tokens: tokens, labelCount: K, to: &targets)
        }
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
                tokenCount: batch.tokenCount, gradient: workspace.logitGradient.pointer)
            for (token, row) in sentences.tokenRows.enumerated() {
                if Self.isEntity(p + Int(row) * K, K) { result.predictedEntityTokens += 1 }
                if Self.isEntity(targets + token * K, K) { result.targetEntityTokens += 1 }
            }
        }
        gradients[slice].zero()
        packed.backward(sentences, in: workspace, noise: noise, gradient: gradients[slice])
        return result
    }

    /// Label 0 is O.
    private static func isEntity(_ probabilities: UnsafePointer<Float>, _ K: Int) -> Bool {
        for k in 1..<K where probabilities[k] > probabilities[0] { return true }
        return false
    }

    private static func appendTargets(
        of batch: SentenceBatch, tokens: Range<Int>, labelCount K: Int, to targets: inout [Float]
    ) {
        if let gold = batch.gold {
            for token in tokens { for k in 0..<K { targets.append(Int(gold[token]) == k ? 1 : 0) } }
        } else if let scores = batch.scores {
            let start = targets.count
            targets.append(contentsOf: repeatElement(0, count: tokens.count * K))
            scores.probabilities.withUnsafeBufferPointer { half in
                targets.withUnsafeMutableBufferPointer { out in
                    guard let half = half.baseAddress, let out = out.baseAddress else { return }
                    Kernel.halfToFloat(count: tokens.count * K, x: half + tokens.lowerBound * K, y: out + start)
                }
            }
        } else {
            preconditionFailure("batch \(batch.index) has neither scores nor gold labels")
        }
    }
}
