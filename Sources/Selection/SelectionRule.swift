package import Corpora

/// A part of what `select` does: changes the targets of a scored batch, how much its tokens count, or leaves sentences out.
///
/// A pure function of the batch once the survey is over, callable from any task.
package protocol SelectionRule: Sendable {
    /// Names the rule with all that decides what it does; part of a stream's header and so of a run's identity.
    var identity: String { get }
    /// Whether it leaves out sentences; otherwise the text of a batch stays as it is.
    var leavesSentencesOut: Bool { get }
    func apply(to batch: inout SentenceBatch)
}

extension SelectionRule {
    package var leavesSentencesOut: Bool { false }
}

/// A rule that must have seen the whole stream before it can be applied to its first batch.
package protocol SurveyingRule: AnyObject, SelectionRule {
    /// Called with every batch, in order and one at a time.
    func survey(_ batch: SentenceBatch)
    /// The stream is over.
    func finishSurvey()
}

extension SentenceBatch {
    /// Scores of a batch that a rule is applied to.
    var requiredScores: ScoreColumns {
        guard let scores else { preconditionFailure("batch \(index) is not scored") }
        return scores
    }

    /// Multiplies the tokens' weights.
    mutating func weigh(_ factor: (_ token: Int) -> Float) {
        var weights = requiredScores.weights
        if weights.isEmpty { weights = Array(repeating: 1, count: tokenCount) }
        for token in 0..<tokenCount { weights[token] *= factor(token) }
        scores?.weights = weights
    }
}
