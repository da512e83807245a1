package import Corpora
import Synchronization

/// How much of a stream a choice of sentences keeps.
package enum KeptAmount: Sendable {
    /// Of the sentences of each block, at least one.
    case share(Double)
    /// So many tokens of the whole stream, at most.
    case tokens(TokenBudget)

    /// Names what decides it; part of a rule's identity.
    var identity: String {
        switch self {
        case .share(let share): "\(share)"
        case .tokens(let budget): "\(budget.count) tokens"
        }
    }

    /// The sentences that stay.
    ///
    /// - Parameter order: All sentences of the batch, the best first.
    func keep(_ order: [Int], of batch: SentenceBatch) -> [Int] {
        switch self {
        case .share(let share):
            let count = min(order.count, max(1, Int((share * Double(order.count)).rounded())))
            return order.prefix(count).sorted()
        case .tokens(let budget):
            var left = budget.share(ofTokens: batch.tokenCount)
            return order.filter { sentence in
                let count = batch.tokens(ofSentence: sentence).count
                guard count <= left else { return false }
                left -= count
                return true
            }.sorted()
        }
    }
}

/// What a costly teacher may be asked about: a number of tokens of a stream, of which each block has its part. The first of the rules,
/// because it must know how many tokens the stream has; it changes nothing itself.
package final class TokenBudget: SurveyingRule {
    package let count: Int
    private let total = Atomic<Int>(0)

    package init(_ count: Int) { self.count = count }

    package var identity: String { "budget of \(count) tokens" }
    package func survey(_ batch: SentenceBatch) { total.add(batch.tokenCount, ordering: .relaxed) }
    package func finishSurvey() {}
    package func apply(to batch: inout SentenceBatch) {}

    /// Rounded down, so that all blocks together do not go beyond it.
    func share(ofTokens tokens: Int) -> Int {
        let total = total.load(ordering: .relaxed)
        guard count < total else { return tokens }
        let (high, low) = tokens.multipliedFullWidth(by: count)
        return total.dividingFullWidth((high, low)).quotient
    }
}
