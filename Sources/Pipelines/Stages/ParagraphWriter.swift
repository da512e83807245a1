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
    /// How labels are read of documents that have them; nil when they are not wanted.
    let labels: TokenizeStage.LabelRules?
    var batch = SentenceBatch()
    var notes = TokenizeStage.Notes()
    /// `[N]`: the tag of each token, when labels are read.
    var tags: [String] = []
    var losses = ReadingLosses()
    private var tokens = TokenizedParagraph()
    private var repaired: [UInt8] = []
    private var currentFile = -1
    /// Code points of the document before the paragraph.
    private var codePointOffset = 0

    init(
        tokenizer: WordTokenizer, policy: InvalidTextPolicy, chunk: TextChunk, keepsText: Bool,
        labels: TokenizeStage.LabelRules? = nil
    ) {
        self.tokenizer = tokenizer
        self.labels = labels
        self.policy = policy
        self.chunk = chunk
        batch.index = chunk.index
        if case .paragraphs = chunk.reading.lines {
            batch.continuesDocument = chunk.continuesFile && !chunk.lines.isEmpty
        }
        if keepsText { batch.documentText = DocumentText() }
    }

    struct Mark {
        fileprivate var batch: SentenceBatch.Mark, notes: TokenizeStage.Notes, losses: ReadingLosses, tagCount: Int
    }

    var mark: Mark { Mark(batch: batch.mark, notes: notes, losses: losses, tagCount: tags.count) }

    mutating func removeAll(since mark: Mark) {
        batch.removeAll(since: mark.batch)
        notes = mark.notes
        losses = mark.losses
        tags.removeSubrange(mark.tagCount...)
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
        guard !document.isEmpty else { return appendBlank() }
        do {
            try scanner?.scan(document)
        } catch let problem {
            throw Failure.badRecord(chunk.places[line.file], line.number, problem)
        }
        guard let scanner else { return }
        let place = "\(chunk.places[line.file]):\(line.number)"
        let labelling = labels == nil ? Labelling() : scanner.labelling
        if labels != nil {
            losses.add(labelling.losses, place: place)
            // Nothing is to be learnt from what nobody labelled.
            guard !labelling.isAbsent else { return }
        }
        let identifier = scanner.identifier.isEmpty ? unnamed(line) : scanner.identifier
        batch.appendDocument(identifier: identifier)
        codePointOffset = 0
        let firstToken = batch.tokenCount, firstSentence = batch.sentenceCount
        let textStart = batch.documentText?.bytes.count ?? 0
        if let tokens = scanner.tokens {
            try append(given: tokens, labelling.tags, of: scanner.text, line: line)
        } else {
            try append(text: scanner.text, line: line)
        }
        if let labels {
            if let tags = labelling.tags {
                for problem in tags.lazy.compactMap(labels.problem) {
                    throw Failure.badLine(chunk.places[line.file], line.number, problem)
                }
                self.tags += tags
            } else {
                append(labelling.spans, firstToken: firstToken, firstSentence: firstSentence, place: place)
            }
        }
        var source: ArraySlice<UInt8> = []
        if case .documents(let records, _) = chunk.reading.lines, records != .files { source = chunk.bytes[line.range] }
        appendRecord(identifier, from: firstSentence, textStart: textStart, source: source)
    }

    /// An empty line, where lines are to stay what they are.
    private mutating func appendBlank() {
        batch.appendDocument(identifier: [])
        let end = batch.documentText?.bytes.count ?? 0
        appendRecord([], from: batch.sentenceCount, textStart: end)
    }

    /// The name of a document that has none.
    private func unnamed(_ line: TextChunk.Line) -> [UInt8] {
        if case .documents(.files, _) = chunk.reading.lines { return Array(chunk.files[line.file].utf8) }
        return Array("\(chunk.files[line.file])\(chunk.namesByByte ? "@\(line.offset)" : "#\(line.number)")".utf8)
    }

    private mutating func append(text: [UInt8], line: TextChunk.Line) throws {
        try text.withUnsafeBufferPointer { text in
            var start = 0
            while start < text.count {
                let end = text[start...].firstIndex(of: 0x0A) ?? text.count
                try append(paragraph: UnsafeBufferPointer(rebasing: text[start..<end]), offset: start, line: line)
                if end < text.count { batch.documentText?.bytes.append(0x0A) }
                codePointOffset += 1
                start = end + 1
            }
        }
    }

    /// Appends tokens that come with their text, as one sentence.
    private mutating func append(
        given tokens: [Range<Int>], _ tags: [String]?, of text: [UInt8], line: TextChunk.Line
    ) throws {
        // Nothing can be repaired without changing the tokens.
        if let illFormed = text.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) {
            throw Failure.documentIsNotUTF8(chunk.places[line.file], line.number, at: illFormed.lowerBound)
        }
        let longSentences = labels?.longSentences ?? .cut, maximum = longSentences.maximumTokenCount
        guard longSentences == .cut || tokens.count <= maximum else {
            throw Failure.tooManyTokens(chunk.places[line.file], line.number, maximum: maximum)
        }
        let base = batch.documentText?.bytes.count ?? 0
        batch.documentText?.bytes += text
        text.withUnsafeBufferPointer { text in
            var place = TextPlace(codePoints: 0, uncounted: [])
            var sentenceStart = 0
            for (number, token) in tokens.enumerated() {
                // No entity is cut in two.
                let continues = tags.map { "IELM".utf8.contains($0[number].utf8.first ?? 0) } ?? false
                if number - sentenceStart >= maximum, !continues {
                    batch.endSentence(document: batch.documentCount - 1)
                    notes.splitSentences += 1
                    sentenceStart = number
                }
                batch.appendToken(UnsafeBufferPointer(rebasing: text[token]), offset: UInt64(token.lowerBound))
                guard batch.documentText != nil else { continue }
                place.advance(to: token.lowerBound, in: text)
                batch.documentText?.starts.append(base + token.lowerBound)
                batch.documentText?.codePoints.append(place.codePoints)
                batch.documentText?.byteEnds.append(UInt64(token.upperBound))
            }
        }
        batch.endSentence(document: batch.documentCount - 1)
    }

    /// Appends the tags of the document's tokens; a sentence end inside of an entity is none.
    private mutating func append(_ spans: [LabelledSpan], firstToken: Int, firstSentence: Int, place: String) {
        var losses = ReadingLosses()
        let tokens = (firstToken..<batch.tokenCount).map { token in
            let start = Int(batch.tokenOffsets[token])
            return start..<start + batch.textRange(ofToken: token).count
        }
        let alignment = SpanAlignment(spans, tokens: tokens, losses: &losses)
        tags += alignment.tags(tokenCount: tokens.count)
        let entities = alignment.entities.map { firstToken + $0.tokens.lowerBound..<firstToken + $0.tokens.upperBound }
        losses.note(.joinedSentences, batch.joinSentences(from: firstSentence, inside: entities))
        self.losses.add(losses, place: place)
    }

    /// - Parameter paragraph: A line of a file that is one document.
    mutating func append(paragraph: UnsafeBufferPointer<UInt8>, line: TextChunk.Line) throws {
        codePointOffset = line.codePointOffset
        let textStart = batch.documentText?.bytes.count ?? 0, firstSentence = batch.sentenceCount
        try append(paragraph: paragraph, offset: line.offset, line: line)
        if batch.documentText != nil { appendRecord(unnamed(line), from: firstSentence, textStart: textStart) }
    }

    private mutating func appendRecord(
        _ identifier: [UInt8], from sentence: Int, textStart: Int, source: ArraySlice<UInt8> = []
    ) {
        guard let textEnd = batch.documentText?.bytes.count, let start = batch.documentText?.sources.count else {
            return
        }
        batch.documentText?.sources += source
        let record = TextRecord(
            identifier: identifier, document: batch.documentCount - 1, sentences: sentence..<batch.sentenceCount,
            text: textStart..<textEnd,
            source: start..<start + source.count)
        batch.documentText?.records.append(record)
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
            throw Failure.documentIsNotUTF8(chunk.places[line.file], line.number, at: offset + illFormed.lowerBound)
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
