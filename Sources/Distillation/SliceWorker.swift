import Corpora
import Glibc
import Kernels
import Randomness
import Taggers

struct SliceResult: Sendable {
    var loss = 0.0
    var predictedEntityTokens = 0
    var targetEntityTokens = 0
}

/// Forward, loss and backward of one slice of an update.
struct SliceWorker: Sendable {
    let packed: PackedTagger
    let vectors: any FrozenVectors
    let settings: TrainingSettings
    let loss: SoftTargetLoss
    /// MTMT's second teacher.
    let evaluator: TaggerInference?
    /// Makes the states hard to tell by language, with gradients of its discriminator, one for each slice.
    let adversary: (LanguageAdversary, gradients: [FloatBuffer])?
    /// Tokens of the target that the adversary compares those of the update with.
    let foreignTokenCount: Int
    let batch: UpdateBatch
    /// Weights of the tokens of the whole update, together.
    let weightSum: Double
    let agreedCount: Int
    let slices: [Range<Int>]
    let gradients: [TaggerGradient]

    func run(_ slice: Int, in workspace: TaggerWorkspace) -> SliceResult {
        let K = packed.configuration.labelCount
        guard batch.embedding != nil, let first = slices[slice].first, let last = slices[slice].last else {
            return SliceResult()
        }
        let sentences = batch.laidOut(slices[slice], packed.configuration)
        let tokens = batch.tokens(ofSentence: first).lowerBound..<batch.tokens(ofSentence: last).upperBound
        let targets = batch.targets(tokens, labelCount: K)
        let noise = noise(ofSlice: slice)
        packed.forward(sentences, vectors: vectors, in: workspace, noise: noise)
        var result = SliceResult()
        targets.withUnsafeBufferPointer { buffer in
            guard let targets = buffer.baseAddress else { return }
            let p = workspace.probabilities.pointer
            var weights = tokenWeights(tokens)
            if looksAtStates { workspace.clearStateGradient(rowCount: sentences.rowCount) }
            if adversary != nil { face(sentences.tokenRows, isSource: true, index: slice, in: workspace) }
            if settings.objective.comparesPairs {
                result.loss += comparePairs(
                    slice, tokens, sentences.tokenRows, targets: targets, in: workspace, weights: &weights)
            }
            result.loss += loss.apply(
                probabilities: p, targets: targets, tokenRows: sentences.tokenRows, rowCount: sentences.rowCount,
                labelCount: K, weights: weights, gradient: workspace.logitGradient.pointer,
                gradientStride: workspace.labelStride)
            for (token, row) in sentences.tokenRows.enumerated() {
                if Self.isEntity(p + Int(row) * K, K) { result.predictedEntityTokens += 1 }
                if Self.isEntity(targets + token * K, K) { result.targetEntityTokens += 1 }
            }
        }
        packed.backward(
            sentences, in: workspace, noise: noise, gradient: gradients[slice],
            addsStateGradient: looksAtStates)
        return result
    }

    private var looksAtStates: Bool { settings.objective.comparesPairs || adversary != nil }

    /// A slice of text without labels: only the adversary learns from it.
    ///
    /// - Parameters:
    ///   - text: The sentences, of which the slice is a part.
    ///   - index: Of the slice's gradients.
    func runForeign(_ text: UpdateBatch, _ slice: Range<Int>, index: Int, in workspace: TaggerWorkspace) {
        let sentences = text.laidOut(slice, packed.configuration)
        let noise = noise(ofSlice: index)
        packed.forward(sentences, vectors: vectors, in: workspace, noise: noise)
        workspace.clearStateGradient(rowCount: sentences.rowCount)
        workspace.logitGradient.pointer.update(repeating: 0, count: sentences.rowCount * workspace.labelStride)
        face(sentences.tokenRows, isSource: false, index: index, in: workspace)
        packed.backward(
            sentences, in: workspace, noise: noise, gradient: gradients[index], addsStateGradient: true)
    }

    private func noise(ofSlice slice: Int) -> TrainingNoise {
        var random = RandomSource(seed: settings.seed, stream: .dropout, UInt64(batch.updateNumber), UInt64(slice))
        return TrainingNoise(
            dropout: settings.dropout, vectorDropout: settings.vectorDropout, key: random.next())
    }

    private func face(_ rows: [Int32], isSource: Bool, index: Int, in workspace: TaggerWorkspace) {
        guard let (adversary, gradients) = adversary else { return }
        gradients[index].zero()
        adversary.learn(
            rows, isSource: isSource, tokenCount: batch.tokenCount + foreignTokenCount, in: workspace,
            gradient: gradients[index])
    }

    private func tokenWeights(_ tokens: Range<Int>) -> TokenWeights {
        TokenWeights(
            weights: batch.scores.map { $0.weights.isEmpty ? [] : Array($0.weights[tokens]) } ?? [],
            sum: weightSum, isAgreed: loss == .squaredErrorAndAgreedLabels ? batch.isAgreed(tokens) : [],
            agreedCount: agreedCount)
    }

