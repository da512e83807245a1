/// Documents with their entities, one a line: a line of JSON as it was, byte for byte, with `"entities": [{"start", "end",
/// "byte_start", "byte_end", "label", "text", "score"}]` as its last key; of other forms `{"id", "text", "entities"}`.
///
/// `start` and `end` count the code points of the line's `text`, `byte_start` and `byte_end` its bytes of UTF-8.
package struct DocumentLines: TextFormat, RecordWriter {
    package let name = "documents"
    package let title = "JSON of documents"
    package let endings = [String]()
    package let family = TextFamily.json

    package init() {}

    /// To a reader it is what ``HuggingFaceSpans`` says.
    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool { false }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        try HuggingFaceSpans().reading(of: sample, request)
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? { self }
    package var needsConfidence: Bool { true }

    func append(_ record: AnnotatedText, to out: inout [UInt8]) {
        defer { out.append(0x0A) }
        var entities = JSONText()
        entities.list { json in
            for (entity, range) in zip(record.entities, record.entityRanges(in: .codePoints)) {
                json.object {
                    $0.word("start", range.lowerBound)
                    $0.word("end", range.upperBound)
                    $0.word("byte_start", entity.bytes.lowerBound)
                    $0.word("byte_end", entity.bytes.upperBound)
                    $0.string("label", entity.type)
                    $0.string("text", record.bytes(entity.bytes))
                    if let score = entity.score { $0.word("score", JSONText.rounded(score)) }
                }
            }
        }
        if record.source.isEmpty {
            // An empty line of JSON, where lines are to stay what they are.
            guard !record.identifier.isEmpty else { return }
            var json = JSONText()
            json.object {
                $0.string("id", record.identifier)
                $0.string("text", record.text)
            }
            out += json.bytes.dropLast() + Array(", \"entities\": ".utf8) + entities.bytes + [UInt8(ascii: "}")]
        } else {
            Self.append(entities.bytes, to: record.source, &out)
        }
    }

    /// Writes an object with `entities` as its last key, in place of one that it has.
    private static func append(_ entities: [UInt8], to source: ArraySlice<UInt8>, _ out: inout [UInt8]) {
        source.withUnsafeBufferPointer { bytes in
            let (members, end) = members(of: bytes)
            let kept = members.filter { !$0.key.elementsEqual("entities".utf8) }
            if kept.count == members.count {
                out += bytes[..<(members.last?.range.upperBound ?? 1)]
            } else {
                out.append(UInt8(ascii: "{"))
                out += Array(kept.map { Array(bytes[$0.range]) }.joined(separator: Array(", ".utf8)))
            }
            out += (kept.isEmpty ? "\"entities\": " : ", \"entities\": ").utf8
            out += entities
            out += bytes[end...]
        }
    }

    /// The members of an object as they are written, and where its `}` stands. Its scanner read it before: nothing can fail.
    private static func members(
        of bytes: UnsafeBufferPointer<UInt8>
    ) -> (members: [(key: [UInt8], range: Range<Int>)], end: Int) {
        var cursor = JSONCursor(bytes: bytes)
        var members: [(key: [UInt8], range: Range<Int>)] = []
        do throws(RecordProblem) {
            try cursor.expect(UInt8(ascii: "{"), "")
            while !cursor.take(UInt8(ascii: "}")) {
                cursor.skipSpace()
                let start = cursor.index
                var key: [UInt8] = []
                try cursor.string(into: &key)
                try cursor.expect(UInt8(ascii: ":"), "")
                try cursor.skipValue(depth: 1)
                members.append((key, start..<cursor.index))
                _ = cursor.take(UInt8(ascii: ","))
            }
        } catch {
            preconditionFailure("a line that was read is no object: \(error.what)")
        }
        return (members, cursor.index - 1)
    }
}
