/// What Label Studio exports of texts, as JSON (a list of tasks with `data` and `annotations`) and as JSON-MIN (the fields of
/// `data` beside a list of regions), and imports.
///
/// Offsets count code points in versions of our time and UTF-16 code units in old ones; which it is, the `text` of each
/// region says. Of a task that was annotated more than once the last annotation is taken, cancelled ones are none.
///
/// - Note: https://labelstud.io/guide/export, `fixCodePointsInRange` of its editor, issue 1347.
package struct LabelStudio: TextFormat, RecordWriter {
    package let name = "label-studio"
    package let title = "JSON of Label Studio"
    package let endings = [String]()
    package let family = TextFamily.json

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let outline = JSONOutline(sample)
        let isTask =
            outline.has(".data={")
            && ["annotations", "completions", "predictions"].contains { outline.has(".\($0)=[") }
        let isMinimal =
            outline.has(".annotation_id=0") || outline.has(".annotator=0") && outline.has(".lead_time=0")
            || outline.paths.contains { $0.hasSuffix("[].labels[]=\"") && $0.split(separator: ".").count == 2 }
        return isTask || isMinimal && outline.paths.contains { $0.hasSuffix("=\"") }
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        TextReading(self, .documents(try JSONLines.records(of: sample)) { TaskScanner(request) })
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? { self }
    package var frame: TextFrame {
        var frame = TextFrame()
        frame.opening = Array("[\n".utf8)
        frame.separator = Array(",\n".utf8)
        frame.closing = Array("\n]\n".utf8)
        return frame
    }

    package var needsConfidence: Bool { true }

    func append(_ record: AnnotatedText, to out: inout [UInt8]) {
        var json = JSONText()
        json.object { json in
            json.object("data") { json in
                json.string("id", record.identifier)
                json.string("text", record.text)
            }
            // What a tagger found is to be looked at; what a person did is done.
            json.list(record.isPredicted ? "predictions" : "annotations") { json in
                json.object { json in json.list("result") { Self.append(record, to: &$0) } }
            }
        }
        out += json.bytes
    }

    private static func append(_ record: AnnotatedText, to json: inout JSONText) {
        for (number, (entity, range)) in zip(record.entities, record.entityRanges(in: .codePoints)).enumerated() {
            json.object { json in
                json.string("id", "e\(number + 1)")
                json.string("from_name", "label")
                json.string("to_name", "text")
                json.string("type", "labels")
                json.object("value") { json in
                    json.word("start", range.lowerBound)
                    json.word("end", range.upperBound)
                    json.string("text", record.bytes(entity.bytes))
                    json.list("labels") { $0.string(nil, entity.type) }
                }
                if let score = entity.score { json.word("score", JSONText.rounded(score)) }
            }
        }
    }
}

/// Reads a task, or a record of JSON-MIN.
private struct TaskScanner: DocumentScanner {
    private(set) var identifier: [UInt8] = []
    private(set) var text: [UInt8] = []
    private(set) var labelling = Labelling()
    /// nil when only text is read.
    private let options: LabelOptions?

    init(_ request: ReadingRequest) { options = request.tags == .none ? nil : request.labels }

    mutating func scan(_ record: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        let task = try JSONTree(record)
        guard case .object(let members) = task else { throw RecordProblem(what: "a task must be a JSON object") }
        let data = try task.member("data")
        text = try Self.text(data ?? task, isTask: data != nil)
        let own = try data?.member("id"), given = try task.member("id")
        identifier = own?.identifier ?? given?.identifier ?? []
        labelling = Labelling()
        guard let options else { return }
        if data != nil {
            try readAnnotations(of: task, options)
        } else {
            // The key is what the labelling interface calls the control.
            let regions = members.first { member in
                member.value.elements?.contains { !$0.members.isEmpty && $0.members.contains { $0.key == "labels" } }
                    == true
            }
            for region in regions?.value.elements ?? [] { try read(region, options) }
        }
    }

    /// What is annotated: `text`, or the only string.
    private static func text(_ data: JSONTree, isTask: Bool) throws(RecordProblem) -> [UInt8] {
        if let text = try data.member("text")?.string { return text }
        let names = ["created_at", "updated_at", "annotator", "id"]
        let strings = data.members.filter { $0.value.string != nil && (isTask || !names.contains($0.key)) }
        guard strings.count == 1, let text = strings[0].value.string else {
            throw RecordProblem(
                what: strings.isEmpty
                    ? "the task has no text"
                    : "the task has several texts: \(strings.map(\.key).joined(separator: ", ")); call the "
                        + "one that is meant 'text'")
        }
        return text
    }

    private mutating func readAnnotations(of task: JSONTree, _ options: LabelOptions) throws(RecordProblem) {
        var results: [[JSONTree]] = []
        for annotation in try task.member(of: ["annotations", "completions"])?.value.elements ?? [] {
            if case .word("true")? = try annotation.member("was_cancelled") { continue }
            results.append(try annotation.member("result")?.elements ?? [])
        }
        guard let result = results.last else {
            labelling.isAbsent = true
            return labelling.losses.note(.unannotated)
        }
        if results.count > 1 { labelling.losses.note(.severalAnnotations) }
        for region in result {
            guard let value = try region.member("value"), try value.member("labels") != nil else {
                labelling.losses.note(.noSpan)
                continue
            }
            try read(value, options)
        }
    }

    private mutating func read(_ region: JSONTree, _ options: LabelOptions) throws(RecordProblem) {
        // A region without a label, and one of HTML, is nothing for a tagger.
        guard let span = try RawSpan(region) else { return labelling.losses.note(.noSpan) }
        if span.labelCount > 1 { labelling.losses.note(.severalLabels) }
        let name = try span.name(options)
        let units = options.offsets.map { [$0] } ?? [.codePoints, .utf16]
        guard let given = span.text else {
            let offsets = TextOffsets([span.start, span.end], unit: units[0], in: text)
            return labelling.spans.append(LabelledSpan(label: name, bytes: try span.bytes(offsets, units[0])))
        }
        for unit in units {
            let offsets = TextOffsets([span.start, span.end], unit: unit, in: text)
            guard let start = offsets.byte(span.start), let end = offsets.byte(span.end), start <= end,
                Self.isSame(text[start..<end], given)
            else { continue }
            return labelling.spans.append(LabelledSpan(label: name, bytes: start..<end))
        }
        labelling.losses.note(.strangeText)
    }

    /// Whether a region's text is the one of the task; white space is written in several ways.
    private static func isSame(_ bytes: ArraySlice<UInt8>, _ text: [UInt8]) -> Bool {
        if bytes.elementsEqual(text) { return true }
        func visible(_ bytes: some Sequence<UInt8>) -> String {
            String(decoding: Array(bytes), as: UTF8.self).replacing("\\n", with: "\n").filter { !$0.isWhitespace }
        }
        return visible(bytes) == visible(text)
    }
}
