package import Corpora
import Diagnostics
import Shards
import UnicodeText

/// Reads sentences in columns of a ``ColumnLayout``: a token per line, an empty line after each sentence.
///
/// Columns are separated by TAB where a line has one, otherwise by spaces. All lines of a file have the same number of
/// columns, otherwise the line is reported. `-DOCSTART-` lines end a sentence and begin a document. A sentence that does
/// not end is cut, and counted, or refused (``LongSentences``): without that a file without empty lines would have to fit
/// into memory.
///
/// A file is one document unless it has such lines; a token's offset is the one of its first byte in the (decompressed)
/// file.
package struct CoNLLReader {
    /// `[tag columns]`: the tags of the batch read last, one for each token.
    package private(set) var tags: [[String]]
    private let lines: LineReader
    private let layout: ColumnLayout
    private let tagColumns: TagColumns
    private let isTolerant: Bool
    private let longSentences: LongSentences
    private var columnCount: Int?
    private var documentCount = 0
    private var isInsideDocument = false
    private var line: [UInt8] = []
    /// What ``line``, which was read, is, when it is the first of the next batch.
    private var held: Step?
    /// Where batches end although they could hold more; nil: nowhere.
    private var grid: BlockGrid?
    private let bordersAreDocuments: Bool
    /// Where the document begins, in bytes of the file.
    private var documentOffset = 0
    /// The number in the first column of the line before, where sentences begin with the numbers.
    private var previousNumber: Int?
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
    /// Where tokens stand in the document's text; nil when nobody asks.
    private var text: ColumnText?
    package private(set) var isAtEnd = false
    /// Far above any real sentence; CoNLL-2002 has tables of 1,238 tokens.
    package static let maximumSentenceTokenCount = 8192
    private static let maximumSentenceByteCount = 1 << 24
    /// Bytes of bad sentences that are kept until they are taken.
    private static let maximumRejectedByteCount = 1 << 20
    package private(set) var cutSentenceCount = 0
    /// Lines that are no tokens because of their numbers.
    package private(set) var losses = ReadingLosses()
    /// What the file calls the document that begins.
    private var givenIdentifier: [UInt8] = []

    /// - Parameters:
    ///   - isTolerant: Whether bad sentences are left out and kept for ``takeRejected()``, instead of being thrown.
    ///   - keepsText: Whether batches get their `SentenceBatch/documentText`.
    package init(
        _ lines: LineReader, layout: ColumnLayout = ColumnLayout(), tags: TagColumns = .ignored,
        isTolerant: Bool = false, longSentences: LongSentences = .cut, keepsText: Bool = false
    ) {
        self.init(
            lines, layout: layout, tags: tags, isTolerant: isTolerant, longSentences: longSentences,
            keepsText: keepsText,
            grid: nil, bordersAreDocuments: false)
    }

    /// - Parameters:
    ///   - grid: Where batches end although they could hold more. Documents without names are then called by their bytes, since
    ///     nobody counts those before.
    ///   - bordersAreDocuments: Whether its borders are the beginnings of documents; otherwise empty lines, and the file is one document.
    init(
        _ lines: LineReader, layout: ColumnLayout, tags: TagColumns = .ignored, isTolerant: Bool,
        longSentences: LongSentences = .cut, keepsText: Bool, grid: BlockGrid?, bordersAreDocuments: Bool
    ) {
        self.lines = lines
        self.grid = grid
        self.bordersAreDocuments = bordersAreDocuments
        self.layout = layout
        tagColumns = tags
        self.isTolerant = isTolerant
        columnCount = layout.columnCount
        text = keepsText ? ColumnText() : nil
        self.longSentences = longSentences
        self.tags = Array(repeating: [], count: tags.count)
    }

    package var name: String { lines.name }

    /// The bad sentences since the last call.
    package mutating func takeRejected() -> [RejectedRecord] {
        defer { (rejected, rejectedByteCount) = ([], 0) }
        return rejected
    }

    /// Reads whole sentences until `textByteCount` bytes of text are there; nil at the end. Empty when there were only
    /// bad sentences.
    package mutating func nextBatch(textByteCount: Int) throws -> SentenceBatch? {
        guard !isAtEnd else { return nil }
        var batch = beginBatch()
        var mark = batch.mark
        reading: while true {
            // Before the next line is read, or it would be lost.
            if isBad && rejectedByteCount >= Self.maximumRejectedByteCount { break }
            switch try readLine(&batch, since: mark) {
            case .passedOver: continue
            case .end:
                isAtEnd = true
                endSentence(&batch)
                break reading
            case .blank:
                endSentence(&batch, atBlankLine: true)
                guard !bordersAreDocuments, meetsBorder() else { break }
                guard isEmpty(batch), !isAtEnd else { break reading }
                batch = beginBatch()
            case .documentStart(let name):
                endSentence(&batch)
                endDocument()
                if bordersAreDocuments, meetsBorder() {
                    guard isEmpty(batch), !isAtEnd else {
                        held = .documentStart(name)
                        break reading
                    }
                    batch = beginBatch()
                }
                (givenIdentifier, documentOffset) = (name, lines.lineOffset)
            case .token:
                let isCut = !isBad && mustCut(batch)
                if isCut { cutSentenceCount += 1 }
                if isCut || beginsSentence() {
                    endSentence(&batch)
                    mark = batch.mark
                    if batch.text.count >= textByteCount {
                        held = .token
                        break reading
                    }
                }
                try readToken(&batch, &mark)
                continue
            }
            if batch.text.count >= textByteCount { break }
            mark = batch.mark
        }
        if batch.tokenCount > 0 { documentHasBegun = isInsideDocument }
        return isEmpty(batch) ? nil : batch
    }

    /// Whether nothing was found for a batch so far, not even a bad sentence.
    private func isEmpty(_ batch: SentenceBatch) -> Bool { batch.tokenCount == 0 && rejected.isEmpty }

    private mutating func beginBatch() -> SentenceBatch {
        var batch = SentenceBatch()
        if text != nil { batch.documentText = DocumentText() }
        for column in tags.indices { tags[column].removeAll(keepingCapacity: true) }
        if isInsideDocument {
            batch.continuesDocument = documentHasBegun
            batch.appendDocument(identifier: identifier)
        }
        return batch
    }

    /// Says that sentences were cut.
    package static func cutNote(_ count: Int, _ place: String) -> String {
        "\(place): \(count) sentence\(count == 1 ? "" : "s") of more than \(maximumSentenceTokenCount) tokens cut; "
            + "put an empty line behind each sentence"
    }

    /// Whether the sentence that is being read may get no more tokens.
    private func isFull(_ batch: SentenceBatch, times: Int = 1) -> Bool {
        let start = batch.sentenceEnds.last.map { Int(batch.textEnds[Int($0) - 1]) } ?? 0
        return batch.tokenCount - Int(batch.sentenceEnds.last ?? 0) >= times * longSentences.maximumTokenCount
            || batch.text.count - start >= times * Self.maximumSentenceByteCount
    }

    /// Whether the sentence ends before the line, because it is too long and no entity would be cut in two.
    private func mustCut(_ batch: SentenceBatch) -> Bool {
        longSentences == .cut && isFull(batch) && (!continuesEntity || isFull(batch, times: 2))
    }

    /// Whether the line has a tag that goes on with an entity.
    private var continuesEntity: Bool {
        guard tagColumns.count == 1, let number = layout.tagNumbers(1).first else { return false }
        let columns = ColumnLayout.columns(of: line[...])
        let place = number < 0 ? columns.count + number : number
        return columns.indices.contains(place) && "IELM".utf8.contains(layout.tag(in: columns[place]).utf8.first ?? 0)
    }

    private enum Step { case token, blank, documentStart([UInt8]), passedOver, end }

    /// Reads a line, or passes over one that is no token, or over a piece of one that is too long.
    private mutating func readLine(_ batch: inout SentenceBatch, since mark: SentenceBatch.Mark) throws -> Step {
        if let held = held.take() { return held }
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
        markByteCount = lines.lineOffset == 0 && line.starts(with: ByteOrderMark.bytes) ? ByteOrderMark.bytes.count : 0
        line.removeFirst(markByteCount)
        if line.isBlank { return .blank }
        if let step = documentStart {
            guard grid == nil || bordersAreDocuments else { throw Failure.documentOffTheGrid(lines) }
            return step
        }
        let isFirst = !isBad && batch.tokenCount == Int(batch.sentenceEnds.last ?? 0)
        guard layout.isNoToken(line[...], startsSentence: isFirst) else { return .token }
        if let kind = layout.skipped(line[...]), !layout.isComment(line[...], startsSentence: isFirst) {
            var one = ReadingLosses()
            one.note(kind)
            losses.add(one, place: "\(lines.place):\(lines.lineNumber)")
        }
        // A file of comments alone must not fill the memory.
        if isFirst && sentenceBytes.count > Self.maximumRejectedByteCount { sentenceBytes = [] }
        keepLine()
        return .passedOver
    }

    /// The step of a line that begins a document; nil for every other line.
    private var documentStart: Step? {
        ColumnLayout.isDocumentStart(line[...])
            ? .documentStart([]) : layout.document(begunBy: line[...]).map(Step.documentStart)
    }

    /// Whether the line begins a sentence because of its number.
    private mutating func beginsSentence() -> Bool {
        guard layout.breaksAtNumbers else { return false }
        let number = Int(String(decoding: line.prefix { $0 != 0x09 && $0 != 0x20 }, as: UTF8.self))
        defer { previousNumber = number ?? previousNumber }
        return number.map { $0 <= previousNumber ?? 0 } ?? false
    }

    private mutating func readToken(_ batch: inout SentenceBatch, _ mark: inout SentenceBatch.Mark) throws {
        guard !isBad else { return keepLine() }
        if !isInsideDocument {
            isInsideDocument = true
            documentCount += 1
            batch.appendDocument(identifier: identifier)
            mark = batch.mark
        }
        do {
            try appendToken(to: &batch)
        } catch let failure as Failure where isTolerant {
            reject(failure, &batch, since: mark)
        }
        keepLine()
    }

    private mutating func endSentence(_ batch: inout SentenceBatch, atBlankLine isAtBlankLine: Bool = false) {
        if isBad && isAtBlankLine { keepLine() }
        if isBad && !isAtBlankLine {
            // Where another one follows it, it must end.
            keep(RejectedRecord(failure: nil, bytes: [], separator: (isAtEnd ? lines.lineEnd.separator : []) + [0x0A]))
        }
        batch.endSentence(document: batch.documentCount - 1)
        isBad = false
        previousNumber = nil
        text?.endSentence(&batch)
        sentenceBytes.removeAll(keepingCapacity: true)
    }

    private mutating func endDocument() {
        (isInsideDocument, documentHasBegun, givenIdentifier) = (false, false, [])
        text?.endDocument()
    }

    private var identifier: [UInt8] {
        guard givenIdentifier.isEmpty else { return givenIdentifier }
        if grid != nil { return Array((documentOffset > 0 ? "\(lines.name)@\(documentOffset)" : lines.name).utf8) }
        return Array((documentCount > 1 ? "\(lines.name)#\(documentCount)" : lines.name).utf8)
    }

    private mutating func appendToken(to batch: inout SentenceBatch) throws {
        guard longSentences == .cut || !isFull(batch) else {
            throw Failure.sentenceTooLong(
                lines, maximumTokenCount: longSentences.maximumTokenCount,
                maximumByteCount: Self.maximumSentenceByteCount)
        }
        let columns = ColumnLayout.columns(of: line[...])
        let expected = columnCount ?? columns.count
        guard columns.count == expected else {
            throw Failure.wrongColumnCount(lines, columns.count, expected: expected, form: tagColumns.form)
        }
        guard columns.count > max(tagColumns.count, layout.token) else {
            throw Failure.tooFewColumns(lines, columns.count, hasTag: tagColumns.count == 1, form: tagColumns.form)
        }
        columnCount = expected
        let token = layout.token(in: columns[layout.token])
        guard !token.isEmpty else {
            throw Failure.emptyToken(lines)
        }
        // Columns cannot be repaired without changing the tokens.
        guard token.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
            throw Failure.isNotUTF8(lines, "token")
        }
        let names = layout.tagNumbers(tagColumns.count).map { number in
            layout.tag(in: columns[number < 0 ? columns.count + number : number])
        }
        guard !names.contains("") else { throw Failure.noTagColumn(lines, form: tagColumns.form) }
        if let gold = names.first, let problem = tagColumns.problem(gold) { throw Failure.badLine(lines, problem) }
        for (column, name) in names.enumerated() { tags[column].append(name) }
        token.withUnsafeBufferPointer {
            batch.appendToken($0, offset: UInt64(lines.lineOffset + markByteCount + token.startIndex))
        }
        text?.append(token, touchesNext: layout.touchesNext(columns), to: &batch)
    }
}

