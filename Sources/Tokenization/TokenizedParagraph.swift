/// Tokens and sentences of one paragraph as offsets, reused between calls so that nothing is allocated per token.
package struct TokenizedParagraph: Sendable {
    /// First byte of each token, relative to the paragraph, ascending.
    package var tokenStarts: [UInt32]
    /// Bytes of each token, at least 1. Tokens do not overlap.
    package var tokenLengths: [UInt32]
    /// Exclusive token index where each sentence ends, ascending; the last is `tokenStarts.count` if there are tokens.
    package var sentenceEnds: [UInt32]
    /// Sentences that were cut because they were longer than the maximum.
    package var splitSentenceCount: Int
    /// Tokens that are single characters because there is no dictionary for their script.
    package var unsegmentedTokenCounts: [UnspacedScript: Int]

    package init() {
        tokenStarts = []
        tokenLengths = []
        sentenceEnds = []
        splitSentenceCount = 0
        unsegmentedTokenCounts = [:]
    }

    /// Forgets everything but keeps the memory.
    package mutating func removeAll() {
        tokenStarts.removeAll(keepingCapacity: true)
        tokenLengths.removeAll(keepingCapacity: true)
        sentenceEnds.removeAll(keepingCapacity: true)
        splitSentenceCount = 0
        if !unsegmentedTokenCounts.isEmpty { unsegmentedTokenCounts = [:] }
    }
}
