/// brat's standoff: `FILE.ann` has the annotations of `FILE.txt`, beside it. `T1<TAB>PER 0 4<TAB>Anna` is an entity, its offsets
/// count code points; `0 4;8 12` is one of several parts. Everything else (relations, events, attributes, notes) is no
/// entity.
///
/// - Note: https://brat.nlplab.org/standoff.html
package struct Brat: TextFormat {
    package let name = "brat"
    package let title = "brat standoff"
    package let endings = [".ann"]
    package let isWrittenAsFolder = true
    package let family = TextFamily.standoff

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let lines = sample.lines.filter { !$0.isBlank }
        return !lines.isEmpty && lines.contains { Self.isEntity($0) }
            && lines.allSatisfy { "TREAMN#*".utf8.contains($0[$0.startIndex]) && $0.contains(0x09) }
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        if let line = sample.lines.first(where: { !$0.isBlank }),
            !"TREAMN#*".utf8.contains(line[line.startIndex]) || !line.contains(0x09)
        {
            throw RecordProblem(what: "no annotations of brat, which are lines such as 'T1<TAB>PER 0 4<TAB>Anna'")
        }
        return TextReading(self, .documents(.files) { StandoffScanner(request) })
    }

    /// `T1<TAB>PER 0 4...`
    private static func isEntity(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].first == UInt8(ascii: "T"),
            fields[0].dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        let words = fields[1].split(separator: 0x20)
        return words.count >= 3 && words[1...].allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x3B } }
    }
}

/// Reads annotations, and the text in front of them.
private struct StandoffScanner: DocumentScanner {
    let identifier: [UInt8] = []
    private(set) var text: [UInt8] = []
    private(set) var labelling = Labelling()
    private let options: LabelOptions?

    init(_ request: ReadingRequest) { options = request.tags == .none ? nil : request.labels }

    mutating func scan(_ record: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        let (text, annotations) = StandoffReader.parts(of: record)
        self.text = Array(text)
        labelling = Labelling()
        guard let options else { return }
        var spans: [(span: RawSpan, text: ArraySlice<UInt8>?, line: Int)] = []
        for (number, line) in annotations.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard !line.isBlank else { continue }
            guard line.first == UInt8(ascii: "T") else {
                // Notes say something of annotations, not of the text.
                if line.first != UInt8(ascii: "#") { labelling.losses.note(.noSpan) }
                continue
            }
            if let span = try entity(Array(line), number) { spans.append((span.0, span.1, number)) }
        }
        let unit = options.offsets ?? .codePoints
        let offsets = TextOffsets(spans.flatMap { [$0.span.start, $0.span.end] }, unit: unit, in: self.text)
        for (span, given, line) in spans {
            do throws(RecordProblem) {
                let bytes = try span.bytes(offsets, unit)
                if let given, !given.elementsEqual(self.text[bytes].map { $0 == 0x0A ? 0x20 : $0 }) {
                    labelling.losses.note(.strangeText)
                    continue
                }
                labelling.spans.append(LabelledSpan(label: try span.name(options), bytes: bytes))
            } catch {
                throw RecordProblem(what: error.what, line: line)
            }
        }
    }

    /// nil for a discontinuous one, which is counted.
    private mutating func entity(_ line: [UInt8], _ number: Int) throws(RecordProblem) -> (RawSpan, ArraySlice<UInt8>?)?
    {
        let fields = line.split(separator: 0x09, maxSplits: 2, omittingEmptySubsequences: false)
        let words = fields.count > 1 ? fields[1].split(separator: 0x20, maxSplits: 1) : []
        let parts = words.count > 1 ? words[1].split(separator: UInt8(ascii: ";")) : []
        let places = parts.map { $0.split(separator: 0x20).map { Int(String(decoding: $0, as: UTF8.self)) } }
        guard !places.isEmpty, places.allSatisfy({ $0.count == 2 && $0[0] != nil && $0[1] != nil }),
            let start = places[0][0], let end = places[places.count - 1][1]
        else {
            throw RecordProblem(what: "no entity of brat; it must be 'T1<TAB>TYPE START END<TAB>TEXT'", line: number)
        }
        let span = RawSpan(start: start, end: end, label: .string(Array(words[0])))
        guard places.count > 1 else { return (span, fields.count > 2 ? fields[2] : nil) }
        // brat ends a part where a line ends: with nothing but white space between them, parts are one span.
        let unit = options?.offsets ?? .codePoints
        let offsets = TextOffsets(places.flatMap { $0.compactMap(\.self) }, unit: unit, in: text)
        for (part, next) in zip(places, places.dropFirst()) {
            guard let end = part[1].flatMap(offsets.byte), let start = next[0].flatMap(offsets.byte), end <= start,
                text[end..<start].allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) })
            else {
                labelling.losses.note(.discontinuous)
                return nil
            }
        }
        return (span, nil)
    }
}
