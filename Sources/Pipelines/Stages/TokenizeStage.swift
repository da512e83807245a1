package import Corpora
import Diagnostics
package import Shards
package import Tokenization
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
    private let isTolerant: Bool

    /// - Parameter isTolerant: Whether bad records are left out and handed on as such, instead of being thrown.
    package init(
        language: String, invalidText: InvalidTextPolicy, maximumSentenceTokenCount: Int, isGiven: Bool,
        isTolerant: Bool = false
    ) {
        self.language = language
        self.invalidText = invalidText
        self.isGiven = isGiven
        self.isTolerant = isTolerant
        tokenizer = WordTokenizer(language: language, maximumSentenceTokenCount: maximumSentenceTokenCount)
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
        package var unsegmentedTokens: [UnspacedScript: Int] = [:]
    }

    /// What became of a piece of text.
    package struct Result: Sendable {
        /// nil when there were only bad records.
        package var batch: SentenceBatch?
        package var notes = Notes()
        package var rejected: [RejectedRecord] = []
    }

    package func process(_ item: SourceItem) throws -> Result {
        switch item {
        // Its reader refuses bytes that are no UTF-8.
        case .sentences(let batch, let rejected): Result(batch: batch, rejected: rejected)
        case .rejected(let records): Result(rejected: records)
        case .text(let chunk): try tokenize(chunk)
        }
    }

    private func tokenize(_ chunk: TextChunk) throws -> Result {
        var writer = ParagraphWriter(tokenizer: tokenizer, policy: invalidText, chunk: chunk)
        var scanner = JSONRecordScanner()
        var rejected: [RejectedRecord] = []
        try chunk.bytes.withUnsafeBufferPointer { bytes in
            for line in chunk.lines {
                let record = UnsafeBufferPointer(rebasing: bytes[line.range])
                // A file is a document even when none of its lines can be read.
                if chunk.format == .text { writer.beginFile(line) }
                let mark = writer.mark
                do {
                    if chunk.format == .text {
                        try writer.append(paragraph: record, offset: line.offset, line: line)
                    } else {
                        try writer.append(document: record, line: line, &scanner)
                    }
                } catch let failure as Failure where isTolerant {
                    writer.removeAll(since: mark)
                    rejected.append(RejectedRecord(failure: failure, bytes: Array(record) + [0x0A]))
                }
            }
        }
        return Result(batch: writer.batch, notes: writer.notes, rejected: rejected)
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

    /// - Parameter document: A line of JSON.
    mutating func append(
        document: UnsafeBufferPointer<UInt8>, line: TextChunk.Line, _ scanner: inout JSONRecordScanner
    ) throws {
        do {
            try scanner.scan(document)
        } catch let problem {
            throw Failure.badLine(chunk.files[line.file], line.number, problem.what)
        }
        if scanner.identifier.isEmpty {
            batch.appendDocument(identifier: "\(chunk.files[line.file])#\(line.number)".utf8)
        } else {
            batch.appendDocument(identifier: scanner.identifier)
        }
        try scanner.text.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x0A) ?? text.count
                try append(paragraph: UnsafeBufferPointer(rebasing: text[start..<end]), offset: start, line: line)
                start = end + 1
            }
        }
    }

    /// - Parameter offset: Of the paragraph in its document.
    mutating func append(paragraph: UnsafeBufferPointer<UInt8>, offset: Int, line: TextChunk.Line) throws {
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
        if !tokens.unsegmentedTokenCounts.isEmpty {
            notes.unsegmentedTokens.merge(tokens.unsegmentedTokenCounts, uniquingKeysWith: +)
        }
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
