package import Corpora

/// A record of a batch with its entities, as forms of documents write it: what stands in it is counted from its beginning.
package struct AnnotatedText: Sendable {
    package struct Entity: Sendable {
        package var type: String
        /// Tokens of the record.
        package var tokens: Range<Int>
        /// Bytes of ``AnnotatedText/text``.
        package var bytes: Range<Int>
        /// How probable it is, where a tagger said it.
        package var score: Float?
    }

    package var identifier: [UInt8]
    /// The document that it is, or is a part of.
    package var document: String
    /// Whether it is the first record of its document.
    package var beginsDocument = true
    /// UTF-8.
    package var text: ArraySlice<UInt8>
    /// `[tokens]`: bytes of ``text``.
    package var tokens: [Range<Int>] = []
    package var entities: [Entity] = []
    /// The line of JSON that it was; empty when it was none.
    package var source: ArraySlice<UInt8> = []
    /// Whether a tagger found the entities.
    package var isPredicted = false

    /// Ranges of the text counted in a unit; they must rise.
    func ranges(_ bytes: [Range<Int>], in unit: OffsetUnit) -> [Range<Int>] {
        var counter = OffsetCounter(unit, in: text)
        return bytes.map {
            let start = counter.count(before: $0.lowerBound)
            return start..<counter.count(before: $0.upperBound)
        }
    }

    /// Where the entities stand, counted in a unit.
    func entityRanges(in unit: OffsetUnit) -> [Range<Int>] { ranges(entities.map(\.bytes), in: unit) }

    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> {
        text[text.startIndex + range.lowerBound..<text.startIndex + range.upperBound]
    }
}

extension SentenceBatch {
    /// The records of the batch. Where their text is not at hand, a sentence is one, with a space where tokens do not touch.
    ///
    /// - Parameter labels: Names of the labels, `O`, `B-X`, `I-X` ...
    package func annotatedTexts(_ labels: [String]) -> [AnnotatedText] {
        guard let documentText else { return (0..<sentenceCount).map { joinedSentence($0, labels) } }
        var previous = continuesDocument ? 0 : -1
        return documentText.records.map { record in
            var result = AnnotatedText(
                identifier: record.identifier, document: documentIdentifier(record.document),
                beginsDocument: record.document != previous, text: documentText.bytes[record.text],
                source: documentText.sources[record.source])
            previous = record.document
            result.isPredicted = confidence != nil
            for sentence in record.sentences {
                let first = result.tokens.count
                for token in tokens(ofSentence: sentence) {
                    let start = documentText.starts[token] - record.text.lowerBound
                    result.tokens.append(start..<start + textRange(ofToken: token).count)
                }
                result.add(entities(ofSentence: sentence), firstToken: first, labels)
            }
            return result
        }
    }

    private func joinedSentence(_ sentence: Int, _ labels: [String]) -> AnnotatedText {
        var text: [UInt8] = []
        var tokens: [Range<Int>] = []
        let range = self.tokens(ofSentence: sentence)
        for token in range {
            tokens.append(text.count..<text.count + textRange(ofToken: token).count)
            text += self.text[textRange(ofToken: token)]
            if token + 1 < range.upperBound && !touchesNext(token) { text.append(0x20) }
        }
        let number = Int(sentenceDocuments[sentence]), document = documentIdentifier(number)
        let previous = sentence == 0 ? (continuesDocument ? 0 : -1) : Int(sentenceDocuments[sentence - 1])
        var result = AnnotatedText(
            identifier: Array("\(document):\(index).\(sentence + 1)".utf8), document: document,
            beginsDocument: number != previous, text: text[...], tokens: tokens)
        result.add(entities(ofSentence: sentence), firstToken: 0, labels)
        return result
    }

    /// The tags of a sentence; nil when it has none.
    func tags(ofSentence sentence: Int, _ labels: [String], _ scheme: TagScheme) -> [String]? {
        guard gold != nil || scores != nil else { return nil }
        return scheme.encode(tokens(ofSentence: sentence).map { labels[label(ofToken: $0) ?? 0] })
    }

    /// Whether nothing stands between a token and the next one, of the same sentence.
    func touchesNext(_ token: Int) -> Bool {
        let count = textRange(ofToken: token).count
        if let documentText { return documentText.starts[token] + count == documentText.starts[token + 1] }
        return tokenOffsets[token] &+ UInt64(count) == tokenOffsets[token + 1]
    }
}

extension AnnotatedText {
    fileprivate mutating func add(_ spans: [EntitySpan], firstToken: Int, _ labels: [String]) {
        for span in spans {
            let range = firstToken + span.tokens.lowerBound..<firstToken + span.tokens.upperBound
            entities.append(
                // Label 2t+1 begins type t.
                Entity(
                    type: String(labels[2 * span.type + 1].dropFirst(2)), tokens: range,
                    bytes: tokens[range.lowerBound].lowerBound..<tokens[range.upperBound - 1].upperBound,
                    score: span.score))
        }
    }
}

/// Writes records, each by itself.
protocol RecordWriter: BatchWriter {
    func append(_ record: AnnotatedText, to out: inout [UInt8])
}

extension RecordWriter {
    package var needsDocumentText: Bool { true }

    package func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for (number, record) in batch.annotatedTexts(labels).enumerated() {
            if number > 0 { out += frame.separator }
            append(record, to: &out)
        }
        return out
    }
}
