package import Corpora
import Diagnostics
package import Formats
package import Shards
package import Tokenization
import UnicodeText

/// What happens with bytes that are no UTF-8.
package enum InvalidTextPolicy: String, CaseIterable, Sendable {
    /// Stop, naming file, line and byte.
    case fail
    /// Each ill-formed sequence becomes U+FFFD, a token of its own; counted. Offsets still count the bytes of the
    /// input.
    case replace
}

/// Text in, batches of tokens out: UAX #29 words in rule-based sentences. A pure function of the chunk.
///
/// Normalization: tokens keep the bytes of the input, so that they slice back to it; words are normalized (lower-case,
/// NFC) only where they are looked up, in `embed`. Input that is tokenized already passes unchanged.
package struct TokenizeStage: Sendable {
    package let language: String
    package let invalidText: InvalidTextPolicy
    private let tokenizer: WordTokenizer
    /// Whether the input comes as columns.
    private let isGiven: Bool
    private let isTolerant: Bool
    private let keepsText: Bool
    private let labels: LabelRules?

    /// How labels are read of documents that have them.
    package struct LabelRules: Sendable {
        /// What is wrong with a tag; nil when it is good.
        var problem: @Sendable (String) -> String?
        /// What becomes of sentences that come with their tokens.
        var longSentences: CoNLLReader.LongSentences
    }

    /// - Parameters:
    ///   - isTolerant: Whether bad records are left out and handed on as such, instead of being thrown.
    ///   - keepsText: Whether batches get their `SentenceBatch/documentText`; the source must do so, too.
    ///   - labels: nil when labels are not wanted.
    package init(
        language: String, invalidText: InvalidTextPolicy, maximumSentenceTokenCount: Int, isGiven: Bool,
        isTolerant: Bool = false, keepsText: Bool = false, labels: LabelRules? = nil
    ) {
        self.language = language
        self.invalidText = invalidText
        self.isGiven = isGiven
        self.isTolerant = isTolerant
        self.keepsText = keepsText
        self.labels = labels
        tokenizer = WordTokenizer(language: language, maximumSentenceTokenCount: maximumSentenceTokenCount)
    }

    package var header: StreamHeader {
        StreamHeader(
            kind: .tokens, producer: Version.producer, language: language,
            tokenizer: isGiven ? "given" : WordTokenizer.identity)
    }

    /// Counts of what was done to the text.
    package struct Notes: Sendable {
        package var splitSentences = 0
        package var replacedSequences = 0
        package var unsegmentedTokens: [UnspacedScript: Int] = [:]
    }

    /// What became of a piece of text.
    package struct Result: Sendable {
        /// nil when there were only bad records.
        package var batch: SentenceBatch?
        package var notes = Notes()
        package var rejected: [RejectedRecord] = []
        /// `[N]`: the tag of each token, when labels are read.
        package var tags: [String] = []
        package var losses = ReadingLosses()
        /// Records that were understood: lines, or sentences of columns.
        package var acceptedCount = 0
    }

    package func process(_ item: SourceItem) throws -> Result {
        switch item {
        // Its reader refuses bytes that are no UTF-8.
        case .sentences(let batch, let rejected):
            Result(batch: batch, rejected: rejected, acceptedCount: batch.sentenceCount)
        case .rejected(let records): Result(rejected: records)
        case .text(let chunk): try tokenize(chunk)
        }
    }

    private func tokenize(_ chunk: TextChunk) throws -> Result {
        var writer = ParagraphWriter(
            tokenizer: tokenizer, policy: invalidText, chunk: chunk, keepsText: keepsText, labels: labels)
        var scanner: (any DocumentScanner)?
        if case .documents(_, let make) = chunk.reading.lines { scanner = make() }
        var rejected: [RejectedRecord] = []
        try chunk.bytes.withUnsafeBufferPointer { bytes in
            for line in chunk.lines {
                let record = UnsafeBufferPointer(rebasing: bytes[line.range])
                // A file is a document even when none of its lines can be read.
                if scanner == nil { writer.beginFile(line) }
                let mark = writer.mark
                do {
                    if scanner == nil {
                        try writer.append(paragraph: record, line: line)
                    } else {
                        try writer.append(document: record, line: line, &scanner)
                    }
                } catch let failure as Failure where isTolerant {
                    writer.removeAll(since: mark)
                    rejected.append(line.rejected(failure, record))
                }
            }
        }
        return Result(
            batch: writer.batch, notes: writer.notes, rejected: rejected, tags: writer.tags, losses: writer.losses,
            acceptedCount: chunk.lines.count - rejected.count)
    }
}
