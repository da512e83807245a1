import Randomness

/// How alike translations are written (ASJP's measures; Wichmann et al. 2010).
package struct WordDistance: Sendable, Encodable {
    /// Translations that were compared.
    package let pairCount: Int
    /// Mean edit distance over the length of the longer word, of translations.
    package let normalized: Double
    /// That, over the same of words that do not belong together: 1 is chance.
    package let divided: Double
    /// The share of translations with a distance of at most a half.
    package let cognateRate: Double

    private static let chancePairCount = 10_000
    private static let cognateLimit = 0.5

    /// - Parameters:
    ///   - pairs: Translations, UTF-8, in comparable forms.
    ///   - seed: Of the pairs that do not belong together.
    /// - Returns: nil for fewer than two pairs.
    package init?(_ pairs: [(source: [UInt8], target: [UInt8])], seed: UInt64) {
        let words = pairs.map { (Self.scalars($0.source), Self.scalars($0.target)) }
        guard words.count > 1 else { return nil }
        let distances = words.map { Self.distance($0.0, $0.1) }
        var sum = 0.0, count = 0
        var random = SplitMix64(seed: seed)
        for _ in 0..<Self.chancePairCount {
            let a = random.index(below: words.count), b = random.index(below: words.count)
            guard a != b else { continue }
            sum += Self.distance(words[a].0, words[b].1)
            count += 1
        }
        pairCount = words.count
        normalized = distances.reduce(0, +) / Double(words.count)
        divided = count == 0 || sum == 0 ? 1 : normalized / (sum / Double(count))
        cognateRate = Double(distances.count { $0 <= Self.cognateLimit }) / Double(words.count)
    }

    private static func scalars(_ word: [UInt8]) -> [UInt32] {
        String(decoding: word, as: UTF8.self).unicodeScalars.map(\.value)
    }

    /// Levenshtein's distance over the length of the longer one, 0...1.
    static func distance(_ a: [UInt32], _ b: [UInt32]) -> Double {
        guard !a.isEmpty, !b.isEmpty else { return a.isEmpty && b.isEmpty ? 0 : 1 }
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let best = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                (diagonal, row[j + 1]) = (row[j + 1], best)
            }
        }
        return Double(row[b.count]) / Double(max(a.count, b.count))
    }
}
