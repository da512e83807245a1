package import Corpora

/// CoNLL-U: ten columns ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC; here the entity is in MISC, `NER=B-PER`.
///
/// Read are FORM and that; ranges of multiword tokens (`1-2`) and empty nodes (`1.1`) are no tokens, `# ...` are
/// comments. Written are `# newdoc id`, `# sent_id`, `# text` (the tokens, a space where they do not touch) and ID, FORM
/// and MISC of every token, with `SpaceAfter=No` where the next one touches it.
///
/// - Note: https://universaldependencies.org/format.html
package struct CoNLLU: TextFormat {
    package let name = "conllu"
    package let title = "CoNLL-U"
    package let endings = [".conllu"]
    package let isTokenized = true
    private static let columnCount = 10
    private static let tagKey = Array("NER=".utf8)

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
        return request.columns == ColumnOptions() && !tokens.isEmpty
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
        layout.skippedNumbers = Array("-.".utf8)
        guard request.tags != .none else { return TextReading(self, .columns(layout), detail: "FORM") }
        let isLabelled = tokens.contains { columns in
            columns.last?.split(separator: UInt8(ascii: "|")).contains { $0.starts(with: Self.tagKey) } == true
        }
        guard request.tags == .gold, isLabelled || tokens.isEmpty else {
            throw RecordProblem(
                what: request.tags == .gold
                    ? "CoNLL-U without entities; they are read from MISC, the last column: NER=B-PER"
                    : "CoNLL-U has no column of predictions; give columns TOKEN ... GOLD PREDICTED")
        }
        layout.tags = [Self.columnCount - 1]
        layout.tagKey = Self.tagKey
        return TextReading(self, .columns(layout), detail: "FORM, NER in MISC")
    }
}

extension CoNLLU: BatchWriter {
    package var writer: (any BatchWriter)? { self }
    package var needsDocumentText: Bool { true }

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
            for token in range {
                out += "\(token - range.lowerBound + 1)\t".utf8
                out += batch.text[batch.textRange(ofToken: token)]
                let tag = batch.label(ofToken: token).map { "NER=\(labels[$0])" }
                let space = token + 1 < range.upperBound && batch.touchesNext(token) ? "SpaceAfter=No" : nil
                let misc = [tag, space].compactMap(\.self).joined(separator: "|")
                out += "\(String(repeating: "\t_", count: 7))\t\(misc.isEmpty ? "_" : misc)\n".utf8
            }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }
}

extension SentenceBatch {
    /// Whether nothing stands between a token and the next one, of the same sentence.
    fileprivate func touchesNext(_ token: Int) -> Bool {
        let count = textRange(ofToken: token).count
        if let documentText { return documentText.starts[token] + count == documentText.starts[token + 1] }
        return tokenOffsets[token] &+ UInt64(count) == tokenOffsets[token + 1]
    }
}
