import Evaluation
package import Teachers

extension MixtureFit {
    /// What was found, for `score --weights`.
    ///
    /// - Parameters:
    ///   - data: What it was found on, for people.
    ///   - say: Is told the weights, and how much more probable the labels are than with equal ones.
    package func found(for ensemble: TeacherMixture, data: String, say: (String) -> Void) -> TeacherWeights {
        let weights = weights(), equal = weights.map { _ in 1 / Double(weights.count) }
        func text(_ number: Double) -> String { FixedDecimal.text(number, decimals: 4) }
        let cut = offeredCount > wordCount ? ", the first of \(offeredCount)" : ""
        say(
            "weights: \(weights.map(text).joined(separator: " ")), found on \(wordCount) words\(cut); log-likelihood of a word "
                + "\(text(logLikelihood(weights))), with equal weights \(text(logLikelihood(equal)))")
        return TeacherWeights(teachers: ensemble.teachers.flatMap(\.digests), weights: weights, data: data)
    }
}
