import Kernels
import Taggers

/// Squared error and similarity on pairs of words, weighted by what two teachers make of them: MTMT (Li et al., ACL 2022).
///
/// `L = lambda L_sim + (L_1 + L_2) / 2`, means over pairs, of which there are as many as tokens: L_1 and L_2 are the squared errors
/// of the two words, summed over the classes, L_sim is the cross-entropy of the similarity of their states with what the
/// evaluator makes of the pair. Where tokens have weights, a pair counts as the geometric mean of its two.
package struct PairsOfWords: Objective {
    package static let name = "pairs"
    package static let needs: ObjectiveNeeds = [.evaluator, .states]
    package static let parameters = [similarityWeight]
    /// Lambda.
    package static let similarityWeight = ObjectiveParameter(
        name: "similarity weight", help: "what the similarity of words counts", identity: "weight of similarity",
        standard: 0.5, minimum: 0)

    private let lambda: Float
    private let evaluator: TaggerInference

    package init(_ inputs: ObjectiveInputs) {
        guard let evaluator = inputs.evaluator else { preconditionFailure("\(Self.name) was given no evaluator") }
        self.evaluator = evaluator
        lambda = Float(inputs[Self.similarityWeight])
    }

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        let drawn = slice.drawPairs(), K = slice.network.labelCount, q = slice.targets
        let similarities = similarities(drawn.pairs, slice.text)
        var tokens = [Float](repeating: 0, count: slice.tokenRows.count)
        var loss = 0.0
        for (pair, y) in zip(drawn.pairs, similarities) {
            let (i, j) = pair
            let counts = slice.weight(ofPair: pair), gamma = PairWeights.gamma(q + i * K, q + j * K, labelCount: K, y)
            for token in [i, j] {
                tokens[token] += counts * gamma * PairWeights.alpha(q + token * K, labelCount: K) / 2
            }
            let weight = drawn.share * counts * (lambda * gamma * PairWeights.beta(y))
            loss += slice.addSimilarityLoss(ofPair: pair, target: y, weight: weight)
        }
        slice.forEachToken(TokenWeights(tokens, sum: Double(slice.moment.tokenCount))) { token, share in
            loss += token.squaredError(share)
        }
        return loss
    }

    /// What the evaluator makes of each pair.
    private func similarities(_ pairs: [(Int, Int)], _ text: SliceText) -> [Float] {
        guard let first = text.sentences.first, let last = text.sentences.last else { return [] }
        let tokens = first.lowerBound..<last.upperBound
        let H = evaluator.configuration.hiddenWidth
        let states = FloatBuffer(count: tokens.count * H)
        evaluator.forEachSentence(of: text.embedding, text.sentences) { sentence in
            for token in 0..<sentence.tokens.count {
                let place = sentence.tokens.lowerBound + token - tokens.lowerBound
                (states.pointer + place * H).update(from: sentence.states.from(row: token).pointer, count: H)
            }
        }
        return pairs.map { WordSimilarity.similarity(states.pointer + $0 * H, states.pointer + $1 * H, count: H) }
    }
}

/// What MTMT makes of a pair's teachers: how sure the recognizer is of a word, the evaluator of the pair, and how much the two
/// agree (Li et al., ACL 2022, equations for alpha, beta and gamma).
enum PairWeights {
    /// `(max_k q_k)^2`
    static func alpha(_ q: UnsafePointer<Float>, labelCount K: Int) -> Float {
        var largest = q[0]
        for k in 1..<K { largest = max(largest, q[k]) }
        return largest * largest
    }

    /// `min(1, (2 y - 1)^2 + 0.5)`: from 0.5 to 0.714, as y is from 0.269 to 0.731.
    static func beta(_ y: Float) -> Float { min(1, (2 * y - 1) * (2 * y - 1) + 0.5) }

    /// `1 - |sigmoid(cos(q_1, q_2)) - y|`: from 0.538 to 1.
    static func gamma(_ q1: UnsafePointer<Float>, _ q2: UnsafePointer<Float>, labelCount K: Int, _ y: Float)
        -> Float
    {
        1 - abs(WordSimilarity.similarity(q1, q2, count: K) - y)
    }
}
