import Corpora

/// Lays the tokens of columns out as text: a space between two of them, a line end between sentences.
struct ColumnText {
    /// Of the document so far, and before its sentence that is being read.
    private var codePoints = 0
    private var sentenceStart = 0

    mutating func append(_ token: ArraySlice<UInt8>, to batch: inout SentenceBatch) {
        guard let offset = batch.tokenOffsets.last else { return }
        if codePoints > 0 {
            batch.documentText?.bytes.append(codePoints == sentenceStart ? 0x0A : 0x20)
            codePoints += 1
        }
        let start = batch.documentText?.bytes.count ?? 0
        batch.documentText?.starts.append(start)
        batch.documentText?.codePoints.append(codePoints)
        batch.documentText?.byteEnds.append(offset + UInt64(token.count))
        batch.documentText?.bytes += token
        codePoints += token.count { $0 & 0xC0 != 0x80 }
    }

    mutating func endSentence() { sentenceStart = codePoints }
    mutating func forgetSentence() { codePoints = sentenceStart }
    mutating func endDocument() { (codePoints, sentenceStart) = (0, 0) }
}