extension CoNLLReader {
    private mutating func keep(_ record: RejectedRecord) {
        rejected.append(record)
        rejectedByteCount += record.bytes.count
    }

    /// Leaves out the sentence that is being read.
    private mutating func reject(_ failure: Failure, _ batch: inout SentenceBatch, since mark: SentenceBatch.Mark) {
        batch.removeAll(since: mark)
        text?.forgetSentence()
        for column in tags.indices { tags[column].removeSubrange(batch.tokenCount...) }
        if !isBad { keep(RejectedRecord(failure: failure, bytes: sentenceBytes)) }
        isBad = true
    }

    /// Keeps the line as it was, with the sentence that it belongs to.
    private mutating func keepLine() {
        guard isTolerant else { return }
        let bytes = ByteOrderMark.bytes[..<markByteCount] + line + lines.lineEnd.bytes
        if isBad {
            keep(RejectedRecord(failure: nil, bytes: Array(bytes)))
        } else {
            sentenceBytes += bytes
        }
    }
}

// Borders of a grid.
extension CoNLLReader {
    /// Whether the line, which may be a border, is one; notices the end of the part.
    private mutating func meetsBorder() -> Bool {
        isAtEnd = grid?.isOver(lines.lineOffset) ?? false
        let isBorder = grid?.enters(lines.lineOffset) ?? false
        if isBorder && !bordersAreDocuments { continueDocument() }
        return isBorder || isAtEnd
    }

