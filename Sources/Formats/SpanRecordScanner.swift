/// Reads an object of JSON that has a text and the places of its entities, in the layouts in which programs write them:
///
///     "label": [[0, 4, "PER"]]
///     "entities": [{"start": 0, "end": 4, "label": "PER"}]
///     "entities": {"start": [0], "end": [4], "label": ["PER"]}
///
/// Ends are behind the last character.
struct SpanRecordScanner: DocumentScanner {
    /// What a form of such objects calls things, and counts.
    struct Layout: Sendable {
        /// The first of these keys that there is has the entities.
        var spanKeys: [String]
        var unit = OffsetUnit.codePoints
        /// Takes what the form has besides text and spans.
        var finish: @Sendable (JSONTree, inout SpanRecordScanner) throws(RecordProblem) -> Void = { _, _ in }
    }

    var identifier: [UInt8] = []
    var text: [UInt8] = []
    var tokens: [Range<Int>]?
    var labelling = Labelling()
    let layout: Layout
    /// nil when only text is read.
    let options: LabelOptions?

    init(_ layout: Layout, _ request: ReadingRequest) {
        self.layout = layout
        options = request.tags == .none ? nil : request.labels
    }

    mutating func scan(_ record: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        let tree = try JSONTree(record)
        guard case .object = tree else {
            throw RecordProblem(what: "a record must be a JSON object such as {\"text\": \"...\"}")
        }
        guard let text = try tree.member("text")?.string else {
            throw RecordProblem(what: "key \"text\" is missing, or is no string")
        }
        self.text = text
        identifier = try tree.member("id")?.identifier ?? []
        tokens = nil
        labelling = Labelling()
        if let options, let found = try tree.member(of: layout.spanKeys) {
            let spans = try RawSpan.spans(of: found.value, key: found.key)
            try append(spans, unit: options.offsets ?? layout.unit, options)
            let isAssumed = options.offsets == nil && layout.unit == .utf16
            if isAssumed, !spans.isEmpty, text.contains(where: { $0 >= 0xF0 }) { labelling.losses.note(.utf16) }
        }
        try layout.finish(tree, &self)
    }

    private mutating func append(_ spans: [RawSpan], unit: OffsetUnit, _ options: LabelOptions) throws(RecordProblem) {
        let offsets = TextOffsets(spans.flatMap { [$0.start, $0.end] }, unit: unit, in: text)
        for span in spans {
            if span.labelCount > 1 { labelling.losses.note(.severalLabels) }
            labelling.spans.append(
                LabelledSpan(label: try span.name(options), bytes: try span.bytes(offsets, unit)))
        }
    }
}

/// A span as it is written: offsets are still to be understood.
struct RawSpan {
    var start: Int
    var end: Int
    var label: JSONTree
    var labelCount = 1
    /// What stands there, when that is written as well.
    var text: [UInt8]?

    private static let startKeys = ["start", "start_offset", "begin"]
    private static let endKeys = ["end", "end_offset"]
    private static let labelKeys = ["label", "type", "labels", "entity_group", "entity_type", "entity"]

    static func spans(of tree: JSONTree, key: String) throws(RecordProblem) -> [RawSpan] {
        if let elements = tree.elements {
            var spans: [RawSpan] = []
            for (number, element) in elements.enumerated() {
                guard let span = try RawSpan(element) else {
                    throw RecordProblem(
                        what:
                            "item \(number + 1) of \"\(key)\" is no span; it must be [START, END, LABEL] or an object with "
                            + "start, end and label")
                }
                spans.append(span)
            }
            return spans
        }
        // A list of objects as `datasets` keeps it: an object of lists.
        let starts = try tree.member(of: startKeys)?.value.elements, ends = try tree.member(of: endKeys)?.value.elements
        let labels = try tree.member(of: labelKeys)?.value.elements
        guard let starts, let ends, let labels, starts.count == ends.count, ends.count == labels.count else {
            throw RecordProblem(
                what: "\"\(key)\" is neither a list of spans nor lists of start, end and label, equally long")
        }
        var spans: [RawSpan] = []
        for index in starts.indices {
            guard let start = starts[index].integer, let end = ends[index].integer else {
                throw RecordProblem(what: "item \(index + 1) of \"\(key)\" has no whole numbers as start and end")
            }
            spans.append(RawSpan(start: start, end: end, label: labels[index]))
        }
        return spans
    }

    init(start: Int, end: Int, label: JSONTree) { (self.start, self.end, self.label) = (start, end, label) }

    /// nil when it is none.
    init?(_ tree: JSONTree) throws(RecordProblem) {
        if let parts = tree.elements {
            guard parts.count >= 3, let start = parts[0].integer, let end = parts[1].integer else { return nil }
            self.init(start: start, end: end, label: parts[2])
            return
        }
        guard let start = try tree.member(of: Self.startKeys)?.value.integer,
            let end = try tree.member(of: Self.endKeys)?.value.integer,
            var label = try tree.member(of: Self.labelKeys)?.value
        else { return nil }
        var count = 1
        if let labels = label.elements {
            guard let first = labels.first else { return nil }
            (label, count) = (first, labels.count)
        }
        self.init(start: start, end: end, label: label)
        labelCount = count
        text = try tree.member("text")?.string
    }

    func name(_ options: LabelOptions) throws(RecordProblem) -> String { try label.labelName(options, "label") }

    func bytes(_ offsets: TextOffsets, _ unit: OffsetUnit) throws(RecordProblem) -> Range<Int> {
        guard start <= end else { throw RecordProblem(what: "a span ends at \(end), before its start at \(start)") }
        guard let first = offsets.byte(start), let last = offsets.byte(end) else {
            throw RecordProblem(
                what:
                    "the text has no span from \(start) to \(end), counted in \(unit.rawValue); say what offsets count "
                    + "with --offsets, or mend the record")
        }
        return first..<last
    }
}

extension JSONTree {
    /// The name of a label or tag, which may be given by its number.
    func labelName(_ options: LabelOptions, _ what: String) throws(RecordProblem) -> String {
        if let text {
            guard !text.isEmpty else { throw RecordProblem(what: "a \(what) is empty") }
            return text
        }
        guard let number = integer else { throw RecordProblem(what: "a \(what) is neither a name nor a number") }
        guard options.names.indices.contains(number) else {
            throw RecordProblem(
                what: "\(what) \(number) has no name; "
                    + (options.names.isEmpty
                        ? "say all of them" : "there are \(options.names.count), counted from 0; say all of them")
                    + " with --tag-names O,B-PER,... or --tag-names dataset_info.json")
        }
        return options.names[number]
    }
}
