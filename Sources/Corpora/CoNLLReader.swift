import Diagnostics
import Shards
import UnicodeText

/// Reads sentences in CoNLL columns: a token per line, an empty line after each sentence.
///
/// Columns are separated by TAB where a line has one, otherwise by spaces; the token is the first, the tag the last.
/// All lines of a file have the same number of columns, otherwise the line is reported. `-DOCSTART-` lines end a
/// sentence and begin a document. A sentence of more than ``maximumSentenceTokenCount`` tokens is cut there, and
/// counted: without that a file without empty lines would have to fit into memory.
///
/// A file is one document unless it has such lines; a token's offset is the one of its first byte in the (decompressed)
/// file.
package struct CoNLLReader {
    /// The tag column of a sentence batch, as names; empty when the file has a single column.
    package private(set) var tags: [String] = []
    private let lines: LineReader
    private let needsTags: Bool
    private var columnCount: Int?
    private var documentCount = 0
    private var isInsideDocument = false
    private var line: [UInt8] = []
    /// Bytes of a byte order mark before the line.
    private var markByteCount = 0
    package private(set) var isAtEnd = false
    /// Far above any real sentence; CoNLL-2002 has tables of 1,238 tokens.
    package static let maximumSentenceTokenCount = 8192
    package private(set) var cutSentenceCount = 0

    /// - Parameter needsTags: Whether a file of one column is refused.
    package init(_ lines: LineReader, needsTags: Bool) {
        self.lines = lines
        self.needsTags = needsTags
    }

    package var name: String { lines.name }

    /// Reads whole sentences until `textByteCount` bytes of text are there; nil at the end.
    package mutating func nextBatch(textByteCount: Int) throws -> SentenceBatch? {
        guard !isAtEnd else { return nil }
        var batch = SentenceBatch()
        tags.removeAll(keepingCapacity: true)
        if isInsideDocument {
            batch.continuesDocument = true
            batch.appendDocument(identifier: identifier)
        }
        while true {
            line.removeAll(keepingCapacity: true)
            guard try lines.appendNext(to: &line) else {
                isAtEnd = true
                batch.endSentence(document: batch.documentCount - 1)
                break
            }
            markByteCount = lines.lineNumber == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            line.removeFirst(markByteCount)
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            let isDocumentStart = line.starts(with: "-DOCSTART-".utf8)
            guard !isBlank, !isDocumentStart else {
                batch.endSentence(document: batch.documentCount - 1)
                if isDocumentStart { isInsideDocument = false }
                if batch.text.count >= textByteCount { break }
                continue
            }
            if !isInsideDocument {
                isInsideDocument = true
                documentCount += 1
                batch.appendDocument(identifier: identifier)
            }
            try appendToken(to: &batch)
            if batch.tokenCount - Int(batch.sentenceEnds.last ?? 0) == Self.maximumSentenceTokenCount {
                batch.endSentence(document: batch.documentCount - 1)
                cutSentenceCount += 1
                if batch.text.count >= textByteCount { break }
            }
        }
        return batch.tokenCount > 0 ? batch : nil
    }

    private var identifier: [UInt8] {
        Array((documentCount > 1 ? "\(lines.name)#\(documentCount)" : lines.name).utf8)
    }

    private mutating func appendToken(to batch: inout SentenceBatch) throws {
        let separator: UInt8 = line.contains(0x09) ? 0x09 : 0x20
        let columns = line.split(separator: separator, omittingEmptySubsequences: separator == 0x20)
        let expected = columnCount ?? columns.count
        columnCount = expected
        guard columns.count == expected else {
            throw Failure.badLine(
                lines.name, lines.lineNumber,
                "\(columns.count) columns where the lines before have \(expected); "
                    + "every line must be TOKEN<TAB>...<TAB>TAG, and a token may not contain the separator")
        }
        guard let token = columns.first, !token.isEmpty else {
            throw Failure.badLine(
                lines.name, lines.lineNumber,
                "the token is empty; remove the line, or leave it quite empty to end the sentence")
        }
        // Columns cannot be repaired without changing the tokens.
        guard token.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw Failure.badLine(
                lines.name, lines.lineNumber, "the token is not UTF-8; convert the file (for instance with iconv)")
        }
        if needsTags {
            guard columns.count > 1, let tag = columns.last, !tag.isEmpty else {
                throw Failure.badLine(lines.name, lines.lineNumber, "no tag column; every line must be TOKEN<TAB>TAG")
            }
            tags.append(String(decoding: tag, as: UTF8.self))
        }
        token.withUnsafeBufferPointer {
            batch.appendToken($0, offset: UInt64(lines.lineOffset + markByteCount + token.startIndex))
        }
    }
}
