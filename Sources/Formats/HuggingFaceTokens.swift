package import Corpora

/// Token classification as Hugging Face's `datasets` writes it in lines or a list of JSON: `{"id", "tokens": [...],
/// "ner_tags": [...]}`, the tags as names, or as numbers whose names its features have. An object is a sentence.
///
/// Written with names.
package struct HuggingFaceTokens: TextFormat, BatchWriter {
    package let name = "hf-tokens"
    package let title = "JSON of tokens and tags"
    package let endings = [String]()
    package let family = TextFamily.json
    fileprivate static let tokenKeys = ["tokens", "words"]
    fileprivate static let tagKeys = ["ner_tags", "tags", "ner", "labels", "ner_labels"]

    /// Of the tags that are written.
    var scheme = TagScheme.iob2

    package init() {}

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let outline = JSONOutline(sample)
        return Self.tokenKeys.contains { outline.has(".\($0)[]=\"") }
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let outline = JSONOutline(sample)
        func key(_ keys: [String]) -> String? { keys.first { outline.has(".\($0)=[") } }
        let tokens = key(Self.tokenKeys) ?? Self.tokenKeys[0]
        var detail = tokens
        if request.tags != .none {
            guard let tags = key(Self.tagKeys) else {
                throw RecordProblem(
                    what: "JSON of tokens without tags; they must be in \(Self.tagKeys.joined(separator: ", "))")
            }
            detail += ", \(tags)"
        }
        return TextReading(
            self, .documents(try JSONLines.records(of: sample)) { TokenRecordScanner(request) }, detail: detail,
            isTokenized: true)
    }

    package func writer(_ options: WritingOptions) -> (any BatchWriter)? {
        var writer = self
        writer.scheme = options.scheme
        return writer
    }
    package var needsDocumentText: Bool { false }

    package func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for sentence in 0..<batch.sentenceCount {
            let range = batch.tokens(ofSentence: sentence)
            var json = JSONText()
            json.object { json in
                json.string("id", batch.documentIdentifier(Int(batch.sentenceDocuments[sentence])))
                json.list("tokens") {
                    for token in range { $0.string(nil, batch.text[batch.textRange(ofToken: token)]) }
                }
                json.list("ner_tags") { json in
                    for tag in batch.tags(ofSentence: sentence, labels, scheme) ?? [] { json.string(nil, tag) }
                }
            }
            out += json.bytes + [0x0A]
        }
        return out
    }
}

/// Reads an object of tokens; its text is the tokens with a space between them.
private struct TokenRecordScanner: DocumentScanner {
    private(set) var identifier: [UInt8] = []
    private(set) var text: [UInt8] = []
    private(set) var tokens: [Range<Int>]?
    private(set) var labelling = Labelling()
    /// nil when only tokens are read.
    private let options: LabelOptions?

    init(_ request: ReadingRequest) { options = request.tags == .none ? nil : request.labels }

    mutating func scan(_ record: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        let tree = try JSONTree(record)
        guard let words = try tree.member(of: HuggingFaceTokens.tokenKeys)?.value.elements else {
            throw RecordProblem(what: "key \"tokens\" is missing, or is no list")
        }
        identifier = try tree.member("id")?.identifier ?? []
        (text, labelling) = ([], Labelling())
        let tags = options == nil ? nil : try tree.member(of: HuggingFaceTokens.tagKeys)
        if options != nil, tags == nil {
            throw RecordProblem(what: "no tags; they must be in \(HuggingFaceTokens.tagKeys.joined(separator: ", "))")
        }
        let given = try tags.map { (found) throws(RecordProblem) in
            guard let tags = found.value.elements, tags.count == words.count else {
                throw RecordProblem(
                    what: "\(words.count) tokens and \(found.value.elements?.count ?? 0) tags in \"\(found.key)\"")
            }
            return tags
        }
        var tokens: [Range<Int>] = [], names: [String] = []
        for (number, word) in words.enumerated() {
            guard let bytes = word.string else { throw RecordProblem(what: "token \(number + 1) is no string") }
            guard !bytes.contains(where: { [0x09, 0x0A, 0x0D].contains($0) }) else {
                throw RecordProblem(what: "token \(number + 1) has a tab or a line end in it, and a token may not")
            }
            guard !bytes.isBlank else {
                labelling.losses.note(.emptyTokens)
                continue
            }
            if !text.isEmpty { text.append(0x20) }
            tokens.append(text.count..<text.count + bytes.count)
            text += bytes
            if let given, let options { names.append(try given[number].labelName(options, "tag")) }
        }
        self.tokens = tokens
        if given != nil { labelling.tags = names }
    }
}
