import Diagnostics
import Glibc

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
        }
    }
}

/// A loss between the student's probabilities and soft targets, with its gradient by the logits.
///
/// Legend: `N` tokens of the whole update, `K` labels, p the student's probabilities, q the targets, each row sums to
/// 1.
package enum SoftTargetLoss: Equatable, Sendable {
    /// `factor / N * sum_t sum_k (p - q)^2`; nil means 1 / K, which makes it the mean over tokens and classes.
    case squaredError(factor: Float?)
    /// `1 / N * sum_t sum_k q ln(q / p)`, in nats per token.
    ///
    /// The gradient takes the targets to sum to 1; those of a stream, stored as f16, do so within 1e-3.
    case divergence
    /// `-1 / N * sum_t ln p[argmax q]`, in nats per token; of equal maxima the first counts.
    case hardLabel

    /// Adds up the loss of some tokens and writes its gradient by their logits.
    ///
    /// Rows that are no tokens (boundaries) get a zero gradient: they never contribute.
    ///
    /// - Parameters:
    ///   - probabilities: `[R, K]`.
    ///   - targets: `[tokenRows.count, K]`, in the order of the tokens.
    ///   - tokenRows: Row of each token.
    ///   - tokenCount: N, the tokens over which the loss is averaged; more than `tokenRows.count` when the update has
    ///     other parts.
    ///   - gradient: `[R, K]` in rows of `gradientStride`, overwritten.
    /// - Returns: This part's share of the loss.
    package func apply(
        probabilities: UnsafePointer<Float>, targets: UnsafePointer<Float>, tokenRows: [Int32], rowCount: Int,
        labelCount K: Int,
        tokenCount N: Int, gradient: UnsafeMutablePointer<Float>, gradientStride: Int
    ) -> Double {
        gradient.update(repeating: 0, count: rowCount * gradientStride)
        var loss = 0.0
        for (token, row) in tokenRows.enumerated() {
            let p = probabilities + Int(row) * K
            let q = targets + token * K
            let g = gradient + Int(row) * gradientStride
            switch self {
            case .squaredError(let factor):
                let weight = (factor ?? 1 / Float(K)) / Float(N)
                var sum: Float = 0
                var mean: Float = 0
                for k in 0..<K {
                    let delta = p[k] - q[k]
                    sum += delta * delta
                    mean += p[k] * delta
                }
                for k in 0..<K { g[k] = 2 * weight * p[k] * (p[k] - q[k] - mean) }
                loss += Double(weight * sum)
            case .divergence:
                var sum: Float = 0
                for k in 0..<K {
                    if q[k] > 0 { sum += q[k] * (logf(q[k]) - logf(max(p[k], 1e-30))) }
                    g[k] = (p[k] - q[k]) / Float(N)
                }
                loss += Double(sum) / Double(N)
            case .hardLabel:
                var label = 0
                for k in 1..<K where q[k] > q[label] { label = k }
                for k in 0..<K { g[k] = (p[k] - (k == label ? 1 : 0)) / Float(N) }
                loss -= Double(logf(max(p[label], 1e-30))) / Double(N)
            }
        }
        return loss
    }
}
