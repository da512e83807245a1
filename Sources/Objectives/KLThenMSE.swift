/// The divergence of ``KullbackLeibler`` for the first 30 % of the updates, then 4 times the squared error summed over
/// classes.
package struct KLThenMSE: Objective {
    package static let name = "kl-mse"
    package static let needs: ObjectiveNeeds = .progress
    /// The share of updates that learn by the divergence.
    private static let divergenceShare = 0.3

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        var loss = 0.0
        if slice.moment.progress < Self.divergenceShare {
            slice.forEachToken { token, share in loss += token.divergence(share) }
        } else {
            slice.forEachToken { token, share in loss += token.squaredError(4 * share) }
        }
        return loss
    }
}
