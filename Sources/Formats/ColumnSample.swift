/// The beginning of a text seen as columns: how many most lines have, and what stands in them.
struct ColumnSample {
    /// `[lines with the usual number of columns][column]`.
    private(set) var rows: [[ArraySlice<UInt8>]] = []
    /// Numbers of the rows that begin a sentence.
    private(set) var sentenceStarts: [Int] = []
    /// Columns of most lines; of equal numbers the one that comes first. 0 when there is no line.
    private(set) var columnCount = 0
    /// Lines that should be tokens.
    private(set) var lineCount = 0
    /// Lines with a TAB among them.
    private(set) var tabCount = 0
    private(set) var comments = ColumnLayout.Comments.none
    private(set) var hasBlankLines = false

    init(_ sample: TextSample, comment: String?) {
        if let comment { comments = .beginning(Array(comment.utf8)) }
        var layout = ColumnLayout()
        layout.comments = comments
        let lines = sample.lines.filter { !layout.isComment($0, startsSentence: false) }
        columnCount = Self.usualCount(lines)
        layout.columnCount = columnCount
        if comment == nil { layout.comments = .unlikeOthers }
        var startsSentence = true
        for line in lines {
            if line.isBlank || ColumnLayout.isDocumentStart(line) {
                hasBlankLines = hasBlankLines || !rows.isEmpty
                startsSentence = true
                continue
            }
            if layout.isComment(line, startsSentence: startsSentence) {
                comments = layout.comments
                continue
            }
            lineCount += 1
            if line.contains(0x09) { tabCount += 1 }
            let columns = ColumnLayout.columns(of: line)
            guard columns.count == columnCount else { continue }
            if startsSentence { sentenceStarts.append(rows.count) }
            startsSentence = false
            rows.append(columns)
        }
    }

    private static func usualCount(_ lines: [ArraySlice<UInt8>]) -> Int {
        let tokens = lines.filter { !$0.isBlank && !ColumnLayout.isDocumentStart($0) }
        // What may be a comment has no say where there is anything else.
        let certain = tokens.filter { !ColumnLayout.mayBeComment($0) }
        var counts: [Int: (lines: Int, order: Int)] = [:]
        for line in certain.isEmpty ? tokens : certain {
            let order = counts.count
            counts[ColumnLayout.columns(of: line).count, default: (0, order)].lines += 1
        }
        return counts.max { ($0.value.lines, $1.value.order) < ($1.value.lines, $0.value.order) }?.key ?? 0
    }

    /// Share of the lines that have the usual number of columns.
    var consistency: Double { lineCount == 0 ? 1 : Double(rows.count) / Double(lineCount) }

    /// Share of rows of which a column is so.
    func share(_ column: Int, _ isSo: (ArraySlice<UInt8>) -> Bool) -> Double {
        guard !rows.isEmpty, (0..<columnCount).contains(column) else { return 0 }
        return Double(rows.count { isSo($0[column]) }) / Double(rows.count)
    }

    /// Columns in which nearly all are `O` or `B-X`.
    var tagColumns: [Int] {
        (0..<columnCount).filter { column in
            share(column, Self.isTag) >= 0.95 && (column > 0 || columnCount == 1)
        }
    }

    /// `O`, or a letter, a hyphen and a type: IOB, BIOES, BILOU.
    static func isTag(_ field: ArraySlice<UInt8>) -> Bool {
        field.elementsEqual("O".utf8) || isEntityTag(field)
    }

    static func isEntityTag(_ field: ArraySlice<UInt8>) -> Bool {
        field.count > 2 && "BIESLUM".utf8.contains(field[field.startIndex]) && field[field.startIndex + 1] == 0x2D
    }

    /// Whether the first column counts the tokens of each sentence, or all of them.
    var isNumbered: Bool {
        guard columnCount >= 3 || columnCount == 2 && share(1, Self.isTag) < 0.5 else { return false }
        var previous: Int?
        var good = 0, rises = 0
        for row in rows {
            let number = Int(String(decoding: row[0], as: UTF8.self))
            if let number, number <= 1 || previous.map({ number == $0 + 1 }) ?? true {
                good += 1
                if let previous, number == previous + 1 { rises += 1 }
            }
            previous = number
        }
        return rises > 0 && Double(good) >= 0.95 * Double(rows.count)
    }

    /// `en:` where nearly all tokens begin with it.
    func prefix(ofColumn column: Int) -> [UInt8] {
        guard rows.count >= 3, let first = rows.first?[column], let colon = first.firstIndex(of: 0x3A) else {
            return []
        }
        let prefix = first[...colon]
        guard (3...9).contains(prefix.count),
            prefix.dropLast().allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x2D }),
            share(column, { $0.count > prefix.count && $0.starts(with: prefix) }) >= 0.95
        else { return [] }
        return Array(prefix)
    }
}
