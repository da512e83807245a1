package import Corpora
package import Diagnostics
import Shards
import UnicodeText

/// Some lines of text or JSON, the unit that a worker tokenizes; becomes one block.
package struct TextChunk: Sendable {
    package struct Line: Sendable {
        /// Index in ``files``.
        package var file: Int
        /// Bytes in ``bytes``.
        package var range: Range<Int>
        /// Byte offset in the decompressed file.
        package var offset: Int
        /// From 1.
        package var number: Int
        /// Whether a byte order mark stood before it.
        package var hasMark = false
        package var end = LineEnd()
        /// Code points of the file before it, when they are counted.
        package var codePointOffset = 0

        /// The line as it was, with its end, as a record that is left out.
        package func rejected(_ failure: Failure, _ bytes: some Sequence<UInt8>) -> RejectedRecord {
            RejectedRecord(
                failure: failure, bytes: (hasMark ? ByteOrderMark.bytes : []) + bytes + end.bytes,
                separator: end.separator)
        }
    }

    package var index = 0
    package var reading = TextReading.plainText
    package var bytes: [UInt8] = []
    package var lines: [Line] = []
    package var files: [String] = []
    /// What messages call them: lines are counted from where reading began.
    package var places: [String] = []
    /// Whether documents without names are called by the byte where they begin, since nobody counted the lines before.
    package var namesByByte = false
    /// Whether the first line belongs to a file of which an earlier chunk had lines.
    package var continuesFile = false

    package init() {}
}

/// What a source hands on: text that is still to be tokenized, or sentences that came tokenized.
package enum SourceItem: Sendable {
    case text(TextChunk)
    case sentences(SentenceBatch, [RejectedRecord])
    case rejected([RejectedRecord])
}

