/// What Prodigy's `db-out` writes of `ner` recipes, and reads: a line `{"text", "tokens": [{"text", "start", "end", "id",
/// "ws"}], "spans": [{"start", "end", "token_start", "token_end", "label"}], "answer"}`. Offsets count code points, `token_end`
/// is the last token of the span. Its tokens are taken; those of white space alone are none.
///
/// - Note: https://prodi.gy/docs/api-interfaces#ner_manual
package struct Prodigy: TextFormat, RecordWriter {
    package let name = "prodigy"
    package let title = "JSON of Prodigy"
    package let endings = [String]()
    package let family = TextFamily.json

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let outline = JSONOutline(sample)
        return outline.has(".text=\"")
            && (outline.has(".tokens[].start=0") || outline.has("._input_hash=0")
                || outline.has(".spans=[") && outline.has(".answer=\""))
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let layout = SpanRecordScanner.Layout(spanKeys: ["spans"]) { tree, scanner throws(RecordProblem) in
            scanner.tokens = try Self.tokens(tree, scanner.text)
            guard scanner.options != nil else { return }
            let answer = try tree.member("answer")?.text, spans = try tree.member("spans")?.elements
            if let answer, answer != "accept" {
                scanner.labelling.losses.note(.rejected)
                scanner.labelling.isAbsent = true
            } else if answer == nil, spans == nil {
                scanner.labelling.losses.note(.unannotated)
                scanner.labelling.isAbsent = true
            }
            scanner.labelling.losses.note(.noSpan, try tree.member("relations")?.elements?.count ?? 0)
        }
        return TextReading(
            self, .documents(try JSONLines.records(of: sample)) { SpanRecordScanner(layout, request) },
            isTokenized: JSONOutline(sample).has(".tokens[].start=0"))
    }

    private static func tokens(_ tree: JSONTree, _ text: [UInt8]) throws(RecordProblem) -> [Range<Int>]? {
        guard let given = try tree.member("tokens")?.elements else { return nil }
        var places: [(start: Int, end: Int)] = []
        for token in given {
            guard let start = try token.member("start")?.integer, let end = try token.member("end")?.integer else {
                throw RecordProblem(what: "token \(places.count + 1) has no start and end")
            }
            places.append((start, end))
        }
        let offsets = TextOffsets(places.flatMap { [$0.start, $0.end] }, unit: .codePoints, in: text)
        var tokens: [Range<Int>] = []
        for (number, place) in places.enumerated() {
            guard let start = offsets.byte(place.start), let end = offsets.byte(place.end), start <= end,
                start >= tokens.last?.upperBound ?? 0
            else {
                throw RecordProblem(
                    what:
                        "token \(number + 1) stands at \(place.start) to \(place.end), which is not behind the one before "
                        + "it, or not in the text")
            }
            if !text[start..<end].allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) { tokens.append(start..<end) }
        }
        return tokens
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? { self }

    func append(_ record: AnnotatedText, to out: inout [UInt8]) {
        let places = record.ranges(record.tokens, in: .codePoints)
        var json = JSONText()
        json.object { json in
            json.string("text", record.text)
            json.object("meta") { $0.string("id", record.identifier) }
            json.list("tokens") { json in
                for (number, token) in record.tokens.enumerated() {
                    json.object {
                        $0.string("text", record.bytes(token))
                        $0.word("start", places[number].lowerBound)
                        $0.word("end", places[number].upperBound)
                        $0.word("id", number)
                        $0.word("ws", record.text.dropFirst(token.upperBound).first == 0x20)
                    }
                }
            }
            json.list("spans") { json in
                for entity in record.entities {
                    json.object {
                        $0.word("start", places[entity.tokens.lowerBound].lowerBound)
                        $0.word("end", places[entity.tokens.upperBound - 1].upperBound)
                        $0.word("token_start", entity.tokens.lowerBound)
                        $0.word("token_end", entity.tokens.upperBound - 1)
                        $0.string("label", entity.type)
                    }
                }
            }
        }
        out += json.bytes + [0x0A]
    }
}
