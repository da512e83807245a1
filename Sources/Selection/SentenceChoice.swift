package import Corpora
import Glibc
import Randomness

/// Keeps a share of the sentences of each block: those of the highest value.
///
/// A block has some hundred sentences, which stand for the stream; so no second pass is needed, and one block in is one block
/// out. At least one sentence of a block stays.
package struct SentenceChoice: SelectionRule {
    package enum Criterion: String, CaseIterable, Sendable {
        /// Low mean entropy of the teacher's distributions.
        case entropy
        /// High probability of the labels the teacher finds most probable: the mean of its logarithm.
        case confidence
        /// By chance: the control.
        case random
    }

    package let rate: Double
    package let criterion: Criterion
    package let seed: UInt64

    package var leavesSentencesOut: Bool { true }

    package init(rate: Double, by criterion: Criterion, seed: UInt64) {
        (self.rate, self.criterion, self.seed) = (rate, criterion, seed)
    }

    package var identity: String {
        "keep \(rate) by \(criterion.rawValue)" + (criterion == .random ? " seed \(seed)" : "")
    }

    package func apply(to batch: inout SentenceBatch) {
        batch.keepBest(rate, values(of: batch))
    }

    private func values(of batch: SentenceBatch) -> [Float] {
        let scores = batch.requiredScores
        var random = RandomSource(seed: seed, stream: .selection, 3, UInt64(batch.index))
        return (0..<batch.sentenceCount).map { sentence in
            let tokens = batch.tokens(ofSentence: sentence)
            guard !tokens.isEmpty else { return -.infinity }  // it would not be written
            let share = 1 / Float(tokens.count)
            switch criterion {
            case .entropy: return -share * tokens.reduce(Float(0)) { $0 + scores.entropy(ofToken: $1) }
            case .confidence:
                return share
                    * tokens.reduce(Float(0)) {
                        $0 + logf(max(scores.probability($1 * scores.labelCount + scores.label(ofToken: $1)), 1e-30))
                    }
            case .random: return Float(random.nextUniform())
            }
        }
    }
}

extension RuleKind {
    static let lowEntropy = choice("of low entropy", .entropy)
    static let sureLabels = choice("of sure labels", .confidence)
    static let chance = choice("by chance", .random)

    private static func choice(_ summary: String, _ criterion: SentenceChoice.Criterion) -> RuleKind {
        RuleKind(criterion.rawValue, summary) { SentenceChoice(rate: $0.rate, by: criterion, seed: $0.seed) }
    }
}

extension SentenceBatch {
    /// Keeps the share of the sentences that has the largest values; of equal ones the first.
    mutating func keepBest(_ share: Double, _ values: [Float]) {
        let count = min(values.count, max(1, Int((share * Double(values.count)).rounded())))
        self = keeping(
            sentences: values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count).sorted())
    }
}
