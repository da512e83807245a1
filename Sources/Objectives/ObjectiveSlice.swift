package import Corpora
package import Kernels
package import Randomness

/// A part of an update as an objective sees it.
///
/// Legend: `N` tokens of the part, `R` rows of the network (tokens and boundaries), `K` labels, `H` width of the states.
package struct ObjectiveSlice {
    package let network: NetworkOutput
    /// `[N]`: the row of each token.
    package let tokenRows: [Int32]
    /// `[N, K]`, in the order of the tokens: what the network is to say.
    package let targets: UnsafePointer<Float>
    package let weights: TokenWeights
    /// Of objectives that need votes.
    package let agreement: Agreement?
    package let text: SliceText
    package let moment: UpdateMoment

    package init(
        network: NetworkOutput, tokenRows: [Int32], targets: UnsafePointer<Float>, weights: TokenWeights,
        agreement: Agreement? = nil, text: SliceText, moment: UpdateMoment
    ) {
        (self.network, self.tokenRows, self.targets, self.weights) = (network, tokenRows, targets, weights)
        (self.agreement, self.text, self.moment) = (agreement, text, moment)
    }
}

/// What a network said, and where the gradients go.
package struct NetworkOutput {
    package let labelCount: Int
    /// `[R, K]`
    package let probabilities: UnsafePointer<Float>
    /// `[R, K]`: gradient by the logits, zero before the objective is asked; rows that are no tokens stay zero.
    package let logitGradient: RowsPointer
    /// Of objectives that need them.
    package let states: WordStates?

    package init(
        labelCount: Int, probabilities: UnsafePointer<Float>, logitGradient: RowsPointer, states: WordStates? = nil
    ) {
        (self.labelCount, self.probabilities) = (labelCount, probabilities)
        (self.logitGradient, self.states) = (logitGradient, states)
    }
}

/// What enters the output layer.
package struct WordStates {
    package let width: Int
    /// `[R, H]`
    package let rows: RowsPointer
    /// `[R, H]`: on other ways than through the logits.
    package let gradient: RowsPointer

    package init(width: Int, rows: RowsPointer, gradient: RowsPointer) {
        (self.width, self.rows, self.gradient) = (width, rows, gradient)
    }
}

/// How much the tokens of a part of an update count.
package struct TokenWeights {
    /// `[N]`; empty: 1 each.
    package let weights: [Float]
    /// What the loss is divided by: the weights of the whole update together.
    package let sum: Double

    package init(_ weights: [Float] = [], sum: Double) { (self.weights, self.sum) = (weights, sum) }
}

/// On which labels all teachers agree.
package struct Agreement {
    /// `[N]`; empty: on none.
    package let isAgreed: [Bool]
    /// Tokens of the whole update that they agree on.
    package let count: Int

    package init(isAgreed: [Bool], count: Int) { (self.isAgreed, self.count) = (isAgreed, count) }
}

/// The sentences of a part of an update, for a second model.
package struct SliceText {
    package let embedding: EmbeddedColumns
    /// Tokens of each sentence, in the columns; they lie one behind the other.
    package let sentences: [Range<Int>]

    package init(embedding: EmbeddedColumns, sentences: [Range<Int>]) {
        (self.embedding, self.sentences) = (embedding, sentences)
    }
}

/// When in a run.
package struct UpdateMoment: Sendable {
    package let seed: UInt64
    /// Of the update, from 1.
    package let update: Int
    package let slice: Int
    /// Tokens of the whole update.
    package let tokenCount: Int
    /// Share of the updates that are done, 0 to 1; 0 where their number is not known.
    package let progress: Double

    package init(seed: UInt64, update: Int, slice: Int, tokenCount: Int, progress: Double) {
        (self.seed, self.update, self.slice) = (seed, update, slice)
        (self.tokenCount, self.progress) = (tokenCount, progress)
    }

    package func random(_ purpose: RandomSource.Stream) -> RandomSource {
        RandomSource(seed: seed, stream: purpose, UInt64(update), UInt64(slice))
    }
}

/// One token: `[K]` probabilities p of the network, targets q, and the gradient by the logits, which losses are added to.
struct TokenRow {
    /// Place in the slice.
    let token: Int
    let p: UnsafePointer<Float>, q: UnsafePointer<Float>
    let g: UnsafeMutablePointer<Float>
    let labelCount: Int
}

extension ObjectiveSlice {
    /// Every token that counts, and its share of the update's loss: its weight divided by ``TokenWeights/sum``.
    @inline(__always)
    func forEachToken(_ weights: TokenWeights, _ body: (TokenRow, _ share: Float) -> Void) {
        guard weights.sum > 0 else { return }
        let K = network.labelCount, gradient = network.logitGradient
        let share = Float(1 / weights.sum)
        for (token, row) in tokenRows.enumerated() {
            let weight = weights.weights.isEmpty ? share : share * weights.weights[token]
            guard weight > 0 else { continue }
            body(
                TokenRow(
                    token: token, p: network.probabilities + Int(row) * K, q: targets + token * K,
                    g: gradient.pointer + Int(row) * gradient.stride, labelCount: K), weight)
        }
    }

    /// The same with the weights that the tokens were given.
    @inline(__always)
    func forEachToken(_ body: (TokenRow, _ share: Float) -> Void) { forEachToken(weights, body) }
}
