package import Corpora
import Diagnostics
package import Shards
import Tokenization
import UnicodeText

/// What happens with bytes that are no UTF-8.
package enum InvalidTextPolicy: String, CaseIterable, Sendable {
    /// Stop, naming file, line and byte.
    case fail
    /// Each ill-formed sequence becomes U+FFFD, a token of its own; counted. Offsets still count the bytes of the
    /// input.
    case replace
}

/// Text in, batches of tokens out: UAX #29 words in rule-based sentences. A pure function of the chunk.
///
/// Normalization: tokens keep the bytes of the input, so that they slice back to it; words are normalized (lower-case,
/// NFC) only where they are looked up, in `embed`. Input that is tokenized already passes unchanged.
package struct TokenizeStage: Sendable {
    package let language: String
    package let invalidText: InvalidTextPolicy
    private let tokenizer: WordTokenizer
    /// Whether the input comes as columns.
    private let isGiven: Bool

    package init(language: String, invalidText: InvalidTextPolicy, maximumSentenceTokenCount: Int, isGiven: Bool) {
        self.language = language
        self.invalidText = invalidText
        self.isGiven = isGiven
        tokenizer = WordTokenizer(maximumSentenceTokenCount: maximumSentenceTokenCount)
    }

    package var header: StreamHeader {
        StreamHeader(
            kind: .tokens, producer: Version.producer, language: language,
            tokenizer: isGiven ? "given" : WordTokenizer.identity)
    }

    /// Counts of what was done to the text.
    package struct Notes: Sendable {
        package var splitSentences = 0
        package var replacedSequences = 0
    }

    package func process(_ item: SourceItem) throws -> (SentenceBatch, Notes) {
        switch item {
        case .sentences(let batch): return (batch, Notes())  // its reader refuses bytes that are no UTF-8
        case .text(let chunk): return try tokenize(chunk)
        }
    }

    private func tokenize(_ chunk: TextChunk) throws -> (SentenceBatch, Notes) {
        var writer = ParagraphWriter(tokenizer: tokenizer, policy: invalidText, chunk: chunk)
        var scanner = JSONRecordScanner()
        try chunk.bytes.withUnsafeBufferPointer { bytes in
            for line in chunk.lines {
                let lineBytes = UnsafeBufferPointer(rebasing: bytes[line.range])
                if chunk.format == .text {
                    try writer.append(paragraph: lineBytes, offset: line.offset, line: line)
                    continue
                }
                do {
                    try scanner.scan(lineBytes)
                } catch let problem as JSONRecordScanner.Problem {
                    throw Failure.badLine(chunk.files[line.file], line.number, problem.what)
                }
                writer.beginDocument(scanner.identifier, line: line)
                try scanner.text.withUnsafeBufferPointer { text in
                    var start = 0
                    while start < text.count {
                        let end = text[start...].firstIndex(of: 0x0A) ?? text.count
                        try writer.append(
                            paragraph: UnsafeBufferPointer(rebasing: text[start..<end]), offset: start, line: line)
                        start = end + 1
                    }
                }
            }
        }
        return (writer.batch, writer.notes)
    }
}

/// Appends paragraphs to a batch.
private struct ParagraphWriter {
    let tokenizer: WordTokenizer
    let policy: InvalidTextPolicy
    let chunk: TextChunk
    var batch = SentenceBatch()
    var notes = TokenizeStage.Notes()
    private var tokens = TokenizedParagraph()
    private var repaired: [UInt8] = []
    private var currentFile = -1

    init(tokenizer: WordTokenizer, policy: InvalidTextPolicy, chunk: TextChunk) {
        self.tokenizer = tokenizer
        self.policy = policy
        self.chunk = chunk
        batch.index = chunk.index
        batch.continuesDocument = chunk.format == .text && chunk.continuesFile && !chunk.lines.isEmpty
    }

    mutating func beginDocument(_ identifier: [UInt8], line: TextChunk.Line) {
        if identifier.isEmpty {
            batch.appendDocument(identifier: "\(chunk.files[line.file])#\(line.number)".utf8)
        } else {
            batch.appendDocument(identifier: identifier)
        }
    }

    /// - Parameter offset: Of the paragraph in its document.
    mutating func append(paragraph: UnsafeBufferPointer<UInt8>, offset: Int, line: TextChunk.Line) throws {
        if chunk.format == .text && line.file != currentFile {
            currentFile = line.file
            batch.appendDocument(identifier: chunk.files[line.file].utf8)
        }
        guard let illFormed = UTF8Validator.firstIllFormed(in: paragraph) else {
            appendTokens(of: paragraph) { UInt64(offset + $0) }
            return
        }
        guard policy == .replace else {
            throw Failure.badLine(
                chunk.files[line.file], line.number,
                "not UTF-8 at byte \(offset + illFormed.lowerBound) of the document; "
                    + "convert the file (for instance with iconv), or accept it with --invalid replace")
        }
        // Where each replacement stands, to lead offsets in the repaired text back to the input.
        var shifts: [(position: Int, difference: Int)] = []
        repaired.removeAll(keepingCapacity: true)
        var start = 0
        while let range = UTF8Validator.firstIllFormed(in: paragraph, from: start) {
            repaired.append(contentsOf: UnsafeBufferPointer(rebasing: paragraph[start..<range.lowerBound]))
            repaired += [0xEF, 0xBF, 0xBD]
            start = range.upperBound
            shifts.append((repaired.count, start - repaired.count))
            notes.replacedSequences += 1
        }
        repaired.append(contentsOf: UnsafeBufferPointer(rebasing: paragraph[start...]))
        let text = repaired
        var shift = 0
        text.withUnsafeBufferPointer { buffer in
            appendTokens(of: buffer) { position in
                while shift < shifts.count && shifts[shift].position <= position { shift += 1 }
                return UInt64(offset + position + (shift == 0 ? 0 : shifts[shift - 1].difference))
            }
        }
    }

    /// - Parameter offset: Maps a position in `text` to one in the document; called in rising order.
    private mutating func appendTokens(of text: UnsafeBufferPointer<UInt8>, offset: (Int) -> UInt64) {
        tokens.removeAll()
        tokenizer.tokenize(text, into: &tokens)
        notes.splitSentences += tokens.splitSentenceCount
        var token = 0
        for end in tokens.sentenceEnds {
            while token < Int(end) {
                let start = Int(tokens.tokenStarts[token])
                batch.appendToken(
                    UnsafeBufferPointer(rebasing: text[start..<start + Int(tokens.tokenLengths[token])]),
                    offset: offset(start))
                token += 1
            }
            batch.endSentence(document: batch.documentCount - 1)
        }
    }
}
