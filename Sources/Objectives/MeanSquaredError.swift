/// Mean squared error between distributions, over tokens and classes: TSL (Wu et al. 2020, section 3.1).
///
/// `1 / (N K) sum_t w_t sum_k (p_k - q_k)^2`, `N` the weights w of the update together.
package struct MeanSquaredError: Objective {
    package static let name = "mse"

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        let factor = 1 / Float(slice.network.labelCount)
        var loss = 0.0
        slice.forEachToken { token, share in loss += token.squaredError(factor * share) }
        return loss
    }
}

extension TokenRow {
    /// `weight sum_k (p - q)^2`
    func squaredError(_ weight: Float) -> Double {
        var sum: Float = 0
        var mean: Float = 0
        for k in 0..<labelCount {
            let delta = p[k] - q[k]
            sum += delta * delta
            mean += p[k] * delta
        }
        for k in 0..<labelCount { g[k] += 2 * weight * p[k] * (p[k] - q[k] - mean) }
        return Double(weight * sum)
    }
}
