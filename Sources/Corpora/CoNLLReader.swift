import Diagnostics
import Shards
import UnicodeText

/// Reads sentences in CoNLL columns: a token per line, an empty line after each sentence.
///
/// Columns are separated by TAB where a line has one, otherwise by spaces; the token is the first, the tags are the
/// last. All lines of a file have the same number of columns, otherwise the line is reported. `-DOCSTART-` lines end a
/// sentence and begin a document. A sentence of more than ``maximumSentenceTokenCount`` tokens is cut there, and
/// counted: without that a file without empty lines would have to fit into memory.
///
/// A file is one document unless it has such lines; a token's offset is the one of its first byte in the (decompressed)
/// file.
package struct CoNLLReader {
    /// Which of the last columns are tags.
    package struct TagColumns: Sendable {
        fileprivate var count: Int
        /// What a line must be, for messages.
        fileprivate var form: String
        /// What is wrong with a tag of the first of them; nil when it is good.
        fileprivate var problem: @Sendable (String) -> String?

        package static let ignored = TagColumns(count: 0, form: "TOKEN<TAB>...<TAB>TAG") { _ in nil }
        package static func gold(problem: @escaping @Sendable (String) -> String? = { _ in nil }) -> TagColumns {
            TagColumns(count: 1, form: "TOKEN<TAB>...<TAB>TAG", problem: problem)
        }
        package static let goldAndPredicted = TagColumns(count: 2, form: "TOKEN ... GOLD PREDICTED") { _ in nil }
    }

    /// `[tag columns]`: the tags of the batch read last, one for each token.
    package private(set) var tags: [[String]]
    private let lines: LineReader
    private let tagColumns: TagColumns
    private let isTolerant: Bool
    private var columnCount: Int?
    private var documentCount = 0
    private var isInsideDocument = false
    private var line: [UInt8] = []
    /// Bytes of a byte order mark before the line.
    private var markByteCount = 0
    /// The lines of the sentence so far, when bad ones are kept.
    private var sentenceBytes: [UInt8] = []
    /// Of the sentence that is being read, and is passed over.
    private var isBad = false
    /// Whether a line that is too long goes on.
    private var isInLongLine = false
    private var rejected: [RejectedRecord] = []
    private var rejectedByteCount = 0
    /// Whether a batch with tokens of the document was given out.
    private var documentHasBegun = false
    package private(set) var isAtEnd = false
    /// Far above any real sentence; CoNLL-2002 has tables of 1,238 tokens.
    package static let maximumSentenceTokenCount = 8192
    private static let maximumSentenceByteCount = 1 << 24
    /// Bytes of bad sentences that are kept until they are taken.
    private static let maximumRejectedByteCount = 1 << 20
    package private(set) var cutSentenceCount = 0

    /// - Parameter isTolerant: Whether bad sentences are left out and kept for ``takeRejected()``, instead of being
    ///   thrown.
    package init(_ lines: LineReader, tags: TagColumns = .ignored, isTolerant: Bool = false) {
        self.lines = lines
        tagColumns = tags
        self.isTolerant = isTolerant
        self.tags = Array(repeating: [], count: tags.count)
    }

    package var name: String { lines.name }

    /// The bad sentences since the last call.
    package mutating func takeRejected() -> [RejectedRecord] {
        defer { (rejected, rejectedByteCount) = ([], 0) }
        return rejected
    }

    private mutating func keep(_ record: RejectedRecord) {
        rejected.append(record)
        rejectedByteCount += record.bytes.count
    }

    /// Reads whole sentences until `textByteCount` bytes of text are there; nil at the end. Empty when there were only
    /// bad sentences.
    package mutating func nextBatch(textByteCount: Int) throws -> SentenceBatch? {
        guard !isAtEnd else { return nil }
        var batch = SentenceBatch()
        for column in tags.indices { tags[column].removeAll(keepingCapacity: true) }
        if isInsideDocument {
            batch.continuesDocument = documentHasBegun
            batch.appendDocument(identifier: identifier)
        }
        var mark = batch.mark
        var sentenceStart: Int { batch.sentenceEnds.last.map { Int(batch.textEnds[Int($0) - 1]) } ?? 0 }
        while true {
            // Before the next line is read, or it would be lost.
            if isBad && rejectedByteCount >= Self.maximumRejectedByteCount { break }
            let step = try readLine(&batch, since: mark)
            guard step != .end else {
                isAtEnd = true
                endSentence(&batch)
                break
            }
            if step == .passedOver { continue }
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            let isDocumentStart = line.starts(with: "-DOCSTART-".utf8)
            guard !isBlank, !isDocumentStart else {
                endSentence(&batch)
                if isDocumentStart { (isInsideDocument, documentHasBegun) = (false, false) }
                if batch.text.count >= textByteCount { break }
                mark = batch.mark
                continue
            }
            if isBad {
                keepLine()
                continue
            }
            if !isInsideDocument {
                isInsideDocument = true
                documentCount += 1
                batch.appendDocument(identifier: identifier)
                mark = batch.mark
            }
            do {
                try appendToken(to: &batch)
                if isTolerant { keepLine() }
            } catch let failure as Failure where isTolerant {
                reject(failure, &batch, since: mark)
                keepLine()
            }
            if batch.tokenCount - Int(batch.sentenceEnds.last ?? 0) == Self.maximumSentenceTokenCount
                || batch.text.count - sentenceStart >= Self.maximumSentenceByteCount
            {
                endSentence(&batch)
                cutSentenceCount += 1
                if batch.text.count >= textByteCount { break }
                mark = batch.mark
            }
        }
        if batch.tokenCount > 0 { documentHasBegun = isInsideDocument }
        return batch.tokenCount > 0 || !rejected.isEmpty ? batch : nil
    }

    private enum Step { case line, passedOver, end }

    /// Reads a line, or passes over one, or a piece of one, that is too long.
    private mutating func readLine(_ batch: inout SentenceBatch, since mark: SentenceBatch.Mark) throws -> Step {
        line.removeAll(keepingCapacity: true)
        if isInLongLine {
            isInLongLine = try !lines.appendRest(to: &line, maximum: Self.maximumRejectedByteCount)
            keep(RejectedRecord(failure: nil, bytes: line))
            return .passedOver
        }
        do {
            guard try lines.appendNext(to: &line) else { return .end }
        } catch let failure as Failure where isTolerant && lines.isTooLong {
            reject(failure, &batch, since: mark)
            keep(RejectedRecord(failure: nil, bytes: line))
            isInLongLine = true
            return .passedOver
        }
        markByteCount = lines.lineNumber == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        line.removeFirst(markByteCount)
        return .line
    }

    private mutating func endSentence(_ batch: inout SentenceBatch) {
        batch.endSentence(document: batch.documentCount - 1)
        if isBad { keep(RejectedRecord(failure: nil, bytes: [0x0A])) }
        isBad = false
        sentenceBytes.removeAll(keepingCapacity: true)
    }

    /// Leaves out the sentence that is being read.
    private mutating func reject(_ failure: Failure, _ batch: inout SentenceBatch, since mark: SentenceBatch.Mark) {
        batch.removeAll(since: mark)
        for column in tags.indices { tags[column].removeSubrange(batch.tokenCount...) }
        if !isBad { keep(RejectedRecord(failure: failure, bytes: sentenceBytes)) }
        isBad = true
    }

    private mutating func keepLine() {
        if isBad {
            keep(RejectedRecord(failure: nil, bytes: line + [0x0A]))
        } else {
            sentenceBytes += line
            sentenceBytes.append(0x0A)
        }
    }

    private var identifier: [UInt8] {
        Array((documentCount > 1 ? "\(lines.name)#\(documentCount)" : lines.name).utf8)
    }

    private func bad(_ what: String) -> Failure { .badLine(lines.name, lines.lineNumber, what) }

    private mutating func appendToken(to batch: inout SentenceBatch) throws {
        let separator: UInt8 = line.contains(0x09) ? 0x09 : 0x20
        let columns = line.split(separator: separator, omittingEmptySubsequences: separator == 0x20)
        let expected = columnCount ?? columns.count
        guard columns.count == expected else {
            throw bad(
                "\(columns.count) columns where the lines before have \(expected); "
                    + "every line must be \(tagColumns.form), and a token may not contain the separator")
        }
        guard columns.count > tagColumns.count else {
            throw bad(
                (tagColumns.count == 1 ? "no tag column" : "\(columns.count) columns")
                    + "; every line must be \(tagColumns.form)")
        }
        columnCount = expected
        guard let token = columns.first, !token.isEmpty else {
            throw bad("the token is empty; remove the line, or leave it quite empty to end the sentence")
        }
        // Columns cannot be repaired without changing the tokens.
        guard token.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw bad("the token is not UTF-8; convert the file (for instance with iconv)")
        }
        let names = columns.suffix(tagColumns.count).map { String(decoding: $0, as: UTF8.self) }
        guard !names.contains("") else { throw bad("no tag column; every line must be \(tagColumns.form)") }
        if let gold = names.first, let problem = tagColumns.problem(gold) { throw bad(problem) }
        for (column, name) in names.enumerated() { tags[column].append(name) }
        token.withUnsafeBufferPointer {
            batch.appendToken($0, offset: UInt64(lines.lineOffset + markByteCount + token.startIndex))
        }
    }
}
