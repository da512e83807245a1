/// Similarity of pairs of words alone, learnt from labels: how MTMT's evaluator is made (Li et al., ACL 2022).
///
/// The mean over pairs of the cross-entropy between the similarity of their states and whether they have the same label.
package struct SimilarityOfWords: Objective {
    package static let name = "similarity"
    package static let needs: ObjectiveNeeds = .states
    package static let task: ObjectiveTask? = ObjectiveTask(
        name: "similarity",
        summary: "whether two words have the same one (the evaluator of 'update --objective \(PairsOfWords.name)')")
    package static let teachesLabels = false

    package init(_: ObjectiveInputs) {}

    package func addLoss(of slice: ObjectiveSlice) -> Double {
        let drawn = slice.drawPairs()
        var loss = 0.0
        for pair in drawn.pairs {
            loss += slice.addSimilarityLoss(
                ofPair: pair, target: drawn.labels[pair.0] == drawn.labels[pair.1] ? 1 : 0,
                weight: drawn.share * slice.weight(ofPair: pair))
        }
        return loss
    }
}