    /// Draws pairs of words of the slice, adds the loss of their similarity to the states' gradient, and sets the weights
    /// of the words' own loss: `L = lambda L_sim + (L_1 + L_2) / 2`, means over pairs (MTMT), of which there are as many as tokens.
    ///
    /// - Returns: The loss of the similarity.
    private func comparePairs(
        _ slice: Int, _ tokens: Range<Int>, _ rows: [Int32], targets q: UnsafePointer<Float>,
        in workspace: TaggerWorkspace, weights: inout TokenWeights
    ) -> Double {
        let K = packed.configuration.labelCount, H = packed.configuration.hiddenWidth
        let labels = (0..<tokens.count).map { Kernel.indexOfLargest(count: K, x: q + $0 * K) }
        var random = RandomSource(seed: settings.seed, stream: .pairs, UInt64(batch.updateNumber), UInt64(slice))
        let pairs = WordPairs(labels: labels, labelCount: K, count: tokens.count, random: &random).pairs
        let similarities = evaluator.map { self.similarities(pairs, slice, tokens, $0) }
        // What `select` made of the tokens; a pair counts as the geometric mean of its two.
        let given = weights.weights
        func weight(_ i: Int, _ j: Int) -> Float { given.isEmpty ? 1 : (given[i] * given[j]).squareRoot() }
        weights = TokenWeights(weights: Array(repeating: 0, count: tokens.count), sum: Double(batch.tokenCount))
        let share = 1 / Float(batch.tokenCount)
        var loss = 0.0
        for (number, (i, j)) in pairs.enumerated() {
            // A student learns from the evaluator; the evaluator from labels, every pair alike.
            let y = similarities?[number] ?? (labels[i] == labels[j] ? 1 : 0)
            let counts = weight(i, j)
            var weight = share * counts
            if similarities != nil {
                let gamma = PairWeights.gamma(q + i * K, q + j * K, labelCount: K, y)
                for token in [i, j] {
                    weights.weights[token] += counts * gamma * PairWeights.alpha(q + token * K, labelCount: K) / 2
                }
                weight *= Float(settings.similarityWeight) * gamma * PairWeights.beta(y)
            }
            let (u, v) = (Int(rows[i]), Int(rows[j]))
            loss += WordSimilarity.addLoss(
                workspace.states.from(row: u).pointer, workspace.states.from(row: v).pointer, count: H, target: y,
                weight: weight, du: workspace.stateGradient.from(row: u).pointer,
                dv: workspace.stateGradient.from(row: v).pointer)
        }
        return loss
    }

    /// What the evaluator makes of each pair.
    private func similarities(
        _ pairs: [(Int, Int)], _ slice: Int, _ tokens: Range<Int>, _ evaluator: TaggerInference
    ) -> [Float] {
        guard let embedding = batch.embedding else { return [] }
        let H = evaluator.configuration.hiddenWidth
        let states = FloatBuffer(count: tokens.count * H)
        evaluator.forEachSentence(of: embedding, slices[slice].map { batch.tokens(ofSentence: $0) }) { sentence in
            for token in 0..<sentence.tokens.count {
                let place = sentence.tokens.lowerBound + token - tokens.lowerBound
                (states.pointer + place * H).update(from: sentence.states.from(row: token).pointer, count: H)
            }
        }
        return pairs.map { WordSimilarity.similarity(states.pointer + $0 * H, states.pointer + $1 * H, count: H) }
    }

    /// Label 0 is O.
    private static func isEntity(_ probabilities: UnsafePointer<Float>, _ K: Int) -> Bool {
        for k in 1..<K where probabilities[k] > probabilities[0] { return true }
        return false
    }
}

extension UpdateBatch {
    /// Some of the sentences as a network of this form reads them.
    func laidOut(_ slice: Range<Int>, _ configuration: TaggerConfiguration) -> LaidOutSentences {
        var sentences = LaidOutSentences(configuration)
        if let embedding {
            for sentence in slice { sentences.append(embedding, tokens: tokens(ofSentence: sentence)) }
        }
        return sentences
    }

    /// `[tokens.count, K]`
    func targets(_ tokens: Range<Int>, labelCount K: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: tokens.count * K) { targets, count in
            guard let y = targets.baseAddress else { return }
            if let gold {
                y.initialize(repeating: 0, count: tokens.count * K)
                for (index, label) in gold[tokens].enumerated() { y[index * K + Int(label)] = 1 }
            } else {
                scores?.probabilities.withUnsafeBufferPointer {
                    guard let x = $0.baseAddress else { return }
                    Kernel.halfToFloat(count: tokens.count * K, x: x + tokens.lowerBound * K, y: y)
                }
            }
            count = tokens.count * K
        }
    }

    /// Whether all teachers agree on the label of each token; not of one that does not count.
    func isAgreed(_ tokens: Range<Int>) -> [Bool] {
        guard let scores, !scores.votes.isEmpty else { return [] }
        return tokens.map { token in
            scores.votes[token] == scores.voterCount && (scores.weights.isEmpty || scores.weights[token] > 0)
        }
    }
}
