package import Corpora
import Diagnostics
import Glibc

/// Tokens count by how sure the teacher is: `(max_k q_k)^2` (the alpha of MTMT: Li et al., ACL 2022).
package struct ConfidenceWeighting: SelectionRule {
    package let identity = "weight confidence"

    package init() {}

    package func apply(to batch: inout SentenceBatch) {
        let scores = batch.requiredScores, K = scores.labelCount
        batch.weigh { token in
            let q = scores.probability(token * K + scores.label(ofToken: token))
            return q * q
        }
    }
}

extension RuleKind {
    static let confidence = RuleKind("confidence", "how sure the teacher is") { _ in ConfidenceWeighting() }
}

/// Tokens count by the share of the teachers that find the label most probable which all together do.
package struct AgreementWeighting: SelectionRule {
    package let identity = "weight agreement"

    package init() {}

    package func apply(to batch: inout SentenceBatch) {
        let scores = batch.requiredScores
        batch.weigh { token in Float(scores.votes[token]) / Float(max(1, scores.voterCount)) }
    }
}

extension RuleKind {
    static let agreement = RuleKind("agreement", "how many teachers agree", needs: .votes) { _ in AgreementWeighting() }
}

/// Tokens whose most probable label is less probable than this do not count.
package struct ConfidenceThreshold: SelectionRule {
    package let threshold: Double

    package init(_ threshold: Double) { self.threshold = threshold }

    package var identity: String { "minimum confidence \(threshold)" }

    package func apply(to batch: inout SentenceBatch) {
        let scores = batch.requiredScores, K = scores.labelCount
        batch.weigh { token in
            Double(scores.probability(token * K + scores.label(ofToken: token))) < threshold ? 0 : 1
        }
    }
}

extension ScoreColumns {
    /// An element of ``probabilities`` as a number.
    func probability(_ index: Int) -> Float { Float(Float16(bitPattern: probabilities[index])) }

    /// `-sum_k q ln q / ln K` of a token, 0 to 1.
    func entropy(ofToken token: Int) -> Float {
        var sum: Float = 0
        for k in 0..<labelCount {
            let q = probability(token * labelCount + k)
            if q > 0 { sum -= q * logf(q) }
        }
        return sum / logf(Float(max(2, labelCount)))
    }
}
