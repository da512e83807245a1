package import Corpora
import Shards

/// Type-smoothed targets (TSLt): a token's distribution is mixed with the mean of those of the same word, spelt with the same
/// capitals, over the whole stream: with weight `strength (c - 1) / (c + 1)` for a word of `c` occurrences.
///
/// A name is a name in most of its places, and the mean knows the places where the rest of the sentence made the teacher
/// right. Memory: 16 + 8 K bytes and the overhead of a dictionary for each of at most `maximumWordCount` words; words met
/// after so many are left as they are. A label that changes has no teacher's vote.
package final class TypeSmoothing: SurveyingRule, @unchecked Sendable {
    // `@unchecked Sendable`: written by the survey, one batch at a time, and read afterwards.
    package let strength: Double
    package let maximumWordCount: Int
    private var numbers: [UInt64: Int] = [:]
    private var counts: [UInt32] = []
    /// `[words, K]`
    private var sums: [Double] = []
    private var labelCount = 0

    private static let defaultMaximumWordCount = 1_000_000

    /// Bytes of a table that is full, the dictionary with its free places included.
    package static func memoryByteCount(labelCount: Int) -> Int {
        defaultMaximumWordCount * (2 * 17 + 4 + 8 * labelCount)
    }

    package init(strength: Double, maximumWordCount: Int = defaultMaximumWordCount) {
        (self.strength, self.maximumWordCount) = (strength, maximumWordCount)
    }

    package var identity: String { "smooth \(strength)" }
    /// Words that were met.
    package var wordCount: Int { counts.count }

    package func survey(_ batch: SentenceBatch) {
        let scores = batch.requiredScores, K = scores.labelCount
        labelCount = K
        for token in 0..<batch.tokenCount {
            let key = Self.key(batch, token)
            let number: Int
            if let known = numbers[key] {
                number = known
            } else {
                guard counts.count < maximumWordCount else { continue }
                number = counts.count
                numbers[key] = number
                counts.append(0)
                sums.append(contentsOf: repeatElement(0, count: K))
            }
            if counts[number] < .max { counts[number] += 1 }
            for k in 0..<K { sums[number * K + k] += Double(scores.probability(token * K + k)) }
        }
    }

    package func finishSurvey() {}

    package func apply(to batch: inout SentenceBatch) {
        var scores = batch.requiredScores
        let K = scores.labelCount
        for token in 0..<batch.tokenCount {
            guard let number = numbers[Self.key(batch, token)], counts[number] > 1 else { continue }
            let c = Float(counts[number])
            let weight = Float(strength) * (c - 1) / (c + 1)
            let label = scores.label(ofToken: token)
            for k in 0..<K {
                let mixed =
                    (1 - weight) * scores.probability(token * K + k) + weight
                    * Float(sums[number * K + k] / Double(counts[number]))
                scores.probabilities[token * K + k] = Float16(mixed).bitPattern
            }
            // Nobody has voted for what the mean made of it.
            if !scores.votes.isEmpty, scores.label(ofToken: token) != label { scores.votes[token] = 0 }
        }
        batch.scores = scores
    }

    private static func key(_ batch: SentenceBatch, _ token: Int) -> UInt64 {
        batch.text.withUnsafeBytes {
            Digest.xxh3(UnsafeRawBufferPointer(rebasing: $0[batch.textRange(ofToken: token)]))
        }
    }
}
