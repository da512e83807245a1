/// Squared error on all tokens plus cross-entropy on those whose label all teachers agree on: UniTrans (Wu et al., IJCAI
/// 2020, section 3.4).
///
/// That of ``MeanSquaredError``, plus the mean of `-ln p[argmax q]` over the tokens that are agreed on.
package struct HardSoft: Objective {
    package static let name = "hard-soft"
    package static let needs: ObjectiveNeeds = .votes

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        guard let agreement = slice.agreement else { preconditionFailure("\(Self.name) was given no votes") }
        var loss = 0.0
        slice.forEachToken { token, share in
            loss += token.squaredError(share / Float(token.labelCount))
            if !agreement.isAgreed.isEmpty && agreement.isAgreed[token.token] {
                loss += token.crossEntropyOfLabel(1 / Float(agreement.count))
            }
        }
        return loss
    }
}
