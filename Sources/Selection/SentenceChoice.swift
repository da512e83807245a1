package import Corpora
import Glibc
import Randomness

/// Keeps some of the sentences of each block: the first of an order.
///
/// A block has some hundred sentences, which stand for the stream; so one block in is one block out.
package struct SentenceChoice: SelectionRule {
    package let amount: KeptAmount
    package let ranking: SentenceRanking
    package let seed: UInt64

    package var leavesSentencesOut: Bool { true }

    package init(_ amount: KeptAmount, by ranking: SentenceRanking, seed: UInt64) {
        (self.amount, self.ranking, self.seed) = (amount, ranking, seed)
    }

    package var identity: String {
        "keep \(amount.identity) by \(ranking.name)" + (ranking.usesSeed ? " seed \(seed)" : "")
    }

    package func apply(to batch: inout SentenceBatch) {
        batch = batch.keeping(sentences: amount.keep(ranking.order(batch, seed), of: batch))
    }
}

/// An order of the sentences of a scored batch, the best first.
package struct SentenceRanking: Sendable {
    package let name: String
    package var usesSeed = false
    let order: @Sendable (SentenceBatch, _ seed: UInt64) -> [Int]

    init(_ name: String, order: @escaping @Sendable (SentenceBatch, UInt64) -> [Int]) {
        (self.name, self.order) = (name, order)
    }

    /// By the mean of a value over the tokens of each sentence, the largest first.
    private init(_ name: String, meanOf value: @escaping @Sendable (ScoreColumns, _ token: Int) -> Float) {
        self.init(name) { batch, _ in
            let scores = batch.requiredScores
            return batch.order(
                byFalling: (0..<batch.sentenceCount).map { sentence in
                    let tokens = batch.tokens(ofSentence: sentence)
                    guard !tokens.isEmpty else { return -.infinity }  // it would not be written
                    return tokens.reduce(Float(0)) { $0 + value(scores, $1) } / Float(tokens.count)
                })
        }
    }

    /// Low mean entropy of the teacher's distributions.
    package static let entropy = SentenceRanking("entropy", meanOf: { -$0.entropy(ofToken: $1) })

    /// High mean entropy: what the teacher does not know, as active learning chooses it.
    package static let uncertainty = SentenceRanking("uncertainty", meanOf: { $0.entropy(ofToken: $1) })

    /// High probability of the labels the teacher finds most probable: the mean of its logarithm.
    package static let confidence = SentenceRanking(
        "confidence",
        meanOf: { scores, token in
            logf(max(scores.probability(token * scores.labelCount + scores.label(ofToken: token)), 1e-30))
        })

    /// By chance: the control.
    package static let random = {
        var ranking = SentenceRanking("random") { batch, seed in
            var random = RandomSource(seed: seed, stream: .selection, 3, UInt64(batch.index))
            return batch.order(
                byFalling: (0..<batch.sentenceCount).map { sentence in
                    batch.tokens(ofSentence: sentence).isEmpty ? -.infinity : Float(random.nextUniform())
                })
        }
        ranking.usesSeed = true
        return ranking
    }()
}

extension RuleKind {
    static let lowEntropy = choice("of low entropy", .entropy)
    static let sureLabels = choice("of sure labels", .confidence)
    static let chance = choice("by chance", .random)
    static let highEntropy = choice("of high entropy", .uncertainty)

    static func choice(_ summary: String, _ ranking: SentenceRanking) -> RuleKind {
        RuleKind(ranking.name, summary) { SentenceChoice($0.amount, by: ranking, seed: $0.seed) }
    }
}

extension SentenceBatch {
    /// Sentences by falling values; of equal ones the first is first.
    func order(byFalling values: [Float]) -> [Int] {
        values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    }
}
