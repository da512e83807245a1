import Corpora
import Kernels
import Objectives
import Randomness
import Taggers

struct SliceResult: Sendable {
    var loss = 0.0
    var predictedEntityTokens = 0
    var targetEntityTokens = 0
}

/// An update, cut into slices, and what its objective must know of the whole.
struct SlicedUpdate: Sendable {
    let batch: UpdateBatch
    let slices: [Range<Int>]
    /// Weights of its tokens, together.
    let weightSum: Double
    /// Tokens whose label all teachers agree on; nil: the objective does not ask.
    let agreedCount: Int?
    /// Share of the run that is done, 0 to 1.
    let progress: Double

    init(_ batch: UpdateBatch, needs: ObjectiveNeeds, progress: Double) {
        self.batch = batch
        self.progress = progress
        slices = batch.slices
        weightSum = batch.weightSum
        agreedCount =
            needs.contains(.votes) ? batch.isAgreed(0..<batch.tokenCount).count { $0 } : nil
    }
}

/// An adversary, and the text of an update that it compares with.
struct FacedAdversary: Sendable {
    let adversary: LanguageAdversary
    let text: UpdateBatch
    let slices: [Range<Int>]
    /// Of its discriminator: one for each slice of the update, then of the text.
    let gradients: [FloatBuffer]
}

/// Forward, loss and backward of one slice of an update.
struct SliceWorker: Sendable {
    let packed: PackedTagger
    let vectors: any FrozenVectors
    let settings: TrainingSettings
    let objective: any Objective
    let update: SlicedUpdate
    /// Makes the states hard to tell by language.
    let faced: FacedAdversary?
    /// One for each slice of the update, then of the adversary's text.
    let gradients: [TaggerGradient]

    private var batch: UpdateBatch { update.batch }
    private var asksForStates: Bool { settings.objective.needs.contains(.states) }
    private var looksAtStates: Bool { asksForStates || faced != nil }

    func run(_ slice: Int, in workspace: TaggerWorkspace) -> SliceResult {
        let range = update.slices[slice]
        guard let embedding = batch.embedding, let tokens = batch.tokens(ofSentences: range) else {
            return SliceResult()
        }
        let sentences = batch.laidOut(range, packed.configuration)
        let noise = noise(ofSlice: slice)
        packed.forward(sentences, vectors: vectors, in: workspace, noise: noise)
        if looksAtStates { workspace.clearStateGradient(rowCount: sentences.rowCount) }
        clearLogitGradient(sentences, workspace)
        if let faced { face(faced, sentences.tokenRows, isSource: true, index: slice, in: workspace) }
        var result = SliceResult()
        let text = SliceText(embedding: embedding, sentences: range.map { batch.tokens(ofSentence: $0) })
        batch.targets(tokens, labelCount: packed.configuration.labelCount).withUnsafeBufferPointer { buffer in
            guard let targets = buffer.baseAddress else { return }
            result.loss = objective.addLoss(
                of: ObjectiveSlice(
                    network: output(of: workspace), tokenRows: sentences.tokenRows, targets: targets,
                    weights: weights(of: tokens), agreement: agreement(on: tokens), text: text,
                    moment: moment(ofSlice: slice)))
            countEntities(sentences.tokenRows, targets, workspace, &result)
        }
        packed.backward(
            sentences, in: workspace, noise: noise, gradient: gradients[slice],
            addsStateGradient: looksAtStates)
        return result
    }

    /// A slice of the adversary's text, which has no labels: only the adversary learns from it.
    ///
    /// - Parameter number: Of the slice in the text.
    func runForeign(_ number: Int, of faced: FacedAdversary, in workspace: TaggerWorkspace) {
        let index = update.slices.count + number
        let sentences = faced.text.laidOut(faced.slices[number], packed.configuration)
        let noise = noise(ofSlice: index)
        packed.forward(sentences, vectors: vectors, in: workspace, noise: noise)
        workspace.clearStateGradient(rowCount: sentences.rowCount)
        clearLogitGradient(sentences, workspace)
        face(faced, sentences.tokenRows, isSource: false, index: index, in: workspace)
        packed.backward(
            sentences, in: workspace, noise: noise, gradient: gradients[index], addsStateGradient: true)
    }

    private func clearLogitGradient(_ sentences: LaidOutSentences, _ workspace: TaggerWorkspace) {
        workspace.logitGradient.pointer.update(repeating: 0, count: sentences.rowCount * workspace.labelStride)
    }

    private func noise(ofSlice slice: Int) -> TrainingNoise {
        var random = RandomSource(seed: settings.seed, stream: .dropout, UInt64(batch.updateNumber), UInt64(slice))
        return TrainingNoise(
            dropout: settings.dropout, vectorDropout: settings.vectorDropout, key: random.next())
    }

    private func face(
        _ faced: FacedAdversary, _ rows: [Int32], isSource: Bool, index: Int, in workspace: TaggerWorkspace
    ) {
        faced.gradients[index].zero()
        faced.adversary.learn(
            rows, isSource: isSource, tokenCount: batch.tokenCount + faced.text.tokenCount, in: workspace,
            gradient: faced.gradients[index])
    }

    // MARK: What the objective is given

    private func output(of workspace: TaggerWorkspace) -> NetworkOutput {
        NetworkOutput(
            labelCount: packed.configuration.labelCount, probabilities: workspace.probabilities.pointer,
            logitGradient: RowsPointer(workspace.logitGradient.pointer, stride: workspace.labelStride),
            states: asksForStates
                ? WordStates(
                    width: packed.configuration.hiddenWidth, rows: workspace.states,
                    gradient: workspace.stateGradient)
                : nil)
    }

    private func weights(of tokens: Range<Int>) -> TokenWeights {
        let given = batch.scores?.weights ?? []
        return TokenWeights(given.isEmpty ? [] : Array(given[tokens]), sum: update.weightSum)
    }

    private func agreement(on tokens: Range<Int>) -> Agreement? {
        update.agreedCount.map { Agreement(isAgreed: batch.isAgreed(tokens), count: $0) }
    }

    private func moment(ofSlice slice: Int) -> UpdateMoment {
        UpdateMoment(
            seed: settings.seed, update: batch.updateNumber, slice: slice, tokenCount: batch.tokenCount,
            progress: update.progress)
    }

    // MARK: What is reported

    private func countEntities(
        _ rows: [Int32], _ targets: UnsafePointer<Float>, _ workspace: TaggerWorkspace, _ result: inout SliceResult
    ) {
        let K = packed.configuration.labelCount, p = workspace.probabilities.pointer
        for (token, row) in rows.enumerated() {
            if Self.isEntity(p + Int(row) * K, K) { result.predictedEntityTokens += 1 }
            if Self.isEntity(targets + token * K, K) { result.targetEntityTokens += 1 }
        }
    }

    /// Label 0 is O.
    private static func isEntity(_ probabilities: UnsafePointer<Float>, _ K: Int) -> Bool {
        for k in 1..<K where probabilities[k] > probabilities[0] { return true }
        return false
    }
}
