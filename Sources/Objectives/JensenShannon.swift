import Glibc

/// Jensen-Shannon divergence between student and teacher (Lin 1991, "Divergence measures based on the Shannon entropy", section
/// IV, with equal weights): `1 / N sum_t w_t (KL(p || m) + KL(q || m)) / 2` with `m = (p + q) / 2`, in nats per token.
///
/// At most ln 2, whatever the teacher is sure of, and the same with student and teacher exchanged.
package struct JensenShannon: Objective {
    package static let name = "js"

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        var loss = 0.0
        slice.forEachToken { token, share in loss += token.jensenShannon(share) }
        return loss
    }
}

extension TokenRow {
    /// `weight / 2 sum_k (p ln(p / m) + q ln(q / m))`; by p_k its slope is `weight / 2 ln(p_k / m_k)`.
    func jensenShannon(_ weight: Float) -> Double {
        var sum: Float = 0
        var byP: Float = 0
        for k in 0..<labelCount {
            let middle = logf(max((p[k] + q[k]) / 2, 1e-30))
            if q[k] > 0 { sum += q[k] * (logf(q[k]) - middle) }
            let part = p[k] > 0 ? p[k] * (logf(p[k]) - middle) : 0
            byP += part
            g[k] += part * weight / 2
        }
        for k in 0..<labelCount { g[k] -= p[k] * byP * weight / 2 }
        return Double((sum + byP) / 2 * weight)
    }
}