    /// The file is one document, which began in its first cell, whatever was there: who begins behind it does not know.
    private mutating func continueDocument() { (isInsideDocument, documentHasBegun) = (true, true) }

    /// Passes over what belongs to the part before, whose last sentence or document goes on behind its end.
    ///
    /// - Parameter start: First byte of the part.
    mutating func skipToBorder(from start: Int) throws {
        guard start > 0 else { return }
        while try skipLine() {
            let step = documentStart
            guard bordersAreDocuments ? step != nil : line.isBlank else { continue }
            _ = meetsBorder()
            if bordersAreDocuments { held = step } else { continueDocument() }
            return
        }
        isAtEnd = true
    }

    /// Reads a line, of one that is too long the end; false at the end of the file.
    private mutating func skipLine() throws -> Bool {
        line.removeAll(keepingCapacity: true)
        do {
            return try lines.appendNext(to: &line)
        } catch let failure as Failure where lines.isTooLong {
            guard isTolerant else { throw failure }
            var isComplete = false
            while !isComplete {
                line.removeAll(keepingCapacity: true)
                isComplete = try lines.appendRest(to: &line, maximum: Self.maximumRejectedByteCount)
            }
            line = [UInt8(ascii: "-")]  // whatever it was, it is no border
            return true
        }
    }
}
