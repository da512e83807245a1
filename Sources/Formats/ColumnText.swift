import Corpora

/// Lays the tokens of columns out as text: a space between two of them unless they are said to touch, a line end between
/// sentences.
struct ColumnText {
    /// Of the document so far, and before its sentence that is being read.
    private var codePoints = 0
    private var sentenceStart = 0
    /// Whether the token before is said to touch the next one.
    private var touches = false

    /// - Parameter touchesNext: Whether no space stands behind the token.
    mutating func append(_ token: ArraySlice<UInt8>, touchesNext: Bool, to batch: inout SentenceBatch) {
        guard let offset = batch.tokenOffsets.last else { return }
        let startsSentence = codePoints == sentenceStart
        if codePoints > 0, startsSentence || !touches {
            batch.documentText?.bytes.append(startsSentence ? 0x0A : 0x20)
            codePoints += 1
        }
        touches = touchesNext
        let start = batch.documentText?.bytes.count ?? 0
        batch.documentText?.starts.append(start)
        batch.documentText?.codePoints.append(codePoints)
        batch.documentText?.byteEnds.append(offset + UInt64(token.count))
        batch.documentText?.bytes += token
        codePoints += token.count { $0 & 0xC0 != 0x80 }
    }

    /// - Parameter batch: Has the sentence as its last one, when it has any token.
    mutating func endSentence(_ batch: inout SentenceBatch) {
        defer { (sentenceStart, touches) = (codePoints, false) }
        guard codePoints > sentenceStart, batch.sentenceCount > 0 else { return }
        let sentence = batch.sentenceCount - 1
        guard let start = batch.documentText?.starts[batch.tokens(ofSentence: sentence).lowerBound],
            let end = batch.documentText?.bytes.count
        else { return }
        let record = TextRecord(
            identifier: Array(batch.documentIdentifier(Int(batch.sentenceDocuments[sentence])).utf8),
            document: Int(batch.sentenceDocuments[sentence]), sentences: sentence..<sentence + 1, text: start..<end)
        batch.documentText?.records.append(record)
    }

    mutating func forgetSentence() { (codePoints, touches) = (sentenceStart, false) }
    mutating func endDocument() { (codePoints, sentenceStart) = (0, 0) }
}
