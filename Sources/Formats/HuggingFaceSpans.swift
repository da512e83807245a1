/// A text with the places of its entities, as data sets for Hugging Face's `datasets` have it, in lines or a list of JSON:
/// `{"text", "entities": [{"start", "end", "label"}]}`, or the same as an object of lists, which is what `datasets` keeps of
/// a `Sequence` of objects. Also `[START, END, LABEL]`, as spaCy's examples have it. Offsets count code points.
package struct HuggingFaceSpans: TextFormat, RecordWriter {
    package let name = "hf-spans"
    package let title = "JSON of texts and spans"
    package let endings = [String]()
    package let family = TextFamily.json
    static let keys = ["entities", "spans", "ner", "label", "labels"]

    /// What offsets count in what is written.
    var unit = OffsetUnit.codePoints

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let outline = JSONOutline(sample)
        return outline.has(".text=\"")
            && ["entities", "spans", "ner"].contains { key in
                outline.has(".\(key)[].start=0") || outline.has(".\(key).start=[") || outline.has(".\(key)[][]=0")
                    || outline.has(".\(key)=[") && !outline.paths.contains { $0.hasPrefix(".\(key)[]") }
            }
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let records = try JSONLines.records(of: sample)
        // Text alone is that of any line of JSON.
        guard request.tags != .none else { return TextReading(self, .documents(records) { JSONRecordScanner() }) }
        let layout = SpanRecordScanner.Layout(spanKeys: Self.keys) { tree, scanner throws(RecordProblem) in
            guard try tree.member(of: Self.keys) == nil else { return }
            throw RecordProblem(what: "no entities; they must be in \"entities\" or \"spans\"")
        }
        return TextReading(self, .documents(records) { SpanRecordScanner(layout, request) })
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? {
        var writer = self
        writer.unit = options.offsets ?? unit
        return writer
    }

    package var needsConfidence: Bool { true }

    func append(_ record: AnnotatedText, to out: inout [UInt8]) {
        var json = JSONText()
        json.object { json in
            json.string("id", record.identifier)
            json.string("text", record.text)
            json.list("entities") { json in
                for (entity, range) in zip(record.entities, record.entityRanges(in: unit)) {
                    json.object {
                        $0.word("start", range.lowerBound)
                        $0.word("end", range.upperBound)
                        $0.string("label", entity.type)
                        if let score = entity.score { $0.word("score", JSONText.rounded(score)) }
                    }
                }
            }
        }
        out += json.bytes + [0x0A]
    }
}
