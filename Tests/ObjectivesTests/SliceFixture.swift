import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Taggers

@testable import Objectives

/// A slice in memory: rows of which some are boundaries, as a network gives them.
struct SliceFixture {
    var p: [[Float]]
    /// Also what the evaluator reads, in sentences of two tokens and the rest.
    var q: [[Float]]
    var weights: [Float] = []
    /// Of the update, which has more tokens than the slice; nil: the slice is all of it.
    var weightSum: Double?
    /// nil: nobody asked.
    var agreement: Agreement?
    var states: [[Float]] = []
    var progress = 0.0
    var tokenCount: Int?

    struct Outcome: Equatable {
        var loss: Double
        /// By the logits and by the states of the tokens.
        var logits: [Float], states: [Float]
        /// Numbers that are not zero in rows of boundaries, and behind the rows.
        var elsewhere: Int
    }

    init(p: [[Float]], q: [[Float]]) { (self.p, self.q) = (p, q) }

    /// A boundary before every second token and after the last.
    private var tokenRows: [Int32] { p.indices.map { Int32($0 + $0 / 2 + 1) } }

    /// `[R, width]` in rows of `stride`.
    private func rows(_ values: [[Float]], other: Float, stride: Int) -> [Float] {
        var result = [Float](repeating: other, count: (p.count + p.count / 2 + 2) * stride)
        for (row, value) in zip(tokenRows, values) {
            result.replaceSubrange(Int(row) * stride..<Int(row) * stride + value.count, with: value)
        }
        return result
    }

    private var text: SliceText {
        var corpus = TinyCorpus(seed: 17)
        let batch = corpus.embedded(p.count > 2 ? [2, p.count - 2] : [p.count])
        guard let embedding = batch.embedding else { preconditionFailure("not embedded") }
        return SliceText(
            embedding: embedding, sentences: (0..<batch.sentenceCount).map { batch.tokens(ofSentence: $0) })
    }

    func outcome(of objective: any Objective) -> Outcome {
        let K = q[0].count, H = states.first?.count ?? 0, stride = K + 3
        let probabilities = rows(p, other: 0.5, stride: K)
        var stateRows = rows(states, other: 0.5, stride: H + 1), stateGradient = stateRows.map { _ in Float(0) }
        var gradient = [Float](repeating: 0, count: rows(p, other: 0, stride: stride).count)
        let loss = gradient.withUnsafeMutableBufferPointer { gradient in
            stateRows.withUnsafeMutableBufferPointer { stateRows in
                stateGradient.withUnsafeMutableBufferPointer { stateGradient in
                    q.flatMap { $0 }.withUnsafeBufferPointer { q in
                        probabilities.withUnsafeBufferPointer { probabilities in
                            objective.addLoss(
                                of: ObjectiveSlice(
                                    network: NetworkOutput(
                                        labelCount: K, probabilities: probabilities.baseAddress!,
                                        logitGradient: RowsPointer(gradient.baseAddress!, stride: stride),
                                        states: WordStates(
                                            width: H, rows: RowsPointer(stateRows.baseAddress!, stride: H + 1),
                                            gradient: RowsPointer(stateGradient.baseAddress!, stride: H + 1))),
                                    tokenRows: tokenRows, targets: q.baseAddress!,
                                    weights: TokenWeights(weights, sum: weightSum ?? Double(p.count)),
                                    agreement: agreement, text: text,
                                    moment: UpdateMoment(
                                        seed: 3, update: 5, slice: 1, tokenCount: tokenCount ?? p.count,
                                        progress: progress)))
                        }
                    }
                }
            }
        }
        func tokens(_ values: [Float], _ stride: Int, _ width: Int) -> [Float] {
            tokenRows.flatMap { values[Int($0) * stride..<Int($0) * stride + width] }
        }
        let (logits, byState) = (tokens(gradient, stride, K), tokens(stateGradient, H + 1, H))
        func size(_ values: [Float]) -> Int { values.count { $0 != 0 } }
        return Outcome(
            loss: loss, logits: logits, states: byState,
            elsewhere: size(gradient) + size(stateGradient) - size(logits) - size(byState))
    }

    /// The same in the numbers that gradients are taken by.
    static func softmax(_ z: [Double]) -> [Double] {
        let e = z.map { exp($0 - z.max()!) }
        let sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }
}

/// A tiny network as the second model of those that need one.
func tinyInputs() throws -> ObjectiveInputs {
    ObjectiveInputs(
        evaluator: try TaggerInference(
            tinyModel(seed: 8), vectors: TinyVectors(rowCount: 11, dimension: 5, seed: 2)))
}
