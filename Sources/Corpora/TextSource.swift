import Diagnostics
import Shards

/// How the lines of an input are to be understood.
package enum InputFormat: String, CaseIterable, Sendable {
    /// By the name: `.jsonl` and `.ndjson` are JSON lines; `.conll`, `.bio`, `.iob` and `.tsv` are columns; everything
    /// else, standard input too, is text. Endings `.zst` and `.zstd` are looked through.
    case auto
    /// One paragraph per line; a file is one document.
    case text
    /// One JSON object per line with `text` and, optionally, `id`; a line is one document. Other keys are ignored.
    case jsonl
    /// Tokenized columns, an empty line after each sentence; never tokenized again.
    case conll

    package func resolved(for path: String) -> InputFormat {
        guard self == .auto else { return self }
        var name = path[...]
        for ending in [".zst", ".zstd"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonl }
        if [".conll", ".bio", ".iob", ".tsv"].contains(where: { name.hasSuffix($0) }) { return .conll }
        return .text
    }
}

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
    }

    package var index = 0
    package var format = InputFormat.text
    package var bytes: [UInt8] = []
    package var lines: [Line] = []
    package var files: [String] = []
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

    private let paths: [String]
    private let format: InputFormat
    private let blockByteCount: Int
    private let maximumLineByteCount: Int
    private let isTolerant: Bool
    private var nextPath = 0
    private var nextIndex = 1
    private var lines: LineReader?
    private var columns: CoNLLReader?
    private var continuesFile = false
    /// What was read of a line that is too long.
    private var longLine: RejectedRecord?
    /// Sentences of columns that were cut because they had no end.
    package private(set) var cutSentenceCount = 0
    /// Bytes of decompressed input read.
    package private(set) var bytesRead = 0

    /// - Parameter isTolerant: Whether records that cannot be read are handed on as such, instead of ending it all.
    package init(
        paths: [String], format: InputFormat, blockByteCount: Int, maximumLineByteCount: Int, isTolerant: Bool = false
    ) {
        self.paths = paths
        self.format = format
        self.blockByteCount = blockByteCount
        self.maximumLineByteCount = maximumLineByteCount
        self.isTolerant = isTolerant
    }

    package func next() throws -> SourceItem? {
        var chunk = TextChunk()
        while true {
            if columns != nil {
                if !chunk.lines.isEmpty { return number(chunk) }
                if let batch = try nextSentences() { return batch }
                columns = nil
                continue
            }
            guard let reader = lines else {
                guard nextPath < paths.count else { return chunk.lines.isEmpty ? nil : number(chunk) }
                try openNext()
                continue
            }
            if let piece = try nextPiece(of: reader) { return .rejected([piece]) }
            let format = format.resolved(for: paths[nextPath - 1])
            if !chunk.lines.isEmpty && chunk.format != format { return number(chunk) }
            chunk.format = format
            if try fill(&chunk, from: reader) {
                if chunk.lines.isEmpty { continue }
                return number(chunk)
            }
            lines = nil
        }
    }

    /// Appends lines until the chunk is full or a line is too long (true), or the file ends (false).
    private func fill(_ chunk: inout TextChunk, from reader: LineReader) throws -> Bool {
        chunk.files.append(reader.name)
        while chunk.bytes.count < blockByteCount {
            let start = chunk.bytes.count
            do {
                guard try reader.appendNext(to: &chunk.bytes) else { return false }
            } catch let failure as Failure where isTolerant && reader.isTooLong {
                longLine = RejectedRecord(failure: failure, bytes: Array(chunk.bytes[start...]))
                chunk.bytes.removeSubrange(start...)
                return true
            }
            var offset = reader.lineOffset
            if reader.lineNumber == 1, chunk.bytes[start...].starts(with: [0xEF, 0xBB, 0xBF]) {
                chunk.bytes.removeSubrange(start..<start + 3)
                offset += 3
            }
            guard chunk.bytes.count > start else { continue }
            if chunk.lines.isEmpty { chunk.continuesFile = continuesFile }
            continuesFile = true
            chunk.lines.append(
                .init(
                    file: chunk.files.count - 1, range: start..<chunk.bytes.count, offset: offset,
                    number: reader.lineNumber))
        }
        return true
    }

    /// The next piece of a line that is too long; nil when there is none.
    private func nextPiece(of reader: LineReader) throws -> RejectedRecord? {
        guard var piece = longLine else { return nil }
        let isLast = try reader.appendRest(to: &piece.bytes, maximum: piece.bytes.count + Self.pieceByteCount)
        longLine = isLast ? nil : RejectedRecord(failure: nil, bytes: [])
        return piece
    }

    private func number(_ chunk: TextChunk) -> SourceItem {
        var chunk = chunk
        chunk.index = nextIndex
        nextIndex += 1
        bytesRead += chunk.bytes.count
        return .text(chunk)
    }

    private func nextSentences() throws -> SourceItem? {
        let cutBefore = columns?.cutSentenceCount ?? 0
        guard var batch = try columns?.nextBatch(textByteCount: blockByteCount) else { return nil }
        cutSentenceCount += (columns?.cutSentenceCount ?? 0) - cutBefore
        let rejected = columns?.takeRejected() ?? []
        guard batch.tokenCount > 0 else { return .rejected(rejected) }
        batch.index = nextIndex
        nextIndex += 1
        bytesRead += batch.text.count
        return .sentences(batch, rejected)
    }

    private func openNext() throws {
        let path = paths[nextPath]
        nextPath += 1
        continuesFile = false
        let reader = LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: maximumLineByteCount)
        if format.resolved(for: path) == .conll {
            columns = CoNLLReader(reader, isTolerant: isTolerant)
        } else {
            lines = reader
        }
    }
}
