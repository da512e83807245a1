package import Corpora
import Diagnostics
import Shards
import Streams

/// Batches as text that a person, or another program, can read.
package enum BatchText {
    package enum Form: Sendable { case conll, jsonl }

    private struct Entity: Encodable {
        var type: String
        /// Tokens of the sentence, half-open.
        var tokens: [Int]
        /// Byte offset of the first token in the document.
        var offset: UInt64
        var text: String
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

    /// - Parameter labels: Names of the labels, when the batch has scores or label numbers.
    package static func write(_ batch: SentenceBatch, form: Form, labels: [String]) -> [UInt8] {
        switch form {
        case .conll: conll(batch, labels)
        case .jsonl: jsonl(batch, labels)
        }
    }

    private static func conll(_ batch: SentenceBatch, _ labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for sentence in 0..<batch.sentenceCount {
            for token in batch.tokens(ofSentence: sentence) {
                out.append(contentsOf: batch.text[batch.textRange(ofToken: token)])
                if let label = label(batch, token) {
                    out.append(UInt8(ascii: "\t"))
                    out += labels[label].utf8
                }
                out.append(UInt8(ascii: "\n"))
            }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    private static func jsonl(_ batch: SentenceBatch, _ labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        let K = labels.count
        for sentence in 0..<batch.sentenceCount {
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
                let tags = range.map { labels[label(batch, $0) ?? 0] }
                line.tags = tags
                line.entities = entities(batch, range, tags)
            }
            if let scores = batch.scores {
                line.probabilities = range.map { token in
                    (0..<K).map {
                        Double((Float(Float16(bitPattern: scores.probabilities[token * K + $0])) * 10000).rounded())
                            / 10000
                    }
                }
            }
            // A sentence of strings and finite numbers always encodes.
            out += (try? JSON.encode(line)) ?? []
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    /// The label of a token: given, or the most probable one.
    private static func label(_ batch: SentenceBatch, _ token: Int) -> Int? {
        if let gold = batch.gold { return Int(gold[token]) }
        guard let scores = batch.scores else { return nil }
        let K = scores.labelCount
        let row = (0..<K).map { Float(Float16(bitPattern: scores.probabilities[token * K + $0])) }
        return (0..<K).reduce(0) { row[$1] > row[$0] ? $1 : $0 }
    }

    private static func entities(_ batch: SentenceBatch, _ range: Range<Int>, _ tags: [String]) -> [Entity] {
        var entities: [Entity] = []
        var start: Int?
        for index in 0...tags.count {
            if let begin = start,
                index == tags.count || tags[index].dropFirst(2) != tags[begin].dropFirst(2)
                    || !tags[index].hasPrefix("I-")
            {
                let tokens = range.lowerBound + begin..<range.lowerBound + index
                entities.append(
                    Entity(
                        type: String(tags[begin].dropFirst(2)), tokens: [begin, index],
                        offset: batch.tokenOffsets[tokens.lowerBound],
                        text: tokens.map(batch.tokenText).joined(separator: " ")))
                start = nil
            }
            if index < tags.count, start == nil, tags[index] != "O" { start = index }
        }
        return entities
    }
}

extension PipelineRunner {
    /// Writes a stream as text to a file or standard output.
    package func writeText(
        _ input: BatchStream, to path: String, _ text: @escaping @Sendable (SentenceBatch) -> [UInt8]
    ) throws {
        let (sender, texts) = BoundedStream<[UInt8]>.make(capacity: Self.streamCapacity)
        addWorkers(from: input.batches, to: sender) { text($0) }
        let file = Box(path == "-" ? nil : try AtomicFile(path))
        addBlocking {
            for try await bytes in texts {
                if let file = file.value {
                    try file.write(bytes)
                } else {
                    try bytes.withUnsafeBytes { try StandardOutput.write($0) }
                }
            }
            try file.value?.commit()
        }
    }
}
