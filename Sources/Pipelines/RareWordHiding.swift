import Glibc
import Randomness
package import Vectors

/// Shows a tagger in training rare words as if they were unknown, so that it learns what an unknown word looks like: its vector
/// composed of character n-grams, and no statistics.
///
/// A language with little text has no rows for most of its names; the source corpus, whose words the table knows, would
/// teach nothing about that. A word of N occurrences is hidden with probability a / (a + N), each token by itself: a
/// pure function of (seed, copy, sentence, token).
package struct RareWordHiding: Sendable {
    package let seed: UInt64
    /// a: words that occur so often are hidden half of the time.
    package let halfCount: Double
    let table: VectorTable

    /// - Returns: nil when nothing is to be hidden, or the table does not know how frequent its words are.
    package init?(halfCount: Double, seed: UInt64, table: VectorTable) {
        guard halfCount > 0, table.statisticNames.contains("frequency") else { return nil }
        self.seed = seed
        self.halfCount = halfCount
        self.table = table
    }

    func hides(_ row: UInt32, copy: Int, sentence: Int, token: Int) -> Bool {
        guard let frequency = table.statistic("frequency", ofRow: row) else { return false }
        // The statistic is ln(1 + N) / 5 - 1.
        let occurrences = exp(5 * (Double(frequency) + 1)) - 1
        var random = RandomSource(seed: seed, stream: .hiding, UInt64(copy), UInt64(sentence), UInt64(token))
        return random.nextUniform() < halfCount / (halfCount + max(0, occurrences))
    }
}
