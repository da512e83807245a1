import Corpora
import Diagnostics
import Formats
import Tokenization
import UnicodeText

/// Appends paragraphs to a batch.
struct ParagraphWriter {
    let tokenizer: WordTokenizer
    let policy: InvalidTextPolicy
    let chunk: TextChunk
    var batch = SentenceBatch()
    var notes = TokenizeStage.Notes()
    private var tokens = TokenizedParagraph()
    private var repaired: [UInt8] = []
    private var currentFile = -1
    /// Code points of the document before the paragraph.
    private var codePointOffset = 0

    init(tokenizer: WordTokenizer, policy: InvalidTextPolicy, chunk: TextChunk, keepsText: Bool) {
        self.tokenizer = tokenizer
        self.policy = policy
        self.chunk = chunk
        batch.index = chunk.index
        if case .paragraphs = chunk.reading.lines {
            batch.continuesDocument = chunk.continuesFile && !chunk.lines.isEmpty
        }
        if keepsText { batch.documentText = DocumentText() }
    }

    struct Mark {
        fileprivate var batch: SentenceBatch.Mark, notes: TokenizeStage.Notes
    }

    var mark: Mark { Mark(batch: batch.mark, notes: notes) }

    mutating func removeAll(since mark: Mark) {
        batch.removeAll(since: mark.batch)
        notes = mark.notes
    }

    mutating func beginFile(_ line: TextChunk.Line) {
        guard line.file != currentFile else { return }
        currentFile = line.file
        batch.appendDocument(identifier: chunk.files[line.file].utf8)
    }

    /// - Parameter document: A line that holds one.
    mutating func append(
        document: UnsafeBufferPointer<UInt8>, line: TextChunk.Line, _ scanner: inout (any DocumentScanner)?
    ) throws {
        do {
            try scanner?.scan(document)
        } catch let problem {
            throw Failure.badRecord(chunk.files[line.file], line.number, problem)
        }
        guard let scanner else { return }
        if scanner.identifier.isEmpty {
            batch.appendDocument(identifier: "\(chunk.files[line.file])#\(line.number)".utf8)
        } else {
            batch.appendDocument(identifier: scanner.identifier)
        }
        codePointOffset = 0
        try scanner.text.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x0A) ?? text.count
                try append(paragraph: UnsafeBufferPointer(rebasing: text[start..<end]), offset: start, line: line)
                codePointOffset += 1
                start = end + 1
            }
        }
    }

    /// - Parameter paragraph: A line of a file that is one document.
    mutating func append(paragraph: UnsafeBufferPointer<UInt8>, line: TextChunk.Line) throws {
        codePointOffset = line.codePointOffset
        try append(paragraph: paragraph, offset: line.offset, line: line)
    }

    /// - Parameter offset: Of the paragraph in its document.
    private mutating func append(
        paragraph: UnsafeBufferPointer<UInt8>, offset: Int, line: TextChunk.Line
    ) throws {
        guard let illFormed = UTF8Validator.firstIllFormed(in: paragraph) else {
            appendTokens(of: paragraph) { UInt64(offset + $0) }
            return
        }
        guard policy == .replace else {
            throw Failure.documentIsNotUTF8(chunk.files[line.file], line.number, at: offset + illFormed.lowerBound)
        }
        var isEscaped = false
        if case .documents = chunk.reading.lines { isEscaped = true }
        let repaired = RepairedText(paragraph, joinsSurrogates: isEscaped)
        notes.replacedSequences += repaired.replacementCount
        var cursor = 0
        repaired.bytes.withUnsafeBufferPointer { buffer in
            appendTokens(of: buffer, uncounted: repaired.uncounted) {
                UInt64(offset + repaired.inputPosition(of: $0, &cursor))
            }
        }
    }

    /// - Parameters:
    ///   - uncounted: Ends of what is no code point of its own.
    ///   - offset: Maps a position in `text` to one in the document; called in rising order.
    private mutating func appendTokens(
        of text: UnsafeBufferPointer<UInt8>, uncounted: [Int] = [], offset: (Int) -> UInt64
    ) {
        tokens.removeAll()
        tokenizer.tokenize(text, into: &tokens)
        notes.splitSentences += tokens.splitSentenceCount
        if !tokens.unsegmentedTokenCounts.isEmpty {
            notes.unsegmentedTokens.merge(tokens.unsegmentedTokenCounts, uniquingKeysWith: +)
        }
        var place = TextPlace(codePoints: codePointOffset, uncounted: uncounted)
        let base = batch.documentText?.bytes.count ?? 0
        batch.documentText?.bytes.append(contentsOf: text)
        var token = 0
        for end in tokens.sentenceEnds {
            while token < Int(end) {
                let start = Int(tokens.tokenStarts[token]), length = Int(tokens.tokenLengths[token])
                batch.appendToken(UnsafeBufferPointer(rebasing: text[start..<start + length]), offset: offset(start))
                if batch.documentText != nil {
                    place.advance(to: start, in: text)
                    batch.documentText?.starts.append(base + start)
                    batch.documentText?.codePoints.append(place.codePoints)
                    batch.documentText?.byteEnds.append(offset(start + length))
                }
                token += 1
            }
            batch.endSentence(document: batch.documentCount - 1)
        }
        if batch.documentText != nil {
            place.advance(to: text.count, in: text)
            codePointOffset = place.codePoints
        }
    }
}

/// Counts code points while it goes through a text.
private struct TextPlace {
    private(set) var codePoints: Int
    private var uncounted: ArraySlice<Int>
    private var position = 0

    init(codePoints: Int, uncounted: [Int]) { (self.codePoints, self.uncounted) = (codePoints, uncounted[...]) }

    mutating func advance(to end: Int, in text: UnsafeBufferPointer<UInt8>) {
        codePoints += text[position..<end].count { $0 & 0xC0 != 0x80 }
        while let next = uncounted.first, next <= end {
            codePoints -= 1
            uncounted.removeFirst()
        }
        position = end
    }
}

/// A text in which each ill-formed part is U+FFFD.
private struct RepairedText {
    private(set) var bytes: [UInt8] = []
    /// Where each replacement ends, and what leads from there to the input.
    private var shifts: [(position: Int, difference: Int)] = []
    /// Ends of the second and third replacement of a surrogate, which is one code point where it was escaped.
    private(set) var uncounted: [Int] = []

    var replacementCount: Int { shifts.count }

    init(_ text: UnsafeBufferPointer<UInt8>, joinsSurrogates: Bool) {
        var start = 0
        while let range = UTF8Validator.firstIllFormed(in: text, from: start) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<range.lowerBound]))
            bytes += [0xEF, 0xBF, 0xBD]
            start = range.upperBound
            shifts.append((bytes.count, start - bytes.count))
            if joinsSurrogates, Self.isRestOfSurrogate(range.lowerBound, in: text) { uncounted.append(bytes.count) }
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }

    private static func isRestOfSurrogate(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        for first in [index - 1, index - 2] where first >= 0 && first + 2 < text.count {
            let isSurrogate = text[first] == 0xED && (0xA0..<0xC0).contains(text[first + 1])
            if isSurrogate && text[first + 2] & 0xC0 == 0x80 { return true }
        }
        return false
    }

    /// Where a position stands in the text as it was.
    ///
    /// - Parameter cursor: Number of the next replacement, 0 at first; positions are asked for in rising order.
    func inputPosition(of position: Int, _ cursor: inout Int) -> Int {
        while cursor < shifts.count && shifts[cursor].position <= position { cursor += 1 }
        return position + (cursor == 0 ? 0 : shifts[cursor - 1].difference)
    }
}
