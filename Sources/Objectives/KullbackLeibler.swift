import Glibc

/// Kullback-Leibler divergence from the teacher's distribution: `1 / N sum_t w_t sum_k q_k ln(q_k / p_k)`, in nats per
/// token.
package struct KullbackLeibler: Objective {
    package static let name = "kl"

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        var loss = 0.0
        slice.forEachToken { token, share in loss += token.divergence(share) }
        return loss
    }
}

extension TokenRow {
    /// `weight sum_k q ln(q / p)`
    ///
    /// The gradient takes the targets to sum to 1; those of a stream, stored as f16, do so within 1e-3.
    func divergence(_ weight: Float) -> Double {
        var sum: Float = 0
        for k in 0..<labelCount {
            if q[k] > 0 { sum += q[k] * (logf(q[k]) - logf(max(p[k], 1e-30))) }
            g[k] += (p[k] - q[k]) * weight
        }
        return Double(sum) * Double(weight)
    }
}
