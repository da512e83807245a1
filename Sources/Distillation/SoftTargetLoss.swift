import Diagnostics
import Glibc
import Kernels

/// What the student is asked to match.
package enum Objective: String, CaseIterable, Codable, Sendable {
    /// Mean squared error between distributions, over tokens and classes: TSL (Wu et al. 2020, section 3.1).
    case mse
    /// Kullback-Leibler divergence from the teacher's distribution.
    case kl
    /// Cross-entropy with the teacher's most probable label, or with gold labels.
    case hard
    /// KL for the first 30 % of the updates, then 4 times the squared error summed over classes.
    case klThenMSE = "kl-mse"
    /// Squared error on all tokens plus cross-entropy on those whose label all teachers agree on: UniTrans (Wu et al.,
    /// IJCAI 2020, section 3.4).
    case hardSoft = "hard-soft"
    /// Squared error and similarity on pairs of words, weighted by what two teachers make of them: MTMT (Li et al.,
    /// ACL 2022).
    case pairs
    /// Similarity of pairs of words alone: how MTMT's second teacher is made.
    case similarity

    /// The share of updates that `kl-mse` spends on KL.
    package static let klShare = 0.3

    /// What holds at a point of the run.
    ///
    /// - Parameter progress: Share of the updates done, 0 to 1.
    func phase(atProgress progress: Double) -> SoftTargetLoss {
        switch self {
        case .mse: .squaredError(factor: nil)
        case .kl: .divergence
        case .hard: .hardLabel
        case .klThenMSE: progress < Self.klShare ? .divergence : .squaredError(factor: 4)
        case .hardSoft: .squaredErrorAndAgreedLabels
        case .pairs, .similarity: .squaredError(factor: 1)
        }
    }

    /// Whether it learns from pairs of words.
    package var comparesPairs: Bool { self == .pairs || self == .similarity }
}

/// How much the tokens of a part of an update count.
package struct TokenWeights {
    /// Of each token; empty: 1.
    package var weights: [Float] = []
    /// What the loss is divided by: the weights of the whole update together.
    package var sum: Double
    /// Whether all teachers agree on a token's label; empty: on none.
    package var isAgreed: [Bool] = []
    /// Tokens of the whole update that they agree on.
    package var agreedCount = 0

    package init(weights: [Float] = [], sum: Double, isAgreed: [Bool] = [], agreedCount: Int = 0) {
        (self.weights, self.sum, self.isAgreed, self.agreedCount) = (weights, sum, isAgreed, agreedCount)
    }
}

/// A loss between the student's probabilities and soft targets, with its gradient by the logits.
///
/// Legend: `N` the sum of the tokens' weights w over the whole update (without weights: its tokens), `K` labels, p the student's
/// probabilities, q the targets, each row sums to 1.
package enum SoftTargetLoss: Equatable, Sendable {
    /// `factor / N * sum_t w sum_k (p - q)^2`; nil means 1 / K, which makes it the mean over tokens and classes.
    case squaredError(factor: Float?)
    /// `1 / N * sum_t w sum_k q ln(q / p)`, in nats per token.
    ///
    /// The gradient takes the targets to sum to 1; those of a stream, stored as f16, do so within 1e-3.
    case divergence
    /// `-1 / N * sum_t w ln p[argmax q]`, in nats per token; of equal maxima the first counts.
    case hardLabel
    /// ``squaredError(factor:)`` over all tokens, plus the mean of `-ln p[argmax q]` over those that are agreed on.
    case squaredErrorAndAgreedLabels

    /// Adds up the loss of some tokens and writes its gradient by their logits.
    ///
    /// Rows that are no tokens (boundaries) get a zero gradient: they never contribute.
    ///
    /// - Parameters:
    ///   - probabilities: `[R, K]`.
    ///   - targets: `[tokenRows.count, K]`, in the order of the tokens.
    ///   - tokenRows: Row of each token.
    ///   - weights: Of these tokens; its sum is that of the update, of which they may be a part.
    ///   - gradient: `[R, K]` in rows of `gradientStride`, overwritten.
    /// - Returns: This part's share of the loss.
    package func apply(
        probabilities: UnsafePointer<Float>, targets: UnsafePointer<Float>, tokenRows: [Int32], rowCount: Int,
        labelCount K: Int, weights: TokenWeights, gradient: UnsafeMutablePointer<Float>, gradientStride: Int
    ) -> Double {
        gradient.update(repeating: 0, count: rowCount * gradientStride)
        guard weights.sum > 0 else { return 0 }
        let share = Float(1 / weights.sum)
        var loss = 0.0
        for (token, row) in tokenRows.enumerated() {
            let weight = weights.weights.isEmpty ? share : share * weights.weights[token]
            guard weight > 0 else { continue }
            let isAgreed = !weights.isAgreed.isEmpty && weights.isAgreed[token]
            let row = Row(
                p: probabilities + Int(row) * K, q: targets + token * K, g: gradient + Int(row) * gradientStride, K: K)
            switch self {
            case .squaredError(let factor): loss += row.squaredError((factor ?? 1 / Float(K)) * weight)
            case .divergence: loss += row.divergence(weight)
            case .hardLabel: loss += row.hardLabel(weight)
            case .squaredErrorAndAgreedLabels:
                loss += row.squaredError(weight / Float(K))
                if isAgreed { loss += row.hardLabel(1 / Float(weights.agreedCount)) }
            }
        }
        return loss
    }

    /// One token: probabilities, targets and gradient; each loss is added.
    private struct Row {
        let p: UnsafePointer<Float>, q: UnsafePointer<Float>
        let g: UnsafeMutablePointer<Float>
        let K: Int

        func squaredError(_ weight: Float) -> Double {
            var sum: Float = 0
            var mean: Float = 0
            for k in 0..<K {
                let delta = p[k] - q[k]
                sum += delta * delta
                mean += p[k] * delta
            }
            for k in 0..<K { g[k] += 2 * weight * p[k] * (p[k] - q[k] - mean) }
            return Double(weight * sum)
        }

        func divergence(_ weight: Float) -> Double {
            var sum: Float = 0
            for k in 0..<K {
                if q[k] > 0 { sum += q[k] * (logf(q[k]) - logf(max(p[k], 1e-30))) }
                g[k] += (p[k] - q[k]) * weight
            }
            return Double(sum) * Double(weight)
        }

        func hardLabel(_ weight: Float) -> Double {
            let label = Kernel.indexOfLargest(count: K, x: q)
            for k in 0..<K { g[k] += (p[k] - (k == label ? 1 : 0)) * weight }
            return -Double(logf(max(p[label], 1e-30))) * Double(weight)
        }
    }
}
