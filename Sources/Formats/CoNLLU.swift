package import Corpora

/// CoNLL-U: ten columns ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC; here the entity is in MISC, `NER=B-PER`.
///
/// Read are FORM and that, under the key that `--tag-column` names where it is another; ranges of multiword tokens (`1-2`) and
/// empty nodes (`1.1`) are no tokens, and counted; `# newdoc` begins a document, other `# ...` are comments. `SpaceAfter=No` decides the text, where it is asked for; of a
/// multiword token it is that of its words. Written are `# newdoc id`, `# sent_id`, `# text` (the tokens, a space where they do not touch) and ID, FORM
/// and MISC of every token, with `SpaceAfter=No` where the next one touches it.
///
/// - Note: https://universaldependencies.org/format.html
package struct CoNLLU: TextFormat {
    package let name = "conllu"
    package let title = "CoNLL-U"
    package let endings = [".conllu"]
    package let family = TextFamily.columns
    private static let columnCount = 10
    private static let tagKey = Array("NER=".utf8)

    /// Of the tags that are written.
    var scheme = TagScheme.iob2

    package init() {}

    private static func tokens(_ sample: TextSample) -> [[ArraySlice<UInt8>]] {
        sample.lines.filter { !$0.isBlank && $0.first != UInt8(ascii: "#") }
            .map { $0.split(separator: 0x09, omittingEmptySubsequences: false) }
    }

    private static func isToken(_ columns: [ArraySlice<UInt8>]) -> Bool {
        columns.count == columnCount && columns[0].first.map { (0x30...0x39).contains($0) } == true
            && columns[0].allSatisfy { (0x2D...0x39).contains($0) && $0 != UInt8(ascii: "/") }
    }

    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let tokens = Self.tokens(sample)
        // A number speaks of columns, a name may be a key of MISC.
        if case .number? = request.columns.tag { return false }
        return request.columns.token == nil && request.columns.comment == nil && !tokens.isEmpty
            && !sample.lines.contains { $0.starts(with: "# global.columns".utf8) }
            && Double(tokens.count(where: Self.isToken)) >= 0.95 * Double(tokens.count)
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let tokens = Self.tokens(sample)
        guard 2 * tokens.count(where: Self.isToken) >= tokens.count else {
            throw RecordProblem(
                what: "no CoNLL-U: most lines have not ten columns with a number first; say what it is with --format")
        }
        var layout = ColumnLayout()
        layout.columnCount = Self.columnCount
        layout.token = 1
        layout.comments = .beginning([UInt8(ascii: "#")])
        layout.skippedNumbers = [UInt8(ascii: "-"): .multiwordTokens, UInt8(ascii: "."): .emptyNodes]
        layout.documentComment = Array("# newdoc".utf8)
        layout.spacing = Self.columnCount - 1
        guard request.tags != .none else { return TextReading(self, .columns(layout), detail: "FORM") }
        var key = Self.tagKey
        if case .name(let name)? = request.columns.tag { key = Array("\(name)=".utf8) }
        let keyName = String(decoding: key.dropLast(), as: UTF8.self)
        let isLabelled = tokens.contains { columns in
            columns.last?.split(separator: UInt8(ascii: "|")).contains { $0.starts(with: key) } == true
        }
        guard request.tags == .gold, isLabelled || tokens.isEmpty else {
            throw RecordProblem(
                what: request.tags == .gold
                    ? "CoNLL-U without entities; they are read from MISC, the last column: \(keyName)=B-PER (--tag-column names "
                        + "another key)"
                    : "CoNLL-U has no column of predictions; give columns TOKEN ... GOLD PREDICTED")
        }
        layout.tags = [Self.columnCount - 1]
        layout.tagKey = key
        return TextReading(self, .columns(layout), detail: "FORM, \(keyName) in MISC")
    }
}

extension CoNLLU: BatchWriter {
    package func writer(_ options: WritingOptions) -> (any BatchWriter)? {
        var writer = self
        writer.scheme = options.scheme
        return writer
    }
    package var needsDocumentText: Bool { true }
    package var dependsOnEarlierBlocks: Bool { true }

    package func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        for sentence in 0..<batch.sentenceCount {
            let document = batch.sentenceDocuments[sentence]
            let begins = sentence == 0 ? !batch.continuesDocument : document != batch.sentenceDocuments[sentence - 1]
            if begins {
                // An identifier may hold anything, a comment one line.
                let identifier = batch.documentIdentifier(Int(document)).split(whereSeparator: \.isNewline)
                out += "# newdoc id = \(identifier.joined(separator: " "))\n".utf8
            }
            out += "# sent_id = \(batch.index).\(sentence + 1)\n# text = ".utf8
            let range = batch.tokens(ofSentence: sentence)
            for token in range {
                out += batch.text[batch.textRange(ofToken: token)]
                if token + 1 < range.upperBound && !batch.touchesNext(token) { out.append(UInt8(ascii: " ")) }
            }
            out.append(UInt8(ascii: "\n"))
            let tags = batch.tags(ofSentence: sentence, labels, scheme)
            for token in range {
                out += "\(token - range.lowerBound + 1)\t".utf8
                out += batch.text[batch.textRange(ofToken: token)]
                let tag = tags.map { "NER=\($0[token - range.lowerBound])" }
                let space = token + 1 < range.upperBound && batch.touchesNext(token) ? "SpaceAfter=No" : nil
                let misc = [tag, space].compactMap(\.self).joined(separator: "|")
                out += "\(String(repeating: "\t_", count: 7))\t\(misc.isEmpty ? "_" : misc)\n".utf8
            }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }
}
