package import Corpora

/// CoNLL columns: a token a line, an empty line after each sentence. Written as `TOKEN<TAB>TAG`.
package struct CoNLLColumns: TextFormat {
    package let name = "conll"
    package let title = "CoNLL columns"
    package let endings = [".conll", ".bio", ".iob", ".iob2", ".tsv"]
    package let family = TextFamily.columns
    package let keepsDocuments = false

    /// Of the tags that are written.
    var scheme = TagScheme.iob2

    package init() {}

    /// Columns of tags, or numbered tokens, or words and something else separated by TAB with empty lines between.
    package func isCertain(_ sample: TextSample, _ request: ReadingRequest) -> Bool {
        let columns = ColumnSample(sample, comment: request.columns.comment)
        guard columns.columnCount > 1, columns.consistency >= 0.95 else { return false }
        let isTabbed = columns.tabCount == columns.lineCount
        if let tag = columns.tagColumns.last {
            let hasEntity = columns.share(tag, ColumnSample.isEntityTag) > 0
            if isTabbed || hasEntity && columns.rows.count > 1 || columns.rows.count >= 20 { return true }
        }
        guard columns.hasBlankLines, columns.rows.count > columns.sentenceStarts.count else { return false }
        if columns.isNumbered { return columns.columnCount > 2 || isTabbed }
        return isTabbed && columns.share(0) { $0.contains(0x20) } < 0.05
    }

    package func reading(of sample: TextSample, _ request: ReadingRequest) throws -> TextReading {
        let columns = ColumnSample(sample, comment: request.columns.comment)
        guard columns.consistency >= 0.5 else {
            throw RecordProblem(
                what:
                    "no CoNLL columns: of \(columns.lineCount) lines no more than \(columns.rows.count) have the same "
                    + "number of columns; \(Self.advice(request)), or which lines are none with --comment")
        }
        var layout = ColumnLayout()
        layout.comments = columns.comments
        if columns.columnCount > 0 { layout.columnCount = columns.columnCount }
        let isNumbered = columns.isNumbered
        let names = ColumnNames(sample, columns, request.columns)
        layout.head = names.head
        layout.token = try names.column(request.columns.token, "--token-column") ?? (isNumbered ? 1 : 0)
        layout.breaksAtNumbers = isNumbered && !columns.hasBlankLines
        layout.tokenPrefix = columns.prefix(ofColumn: min(layout.token, max(0, columns.columnCount - 1)))
        if columns.share(layout.token, { $0.contains(0x20) }) > 0.5 {
            throw RecordProblem(
                what: "no CoNLL columns: column \(layout.token + 1) has more than one word on most lines; "
                    + "\(Self.advice(request)), or where the tokens are with --token-column")
        }
        layout.tags = try Self.tags(columns, layout, request, names, isNumbered: isNumbered)
        return TextReading(self, .columns(layout), detail: Self.detail(columns, layout))
    }

    private static func advice(_ request: ReadingRequest) -> String {
        request.tags == .none ? "say what it is with --format" : "give a file of tokens and tags, TOKEN ... TAG"
    }

    /// Where the tags stand, and that they are tags.
    private static func tags(
        _ columns: ColumnSample, _ layout: ColumnLayout, _ request: ReadingRequest, _ names: ColumnNames,
        isNumbered: Bool
    ) throws -> [Int] {
        guard request.tags != .none else { return [] }
        var tags = request.tags == .gold ? [-1] : [-2, -1]
        let candidates = columns.tagColumns.filter { $0 != layout.token }
        if let tag = try names.column(request.columns.tag, "--tag-column") {
            tags[0] = tag
        } else if request.tags == .gold, isNumbered, candidates.count > 1 {
            throw RecordProblem(
                what: "columns \(numbers(candidates)) hold tags; say which is meant with --tag-column")
        }
        for tag in tags where columns.columnCount > tags.count {
            let column = tag < 0 ? columns.columnCount + tag : tag
            guard columns.share(column, ColumnSample.isTag) < 0.5 else { continue }
            throw RecordProblem(
                what:
                    "column \(column + 1) of \(columns.columnCount) holds no entity tags (O, B-TYPE, I-TYPE) on most lines"
                    + (candidates.isEmpty
                        ? "; give a file of tokens and tags"
                        : "; \(numbers(candidates)) does: name it with --tag-column"))
        }
        return tags
    }

    private static func numbers(_ columns: [Int]) -> String {
        columns.map { "\($0 + 1)" }.joined(separator: " and ")
    }

    private static func detail(_ columns: ColumnSample, _ layout: ColumnLayout) -> String {
        guard columns.columnCount > 0 else { return "none yet" }
        func place(_ tag: Int) -> String { "\((tag < 0 ? columns.columnCount + tag : tag) + 1)" }
        var parts = ["token \(layout.token + 1)"]
        switch layout.tags.count {
        case 0: parts.append("of \(columns.columnCount)")
        case 1: parts.append("tag \(place(layout.tags[0]))")
        default: parts += ["gold \(place(layout.tags[0]))", "predicted \(place(layout.tags[1]))"]
        }
        if !layout.tokenPrefix.isEmpty {
            parts.append("without the prefix '\(String(decoding: layout.tokenPrefix, as: UTF8.self))'")
        }
        switch layout.comments {
        case .none: break
        case .unlikeOthers: parts.append("without comments (# ...)")
        case .beginning(let text):
            parts.append("without lines that begin with '\(String(decoding: text, as: UTF8.self))'")
        }
        if layout.breaksAtNumbers { parts.append("a sentence begins where the numbers do") }
        if !columns.hasBlankLines && !layout.breaksAtNumbers && columns.rows.count > 200 {
            parts.append("no empty line ends a sentence in the first \(columns.rows.count) lines")
        }
        return parts.joined(separator: ", ").replacing(", of ", with: " of ")
    }
}

extension CoNLLColumns: BatchWriter {
    package func writer(_ options: WritingOptions) -> (any BatchWriter)? {
        var writer = self
        writer.scheme = options.scheme
        return writer
    }
    package var needsDocumentText: Bool { false }

    package func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8] {
        var out: [UInt8] = []
        // Most tokens have the shortest tag.
        out.reserveCapacity(batch.text.count + 4 * batch.tokenCount + batch.sentenceCount)
        batch.text.withUnsafeBufferPointer { text in
            for sentence in 0..<batch.sentenceCount {
                let tags = batch.tags(ofSentence: sentence, labels, scheme)
                for (number, token) in batch.tokens(ofSentence: sentence).enumerated() {
                    out.append(contentsOf: UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)]))
                    if let tags {
                        out.append(UInt8(ascii: "\t"))
                        out += tags[number].utf8
                    }
                    out.append(UInt8(ascii: "\n"))
                }
                out.append(UInt8(ascii: "\n"))
            }
        }
        return out
    }
}
