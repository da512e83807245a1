package import Corpora
import Diagnostics
import Shards
import UnicodeText

/// Sentences that must not be learnt from, for example the development and test sets of a task.
///
/// Sentences are compared by their letters and digits alone, lower-cased: case, spaces and punctuation differ between
/// editions. A line is excluded when it holds the first 28 letters of an excluded sentence anywhere, or is a shorter
/// one. Memory: some 20 bytes a sentence.
package struct ExcludedSentences: Sendable {
    private static let windowLength = 28
    private static let base: UInt64 = 0x9E37_79B1_85EB_CA87
    /// Of the beginnings of sentences, and of whole short ones.
    private var beginnings: Set<UInt64> = []
    private var short: Set<UInt64> = []
    package private(set) var sentenceCount = 0

    package init() {}

    package init(paths: [String]) throws {
        for path in paths {
            let input = try BufferedInput(FileInput(path: path))
            let reading = try TextReading.recognize(TextSample(input), name: input.name)
            switch reading.lines {
            case .columns(let layout): try insertSentences(CoNLLReader(LineReader(input), layout: layout))
            case .paragraphs: try insertLines(reading.records(of: input), nil)
            case .documents(_, let makeScanner): try insertLines(reading.records(of: input), makeScanner())
            }
        }
    }

    private mutating func insertSentences(_ reader: CoNLLReader) throws {
        var reader = reader
        while let batch = try reader.nextBatch(textByteCount: 1 << 16) { insert(batch) }
    }

    /// - Parameter scanner: Takes the text out of a line, whose lines are then the sentences.
    private mutating func insertLines(_ lines: any RecordReader, _ scanner: (any DocumentScanner)?) throws {
        var scanner = scanner
        try lines.forEachLine(BadRecords()) { line in
            for paragraph in try TextReading.paragraphs(of: line, &scanner, in: lines) {
                paragraph.withUnsafeBufferPointer { insert($0) }
            }
        }
    }

    package var isEmpty: Bool { sentenceCount == 0 }

    package func contains(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !isEmpty else { return false }
        let letters = Self.letters(of: line)
        guard letters.count >= Self.windowLength else { return short.contains(Self.hash(letters[...])) }
        var power: UInt64 = 1
        for _ in 1..<Self.windowLength { power = power &* Self.base }
        var hash = Self.hash(letters[..<Self.windowLength])
        for start in 0...letters.count - Self.windowLength {
            if beginnings.contains(hash) { return true }
            let next = start + Self.windowLength
            guard next < letters.count else { break }
            hash = (hash &- UInt64(letters[start]) &* power) &* Self.base &+ UInt64(letters[next])
        }
        return false
    }

    package mutating func insert(_ batch: SentenceBatch) {
        for sentence in 0..<batch.sentenceCount {
            batch.text[Self.bytes(of: sentence, in: batch)].withUnsafeBufferPointer { insert($0) }
        }
    }

    /// How many sentences of a batch are excluded.
    package func count(in batch: SentenceBatch) -> Int {
        (0..<batch.sentenceCount).count { contains(sentence: $0, of: batch) }
    }

    package func contains(sentence: Int, of batch: SentenceBatch) -> Bool {
        batch.text[Self.bytes(of: sentence, in: batch)].withUnsafeBufferPointer { contains($0) }
    }

    /// Empty for a sentence without tokens.
    private static func bytes(of sentence: Int, in batch: SentenceBatch) -> Range<Int> {
        let tokens = batch.tokens(ofSentence: sentence)
        guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
        return batch.textRange(ofToken: first).lowerBound..<batch.textRange(ofToken: last).upperBound
    }

    private mutating func insert(_ sentence: UnsafeBufferPointer<UInt8>) {
        let letters = Self.letters(of: sentence)
        guard !letters.isEmpty else { return }
        sentenceCount += 1
        if letters.count >= Self.windowLength {
            beginnings.insert(Self.hash(letters[..<Self.windowLength]))
        } else {
            short.insert(Self.hash(letters[...]))
        }
    }

    private static func hash(_ letters: ArraySlice<UInt32>) -> UInt64 {
        letters.reduce(0) { $0 &* base &+ UInt64($1) }
    }

    private static func letters(of text: UnsafeBufferPointer<UInt8>) -> [UInt32] {
        var form: [UInt8] = []
        form.reserveCapacity(text.count)
        LookupForm().append(text, to: &form)
        var letters: [UInt32] = []
        letters.reserveCapacity(form.count)
        form.withUnsafeBufferPointer { form in
            guard let base = form.baseAddress else { return }
            var index = 0
            while index < form.count {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: form.count)
                index += length
                let kind = CharacterClass(scalar)
                if kind.isLetter || kind == .digit { letters.append(scalar) }
            }
        }
        return letters
    }
}
