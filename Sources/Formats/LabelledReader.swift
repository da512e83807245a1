package import Corpora

/// Reads labelled text in batches, with the tags of their tokens.
package protocol LabelledReader {
    var name: String { get }
    /// `[tag columns]`: the tags of the batch read last, one for each token.
    var tags: [[String]] { get }
    /// Sentences so far that were too long and cut.
    var cutSentenceCount: Int { get }
    /// What cannot be kept of what was read so far.
    var losses: ReadingLosses { get }
    /// The next batch of about so many bytes; nil at the end. Empty when there were only bad records.
    mutating func nextBatch(textByteCount: Int) throws -> SentenceBatch?
    /// The bad records since the last call.
    mutating func takeRejected() -> [RejectedRecord]
}

extension CoNLLReader: LabelledReader {}
