/// Where the tokens of a batch stand in the text of their documents; beside a batch, never in a stream.
///
/// A document's text is the content of a text file (decompressed, decoded as UTF-8; a byte order mark and line ends as
/// they are), the `text` of a line of JSON, and of columns the tokens with a space between, a line end after each
/// sentence. Each ill-formed part is one U+FFFD, as in every decoder that replaces.
package struct DocumentText: Sendable {
    /// The text of the batch, UTF-8; between two records something may be missing.
    package var bytes: [UInt8] = []
    /// `[N]`: where each token begins in ``bytes``.
    package var starts: [Int] = []
    /// `[N]`: code points of the document before each token.
    package var codePoints: [Int] = []
    /// `[N]`: byte of the document after each token; more or fewer than its own where ill-formed bytes were replaced.
    package var byteEnds: [UInt64] = []

    /// What the text consists of, in order.
    package var records: [TextRecord] = []
    /// The lines of JSON that records came from, one after the other.
    package var sources: [UInt8] = []

    package init() {}

    /// How much it held once.
    struct Mark: Sendable { var tokens = 0, bytes = 0, records = 0, sources = 0 }

    var mark: Mark {
        Mark(tokens: starts.count, bytes: bytes.count, records: records.count, sources: sources.count)
    }

    mutating func removeAll(since mark: Mark) {
        bytes.removeSubrange(mark.bytes...)
        starts.removeSubrange(mark.tokens...)
        codePoints.removeSubrange(mark.tokens...)
        byteEnds.removeSubrange(mark.tokens...)
        records.removeSubrange(mark.records...)
        sources.removeSubrange(mark.sources...)
    }
}

/// What forms of documents have as one: a document of JSON, a line of running text, a sentence of columns.
package struct TextRecord: Sendable {
    /// Its name; that of its document when it has none of its own.
    package var identifier: [UInt8]
    /// Number of its document in the batch.
    package var document: Int
    /// Sentences of the batch.
    package var sentences: Range<Int>
    /// Its text, in `DocumentText/bytes`.
    package var text: Range<Int>
    /// The line of JSON that it was, in `DocumentText/sources`; empty for other forms.
    package var source: Range<Int>

    package init(
        identifier: [UInt8], document: Int, sentences: Range<Int>, text: Range<Int>, source: Range<Int> = 0..<0
    ) {
        (self.identifier, self.document, self.sentences) = (identifier, document, sentences)
        (self.text, self.source) = (text, source)
    }
}

extension SentenceBatch {
    /// The text from the first to the last of some tokens of one sentence, as it stands in the document; nil where that
    /// is not known.
    package func documentText(ofTokens tokens: Range<Int>) -> String? {
        guard let text = documentText, let last = tokens.last else { return nil }
        let end = text.starts[last] + textRange(ofToken: last).count
        return String(decoding: text.bytes[text.starts[tokens.lowerBound]..<end], as: UTF8.self)
    }

    /// The label of a token: given, or the most probable one; nil when there is neither.
    package func label(ofToken token: Int) -> Int? {
        gold.map { Int($0[token]) } ?? scores?.label(ofToken: token)
    }

    /// The entities of a sentence that has labels, with their places in the document as far as they are known.
    package func entities(ofSentence sentence: Int) -> [EntitySpan] {
        let range = tokens(ofSentence: sentence)
        return EntitySpan.spans(ofLabels: range.lazy.map { label(ofToken: $0) ?? 0 }).map { span in
            var span = span
            let first = range.lowerBound + span.tokens.lowerBound, last = range.lowerBound + span.tokens.upperBound - 1
            // Streams of others may have any offsets.
            let start = Int(clamping: tokenOffsets[first])
            let end =
                documentText.map { Int(clamping: $0.byteEnds[last]) }
                ?? Int(clamping: tokenOffsets[last]).addingReportingOverflow(textRange(ofToken: last).count)
                .partialValue
            span.bytes = start <= end ? start..<end : nil
            span.score = confidence?.entityScores[first]
            if let text = documentText {
                let codePointCount = self.text[textRange(ofToken: last)].count { $0 & 0xC0 != 0x80 }
                span.codePoints = text.codePoints[first]..<text.codePoints[last] + codePointCount
            }
            return span
        }
    }
}
