/// How many of a target's names the source has too: `EO` of METHODS 9.1.
package struct MentionOverlap: Sendable, Encodable {
    /// Names of the target.
    package let mentionCount: Int
    /// The share of the target's mentions whose words are a mention of the source; the same of distinct ones; the same with the same type.
    package let mentions, types, typed: Double
    /// The share of the words in the target's mentions that stand in a mention of the source.
    package let tokens: Double

    /// The names of a text, in comparable forms.
    package struct Mentions: Sendable {
        fileprivate var counts: [[UInt8]: Int] = [:]
        fileprivate var typed: [[UInt8]: Int] = [:]
        fileprivate var words: [[UInt8]: Int] = [:]

        package init() {}

        /// - Parameter words: Comparable forms, those that have one; a mention without is passed over.
        package mutating func add(_ words: [[UInt8]], type: String) {
            guard !words.isEmpty else { return }
            let form = Array(words.joined(separator: [0x20]))
            counts[form, default: 0] += 1
            typed[form + [0x09] + type.utf8, default: 0] += 1
            for word in words { self.words[word, default: 0] += 1 }
        }

        package var count: Int { counts.values.reduce(0, +) }
    }

    /// - Returns: nil when the target has no name.
    package init?(source: Mentions, target: Mentions) {
        func share(_ part: [[UInt8]: Int], in whole: [[UInt8]: Int]) -> Double {
            let total = part.values.reduce(0, +)
            return Double(part.filter { whole[$0.key] != nil }.values.reduce(0, +)) / Double(max(1, total))
        }
        guard target.count > 0 else { return nil }
        mentionCount = target.count
        mentions = share(target.counts, in: source.counts)
        typed = share(target.typed, in: source.typed)
        tokens = share(target.words, in: source.words)
        types = Double(target.counts.keys.count { source.counts[$0] != nil }) / Double(target.counts.count)
    }
}
