/// How sure a tagger is of the labels that it gave to the tokens of a batch.
package struct LabelConfidence: Sendable {
    /// `[N]`: at the first token of each entity the probability that it is one of this type and ends where it ends; 0 elsewhere.
    package var entityScores: [Float] = []
    /// `[N]`: entropy of the distribution over the labels, in nats.
    package var entropies: [Float] = []
    /// `[N]`: probability that the token is a part of any entity.
    package var entityProbabilities: [Float] = []

    package init() {}

    package func slice(_ tokens: Range<Int>) -> LabelConfidence {
        var slice = LabelConfidence()
        slice.entityScores = Array(entityScores[tokens])
        slice.entropies = Array(entropies[tokens])
        slice.entityProbabilities = Array(entityProbabilities[tokens])
        return slice
    }
}

extension SentenceBatch {
    /// A batch of one record of ``documentText``, with all that is written of it; nil when the text is not at hand.
    package func extracting(record number: Int) -> SentenceBatch? {
        guard let documentText else { return nil }
        let record = documentText.records[number]
        var result = SentenceBatch()
        result.index = index
        result.appendDocument(identifier: documentIdentifier(record.document).utf8)
        let first = record.sentences.lowerBound
        let tokens =
            record.sentences.isEmpty
            ? 0..<0
            : self.tokens(ofSentence: first)
                .lowerBound..<self.tokens(ofSentence: record.sentences.upperBound - 1).upperBound
        for sentence in record.sentences { result.append(self, sentence: sentence, document: 0) }
        result.gold = gold.map { Array($0[tokens]) }
        result.confidence = confidence?.slice(tokens)
        var text = DocumentText()
        text.bytes = Array(documentText.bytes[record.text])
        text.starts = documentText.starts[tokens].map { $0 - record.text.lowerBound }
        text.codePoints = Array(documentText.codePoints[tokens])
        text.byteEnds = Array(documentText.byteEnds[tokens])
        text.sources = Array(documentText.sources[record.source])
        text.records = [
            TextRecord(
                identifier: record.identifier, document: 0, sentences: 0..<record.sentences.count,
                text: 0..<text.bytes.count, source: 0..<text.sources.count)
        ]
        result.documentText = text
        return result
    }
}
