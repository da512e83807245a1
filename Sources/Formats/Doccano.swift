/// What doccano exports of sequence labelling, and imports: a line `{"id", "text", "label": [[START, END, LABEL]]}`, or with
/// relations `"entities": [{"id", "label", "start_offset", "end_offset"}]`.
///
/// Offsets count UTF-16 code units, which is what its editor in the browser counts, unless the project says "count
/// grapheme clusters as one character".
///
/// - Note: doccano 1.8, `backend/data_export/models.py`, issue 2290.
package struct Doccano: TextFormat, RecordWriter {
    package let name = "doccano"
    package let title = "JSON of doccano"
    package let endings = [String]()
    package let family = TextFamily.json
    private static let keys = ["label", "labels", "entities", "annotations"]
    /// What offsets count in what is written.
    var unit = OffsetUnit.utf16

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let outline = JSONOutline(sample)
        guard outline.has(".text=\"") else { return false }
        if outline.has(".label[][]=0") || outline.has(".labels[][]=0") { return true }
        if outline.has(".entities[].start_offset=0") || outline.has(".annotations[].start_offset=0") { return true }
        // Nothing labelled at the beginning: what there is must not be anything else.
        return outline.has(".label=[") && !outline.paths.contains { $0.hasPrefix(".label[]") }
            || outline.has(".entities=[") && outline.has(".relations=[")
                && !outline.paths.contains { $0.hasPrefix(".entities[]") }
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let records = try JSONLines.records(of: sample)
        // Text alone is that of any line of JSON.
        guard request.tags != .none else { return TextReading(self, .documents(records) { JSONRecordScanner() }) }
        let layout = SpanRecordScanner.Layout(spanKeys: Self.keys, unit: .utf16) {
            tree, scanner throws(RecordProblem) in
            scanner.labelling.losses.note(.noSpan, try tree.member("relations")?.elements?.count ?? 0)
            guard try tree.member(of: Self.keys) == nil else { return }
            scanner.labelling.isAbsent = true
            scanner.labelling.losses.note(.unannotated)
        }
        return TextReading(self, .documents(records) { SpanRecordScanner(layout, request) })
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? {
        var writer = self
        writer.unit = options.offsets ?? unit
        return writer
    }

    func append(_ record: AnnotatedText, to out: inout [UInt8]) {
        var json = JSONText()
        json.object { json in
            json.string("id", record.identifier)
            json.string("text", record.text)
            json.list("label") { json in
                for (entity, range) in zip(record.entities, record.entityRanges(in: unit)) {
                    json.list {
                        $0.word(nil, range.lowerBound)
                        $0.word(nil, range.upperBound)
                        $0.string(nil, entity.type)
                    }
                }
            }
        }
        out += json.bytes + [0x0A]
    }
}
