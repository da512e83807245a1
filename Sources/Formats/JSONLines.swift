package import Corpora
import Shards

/// JSON lines: one object a line, or the items of one list, with `text` and, optionally, `id`; a line is one document. Written as one sentence a
/// line with its tokens, tags and entities.
package struct JSONLines: TextFormat {
    package let name = "jsonl"
    package let title = "JSON lines"
    package let endings = [".jsonl", ".ndjson"]
    package let family = TextFamily.json
    package let isLabelled = false

    package init() {}

    /// Begins with an object of a key, or with a list of such.
    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        var bytes = sample.lines.lazy.joined().filter { ![0x20, 0x09, 0x0D].contains($0) }.makeIterator()
        var first = bytes.next()
        if first == UInt8(ascii: "[") { first = bytes.next() }
        guard first == UInt8(ascii: "{") else { return false }
        var previous = bytes.next()
        if previous == UInt8(ascii: "}") { return sample.lines.allSatisfy { $0.isBlank || Self.beginsObject($0) } }
        guard previous == UInt8(ascii: "\"") else { return false }
        while let byte = bytes.next() {
            if byte == UInt8(ascii: "\""), previous != UInt8(ascii: "\\") { return bytes.next() == UInt8(ascii: ":") }
            previous = byte
        }
        return false
    }

    /// What is wrong with a line, its scanner says.
    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        TextReading(self, .documents(try Self.records(of: sample)) { JSONRecordScanner() })
    }

    /// Whether records are lines or the items of a list.
    ///
    /// - Throws: When they are neither.
    static func records(of sample: TextSample) throws -> TextReading.Records {
        let first = sample.lines.lazy.joined().first { ![0x20, 0x09, 0x0D].contains($0) }
        if first == UInt8(ascii: "[") { return .items }
        guard first != UInt8(ascii: "{") || sample.lines.contains(where: beginsObject) else {
            throw RecordProblem(
                what:
                    "JSON, but neither one object a line nor a list of objects; make such lines of it, for instance with "
                    + "'jq -c', or say what it is with --format")
        }
        return .lines
    }

    private static func beginsObject(_ line: ArraySlice<UInt8>) -> Bool {
        let bytes = line.filter { $0 != 0x20 && $0 != 0x09 }.prefix(2)
        return bytes.elementsEqual("{\"".utf8) || bytes.elementsEqual("{}".utf8)
    }
}

extension JSONLines: BatchWriter {
    package func writer(_ options: WritingOptions) -> (any BatchWriter)? { self }
    package var needsDocumentText: Bool { true }
    package var needsConfidence: Bool { true }
    package var dependsOnEarlierBlocks: Bool { true }

    private struct Entity: Encodable {
        var type: String
        /// Tokens of the sentence, half-open.
        var tokens: [Int]
        /// Code points of the document's text, half-open.
        var start: Int?
        var end: Int?
        /// Bytes of the document, half-open.
        var byte_start: Int?
        var byte_end: Int?
        /// As it stands in the document's text.
        var text: String?
        var score: Double?
    }
    private struct Sentence: Encodable {
        var doc: String
        var tokens: [String]
        var offsets: [UInt64]
        var rows: [Int64]?
        var positions: [UInt8]?
        var tags: [String]?
        var entities: [Entity]?
        var probabilities: [[Double]]?
    }

    package func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for sentence in 0..<batch.sentenceCount {
            // A sentence of strings and finite numbers always encodes.
            out += (try? JSON.encode(Self.sentence(sentence, of: batch, labels))) ?? []
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func sentence(_ sentence: Int, of batch: SentenceBatch, _ labels: [String]) -> Sentence {
        let range = batch.tokens(ofSentence: sentence)
        var line = Sentence(
            doc: batch.documentIdentifier(Int(batch.sentenceDocuments[sentence])),
            tokens: range.map(batch.tokenText),
            offsets: Array(batch.tokenOffsets[range]))
        if let embedding = batch.embedding {
            // -1 is absent, -2 composed from sub-words.
            line.rows = range.map { token in
                let row = embedding.rows[token]
                return row == EmbeddedColumns.absent ? -1 : row & EmbeddedColumns.composedBit != 0 ? -2 : Int64(row)
            }
            if !embedding.positions.isEmpty { line.positions = Array(embedding.positions[range]) }
        }
        if batch.gold != nil || batch.scores != nil {
            line.tags = range.map { labels[batch.label(ofToken: $0) ?? 0] }
            line.entities = batch.entities(ofSentence: sentence).map { span in
                Entity(
                    // Label 2t+1 begins type t.
                    type: String(labels[2 * span.type + 1].dropFirst(2)),
                    tokens: [span.tokens.lowerBound, span.tokens.upperBound],
                    start: span.codePoints?.lowerBound, end: span.codePoints?.upperBound,
                    byte_start: span.bytes?.lowerBound, byte_end: span.bytes?.upperBound,
                    text: batch.documentText(
                        ofTokens: range.lowerBound + span.tokens.lowerBound..<range.lowerBound + span.tokens.upperBound),
                    score: span.score.map(JSONText.rounded)
                )
            }
        }
        if let scores = batch.scores {
            let K = labels.count
            line.probabilities = range.map { token in
                (0..<K).map {
                    Double((Float(Float16(bitPattern: scores.probabilities[token * K + $0])) * 10000).rounded())
                        / 10000
                }
            }
        }
        return line
    }
}
