/// A column as a user calls it: by its number, or by the name that a head line or CoNLL-U gives it.
package enum ColumnChoice: Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    case number(Int)
    case name(String)

    /// Parses a number from 1 to 1000, or a name.
    package init?(_ text: String) {
        if let number = Int(text) {
            guard (1...1000).contains(number) else { return nil }
            self = .number(number)
        } else {
            guard !text.isEmpty, !text.contains(where: \.isWhitespace) else { return nil }
            self = .name(text)
        }
    }

    package var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let name): name
        }
    }
}

/// What a user says about columns that cannot be found, or was found wrongly.
package struct ColumnOptions: Equatable, Sendable {
    package var token: ColumnChoice?
    package var tag: ColumnChoice?
    /// Beginning of lines that are no tokens.
    package var comment: String?

    package init(token: ColumnChoice? = nil, tag: ColumnChoice? = nil, comment: String? = nil) {
        (self.token, self.tag, self.comment) = (token, tag, comment)
    }

    /// What decides the tokens, for the identity of a run; empty when nothing was said.
    package var identity: String {
        [token.map { "token \($0)" }, tag.map { "tag \($0)" }, comment.map { "comment '\($0)'" }]
            .compactMap(\.self).joined(separator: ", ")
    }
}

/// Where a token and its tags stand in a line of columns; columns are counted from 0.
package struct ColumnLayout: Equatable, Sendable {
    package enum Comments: Equatable, Sendable {
        case none
        /// Lines that begin with `# ` before a sentence and have not as many columns as the others.
        case unlikeOthers
        /// Lines that begin with this.
        case beginning([UInt8])
    }

    /// As many as every line has; nil to take it from the first one.
    package var columnCount: Int?
    package var token = 0
    /// One for each that is read; negative ones are counted from the last column, which is -1. Empty: the last ones.
    package var tags: [Int] = []
    /// Of a tag column: keep of `A=x|NER=B-PER|...` what stands behind this; nothing there is `O`.
    package var tagKey: [UInt8]?
    package var comments = Comments.none
    /// What every token begins with, and is no part of it: `en:`.
    package var tokenPrefix: [UInt8] = []
    /// Lines whose first column has one of these bytes are no tokens, and what they are: the ranges and empty nodes of CoNLL-U.
    package var skippedNumbers: [UInt8: ReadingLosses.Kind] = [:]
    /// The comment that begins a document, and may give its name: `# newdoc id = X`.
    package var documentComment: [UInt8]?
    /// The line that names the columns, where it stands among the tokens.
    package var head: [UInt8]?
    /// Of which column `SpaceAfter=No` says that the next token touches this one; negative ones as in ``tags``.
    package var spacing: Int?
    /// Whether a sentence begins where the number in the first column does not rise.
    package var breaksAtNumbers = false

    package init() {}

    /// Columns are separated by TAB where a line has one, otherwise by spaces.
    package static func columns(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let separator: UInt8 = line.contains(0x09) ? 0x09 : 0x20
        return line.split(separator: separator, omittingEmptySubsequences: separator == 0x20)
    }

    package func isComment(_ line: ArraySlice<UInt8>, startsSentence: Bool) -> Bool {
        switch comments {
        case .none: false
        case .beginning(let bytes): line.starts(with: bytes)
        case .unlikeOthers:
            startsSentence && Self.mayBeComment(line) && Self.columns(of: line).count != columnCount
        }
    }

    static func mayBeComment(_ line: ArraySlice<UInt8>) -> Bool {
        line.first == UInt8(ascii: "#") && (line.count == 1 || [0x20, 0x09].contains(line[line.startIndex + 1]))
    }

    /// Whether a line that is not empty is a comment, or numbered as no token is.
    func isNoToken(_ line: ArraySlice<UInt8>, startsSentence: Bool) -> Bool {
        isComment(line, startsSentence: startsSentence) || head.map { line.elementsEqual($0) } == true
            || skipped(line) != nil
    }

    /// As what a line is passed over because of its number.
    func skipped(_ line: ArraySlice<UInt8>) -> ReadingLosses.Kind? {
        guard !skippedNumbers.isEmpty else { return nil }
        return line.prefix { $0 != 0x09 && $0 != 0x20 }.lazy.compactMap { skippedNumbers[$0] }.first
    }

    /// Where so many tags stand.
    func tagNumbers(_ count: Int) -> [Int] { tags.count == count ? tags : Array(-count..<0) }

    /// Whether the line begins a document.
    package static func isDocumentStart(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: "-DOCSTART-".utf8) }

    /// Whether a document begins with the line, in whichever way.
    func beginsDocument(_ line: ArraySlice<UInt8>) -> Bool {
        Self.isDocumentStart(line) || document(begunBy: line) != nil
    }

    /// The name, `id = X`, that a comment which begins a document gives it, empty when it gives none; nil for every other line.
    func document(begunBy line: ArraySlice<UInt8>) -> [UInt8]? {
        guard let documentComment, line.starts(with: documentComment) else { return nil }
        let words = line.dropFirst(documentComment.count)
        guard words.first == nil || words.first == 0x20 else { return nil }
        let name = words.drop { $0 == 0x20 }
        guard name.starts(with: "id = ".utf8) else { return [] }
        return Array(name.dropFirst("id = ".utf8.count))
    }

    /// The token in a column, without its prefix.
    func token(in column: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        column.count > tokenPrefix.count && column.starts(with: tokenPrefix)
            ? column.dropFirst(tokenPrefix.count) : column
    }

    /// Whether a line says that no space is behind its token.
    func touchesNext(_ columns: [ArraySlice<UInt8>]) -> Bool {
        guard let spacing, columns.indices.contains(spacing) else { return false }
        return columns[spacing].split(separator: UInt8(ascii: "|")).contains { $0.elementsEqual("SpaceAfter=No".utf8) }
    }

    /// The tag in a column.
    func tag(in column: ArraySlice<UInt8>) -> String {
        guard let tagKey else { return String(decoding: column, as: UTF8.self) }
        let value = column.split(separator: UInt8(ascii: "|")).first { $0.starts(with: tagKey) }
        return value.map { String(decoding: $0.dropFirst(tagKey.count), as: UTF8.self) } ?? "O"
    }
}