/// Reads files one after the other and cuts them into pieces of about `blockByteCount` bytes, at line or sentence ends.
///
/// Where it cuts depends on the bytes alone, so the blocks of a corpus are the same in every run.
package final class TextSource {
    /// Bytes of a line that is too long that are handed on at a time.
    private static let pieceByteCount = 1 << 20
    /// Of a block; only empty ones can be so many.
    private static let maximumLineCount = 1 << 20

    private let inputs: TextInputs
    private let blockByteCount: Int
    private let maximumLineByteCount: Int
    private let isTolerant: Bool
    private let keepsText: Bool
    private let keepsBlankLines: Bool
    private let expected: ExpectedInput
    private let parts: [TextPart]
    /// Whether blocks end at the borders of cells and of files.
    private let isOnGrid: Bool
    private var nextPart = 0
    private var nextIndex = 1
    private var lines: (any RecordReader)?
    /// Of the part that is being read; nil when blocks end anywhere.
    private var grid: BlockGrid?
    private let digest: RunningDigest?
    private var columns: CoNLLReader?
    private var continuesFile = false
    /// What was read of a line that is too long.
    private var longLine: RejectedRecord?
    /// Of the file so far, when they are counted.
    private var codePoints = CodePointCounter()
    /// Sentences of columns that were cut because they had no end.
    package private(set) var cutSentenceCount = 0
    /// What columns say and tokens cannot hold, of the inputs that are over.
    package private(set) var losses = ReadingLosses()
    /// What was read so far: documents, those that were refused too, and decompressed bytes of the inputs that are over.
    private var found = (documents: 0, bytes: 0)
    /// The input that is being read.
    private var current: (any RecordReader)?

    /// XXH3-128 of what was read of the parts, and of where that begins, when it was to be kept.
    package var contentDigest: String? { digest?.hex }

    /// - Parameters:
    ///   - parts: What is read of the inputs, whose borders are those of cells of `blockByteCount` bytes; nil: all of them.
    ///   - isOnGrid: Whether blocks end at the ends of files, and within one with the cells in which their records begin, so
    ///     that they are the same in whatever parts the text is read.
    ///   - isTolerant: Whether records that cannot be read are handed on as such, instead of ending it all.
    ///   - expected: How much there must be; anything else is an error at the end.
    ///   - keepsText: Whether it is known where tokens stand in the text of their documents.
    ///   - keepsBlankLines: Whether empty lines are handed on, so that what is written may have as many lines.
    ///   - keepsDigest: Whether the digest of the content is kept.
    package init(
        _ inputs: TextInputs, blockByteCount: Int, maximumLineByteCount: Int, isTolerant: Bool = false,
        expected: ExpectedInput = ExpectedInput(), keepsText: Bool = false, keepsBlankLines: Bool = false,
        parts: [TextPart]? = nil, isOnGrid: Bool = false, keepsDigest: Bool = false
    ) {
        self.inputs = inputs
        digest = keepsDigest ? RunningDigest() : nil
        self.parts = parts ?? inputs.inputs.indices.map { TextPart(input: $0) }
        self.isOnGrid = isOnGrid
        self.blockByteCount = blockByteCount
        self.maximumLineByteCount = maximumLineByteCount
        self.isTolerant = isTolerant
        self.keepsText = keepsText
        self.keepsBlankLines = keepsBlankLines
        self.expected = expected
    }

    package func next() throws -> SourceItem? {
        var chunk = TextChunk()
        while true {
            if columns != nil {
                if !chunk.lines.isEmpty { return number(chunk) }
                if let batch = try nextSentences() { return batch }
                if let columns { losses.add(columns.losses) }
                columns = nil
                continue
            }
            guard let reader = lines else {
                guard nextPart < parts.count else {
                    if !chunk.lines.isEmpty { return number(chunk) }
                    found.bytes += takeCurrent()
                    try expected.check(
                        documents: found.documents, bytes: found.bytes, place: inputs.inputs.last?.path ?? "")
                    return nil
                }
                try openNext()
                continue
            }
            if let piece = try nextPiece(of: reader) { return .rejected([piece]) }
            let reading = inputs.inputs[parts[nextPart - 1].input].reading
            if !chunk.lines.isEmpty && chunk.reading.name != reading.name { return number(chunk) }
            chunk.reading = reading
            if try fill(&chunk, from: reader) {
                if chunk.lines.isEmpty { continue }
                return number(chunk)
            }
            lines = nil
            if isOnGrid, !chunk.lines.isEmpty { return number(chunk) }
        }
    }

    /// Appends lines until the chunk is full, its cell ends or a line is too long (true), or the part ends (false).
    private func fill(_ chunk: inout TextChunk, from reader: any RecordReader) throws -> Bool {
        chunk.files.append(reader.name)
        chunk.places.append(reader.place)
        chunk.namesByByte = isOnGrid
        while chunk.bytes.count < blockByteCount, chunk.lines.count < Self.maximumLineCount {
            if grid?.isOver(reader.offset) == true { return false }
            if grid?.enters(reader.offset) == true {
                // The document began in the first cell, whether there was a line or not: whoever begins here does not know.
                continuesFile = true
                if !chunk.lines.isEmpty { return true }
            }
            let start = chunk.bytes.count
            do {
                guard try reader.appendNext(to: &chunk.bytes) else { return false }
            } catch let failure as Failure where isTolerant && reader.isTooLong {
                if chunk.reading.hasDocumentLines { found.documents += 1 }
                longLine = RejectedRecord(failure: failure, bytes: Array(chunk.bytes[start...]))
                chunk.bytes.removeSubrange(start...)
                return true
            }
            let hasMark = reader.lineOffset == 0 && chunk.bytes[start...].starts(with: ByteOrderMark.bytes)
            let markByteCount = hasMark ? ByteOrderMark.bytes.count : 0
            let codePointOffset = codePoints.count + (hasMark ? 1 : 0)
            if keepsText { codePoints.add(chunk.bytes[start...], reader.lineEnd.bytes) }
            chunk.bytes.removeSubrange(start..<start + markByteCount)
            let isBlank = chunk.bytes.count == start
            guard !isBlank || keepsBlankLines else { continue }
            if chunk.lines.isEmpty { chunk.continuesFile = continuesFile }
            if chunk.reading.hasDocumentLines ? !isBlank : !continuesFile { found.documents += 1 }
            continuesFile = true
            chunk.lines.append(
                .init(
                    file: chunk.files.count - 1, range: start..<chunk.bytes.count,
                    offset: reader.lineOffset + markByteCount, number: reader.lineNumber, hasMark: hasMark,
                    end: reader.lineEnd, codePointOffset: codePointOffset))
        }
        return true
    }

    /// The next piece of a line that is too long; nil when there is none.
    private func nextPiece(of reader: any RecordReader) throws -> RejectedRecord? {
        guard var piece = longLine else { return nil }
        let isLast = try reader.appendRest(to: &piece.bytes, maximum: piece.bytes.count + Self.pieceByteCount)
        if keepsText { codePoints.add(piece: piece.bytes[...], isLast: isLast) }
        if isLast && piece.bytes.last != 0x0A { piece.separator = [0x0A] }
        longLine = isLast ? nil : RejectedRecord(failure: nil, bytes: [])
        return piece
    }

    private func number(_ chunk: TextChunk) -> SourceItem {
        var chunk = chunk
        chunk.index = nextIndex
        nextIndex += 1
        return .text(chunk)
    }

    private func nextSentences() throws -> SourceItem? {
        let cutBefore = columns?.cutSentenceCount ?? 0
        guard var batch = try columns?.nextBatch(textByteCount: blockByteCount) else { return nil }
        cutSentenceCount += (columns?.cutSentenceCount ?? 0) - cutBefore
        let rejected = columns?.takeRejected() ?? []
        found.documents += batch.counts.documents
        guard batch.tokenCount > 0 else { return .rejected(rejected) }
        batch.index = nextIndex
        nextIndex += 1
        return .sentences(batch, rejected)
    }

    /// Bytes of the input that is over.
    private func takeCurrent() -> Int {
        defer { current = nil }
        return current?.offset ?? 0
    }

    private func openNext() throws {
        found.bytes += takeCurrent()
        let part = parts[nextPart], reading = inputs.inputs[part.input].reading
        let input = try part.open(inputs)
        digest?.update(UInt64(input.offset))
        input.digest = digest
        nextPart += 1
        grid = isOnGrid ? BlockGrid(cellByteCount: blockByteCount, bytes: part.bytes) : nil
        continuesFile = part.bytes.lowerBound > 0
        codePoints = CodePointCounter()
        if case .columns(let layout) = reading.lines {
            let reader = LineReader(input, maximumLineByteCount: maximumLineByteCount)
            current = reader
            columns = CoNLLReader(
                reader, layout: layout, isTolerant: isTolerant, keepsText: keepsText, grid: grid,
                bordersAreDocuments: inputs.inputs[part.input].beginsDocuments)
            try columns?.skipToBorder(from: part.bytes.lowerBound)
        } else {
            lines = reading.records(of: input, maximumByteCount: maximumLineByteCount)
            current = lines
        }
    }
}

/// Counts the code points of a text that comes in pieces; an ill-formed part counts as the one U+FFFD that decoders put
/// in its place.
private struct CodePointCounter {
    private(set) var count = 0
    /// What may be the beginning of a code point that the next piece ends.
    private var rest: [UInt8] = []

    mutating func add(_ line: ArraySlice<UInt8>, _ end: [UInt8]) {
        count += line.withUnsafeBufferPointer { UTF8Validator.codePointCount(of: $0) } + end.count
    }

    mutating func add(piece: ArraySlice<UInt8>, isLast: Bool) {
        var bytes = rest + piece
        // A lead byte among the last three may lack what follows it.
        let held = isLast ? nil : bytes.suffix(3).lastIndex { $0 >= 0xC0 }
        rest = held.map { Array(bytes[$0...]) } ?? []
        bytes.removeLast(rest.count)
        count += bytes.withUnsafeBufferPointer { UTF8Validator.codePointCount(of: $0) }
    }
}
