import Corpora
import Diagnostics
import Formats
import Shards
import Streams
import Tokenization
import UnicodeText

/// One line of the inputs, tokenized.
struct CorpusLine {
    /// Number of the input in the list of inputs.
    var input = 0
    var source = TokenLine()
    /// Empty for text.
    var target = TokenLine()
}

/// Reads the inputs one after the other, in memory bounded by the longest line and two batches of lines: threads cut one into
/// tokens while the one before is worked on.
final class CorpusReader {
    private let inputs: [TrainingInput]
    private let bad: [TrainingInput.Kind: BadRecords]
    private let reading: ReadingNotes
    private let threads: ComputeThreads
    /// By thread.
    private let cutters: [LineCutter]
    /// What is being read, and what is cut and waits to be worked on.
    private var filling = LineBatch()
    private var waiting = LineBatch()
    private var left: [LineBatch.Outcome: Int] = [:]
    private(set) var bytesRead = 0

    /// What was left out or not understood so far, as lines for the user.
    var notes: [String] {
        let tokens = cutters.reduce(into: [:]) { $0.merge($1.unsegmentedTokenCounts, uniquingKeysWith: +) }
        let left = [
            (left[.withoutWords] ?? 0, "lines without words on both sides left out"),
            (left[.excluded] ?? 0, "lines left out by --exclude"),
        ]
        return UnspacedScript.notes(tokens) + left.filter { $0.0 > 0 }.map { "\($0) \($1)" }
    }

    /// - Parameter bad: What becomes of lines and sentences that cannot be read; those of a kind that is not named stop it.
    init(
        _ inputs: [TrainingInput], excluding excluded: ExcludedSentences,
        bad: [TrainingInput.Kind: BadRecords] = [:], reading: ReadingNotes, threads: ComputeThreads
    ) {
        (self.inputs, self.bad, self.reading, self.threads) = (inputs, bad, reading, threads)
        cutters = (0..<threads.count).map { _ in LineCutter(inputs, excluding: excluded) }
    }

    /// Calls `body` with one line after the other, in order, on one thread at a time.
    func forEach(_ body: (CorpusLine) throws -> Void) throws {
        for (number, input) in inputs.enumerated() {
            for path in input.paths {
                let bytes = try BufferedInput(FileInput(path: path))
                let bad = bad[input.kind] ?? BadRecords()
                if input.kind == .text {
                    try readText(of: bytes, number, bad, body)
                } else {
                    let lines = LineReader(bytes)
                    try forEachLine(of: lines, bad) { line in
                        guard let sides = try SentencePairs.sides(of: line, in: lines) else { return }
                        filling.append(source: line[sides.source], target: line[sides.target], input: number)
                        try turnWhenFull(body)
                    }
                }
                bytesRead += bytes.offset
            }
        }
        // The last one, and while nothing is left to cut the one before it.
        for _ in 0..<2 { try turn(body) }
    }

    private func turnWhenFull(_ body: (CorpusLine) throws -> Void) throws {
        if filling.isFull { try turn(body) }
    }

    /// Has what was read cut into tokens, and what waited worked on.
    private func turn(_ body: (CorpusLine) throws -> Void) throws {
        let parts = threads.ranges(of: filling.count)
        try withoutActuallyEscaping(body) { body in
            let lent = Lent(waiting: waiting, body: body)
            try threads.run(1 + parts.count) { [filling, cutters] item, thread in
                if item == 0 { try lent.work() } else { filling.cut(parts[item - 1], with: cutters[thread]) }
            }
            for (outcome, count) in lent.left { left[outcome, default: 0] += count }
        }
        swap(&filling, &waiting)
        filling.removeAll()
    }

    /// What is worked on, for whichever thread does it.
    ///
    /// `@unchecked Sendable`: one thread does, while the caller waits.
    private final class Lent: @unchecked Sendable {
        private let waiting: LineBatch
        private let body: (CorpusLine) throws -> Void
        private(set) var left: [LineBatch.Outcome: Int] = [:]

        init(waiting: LineBatch, body: @escaping (CorpusLine) throws -> Void) {
            (self.waiting, self.body) = (waiting, body)
        }

        func work() throws { left = try waiting.forEach(body) }
    }

    private func readText(
        of input: BufferedInput, _ number: Int, _ bad: BadRecords, _ body: (CorpusLine) throws -> Void
    ) throws {
        let sample = try TextSample(input)
        let reading = try TextReading.recognize(sample, name: input.name)
        if !sample.isEmpty { self.reading.say(input.name, reading) }
        var scanner: (any DocumentScanner)?
        switch reading.lines {
        case .columns(let layout):
            let lines = LineReader(input)
            return try readColumns(
                CoNLLReader(lines, layout: layout, isTolerant: bad.isTolerant), number, bad, body)
        case .documents(_, let makeScanner): scanner = makeScanner()
        case .paragraphs: break
        }
        let lines = reading.records(of: input)
        try forEachLine(of: lines, bad) { line in
            for paragraph in try TextReading.paragraphs(of: line, &scanner, in: lines) {
                filling.append(paragraph, input: number)
                try turnWhenFull(body)
            }
        }
    }

    private func forEachLine(of lines: any RecordReader, _ bad: BadRecords, _ body: ([UInt8]) throws -> Void) throws {
        try lines.forEachLine(bad) { bytes in
            if lines.lineNumber % 4096 == 0 { try Interruption.check("interrupted while reading \(lines.name)") }
            guard bytes.withUnsafeBufferPointer({ UTF8Validator.firstIllFormed(in: $0) }) == nil else {
                throw Failure.notUTF8(lines.name, line: lines.lineNumber)
            }
            try body(bytes)
        }
    }

    private func readColumns(
        _ columns: CoNLLReader, _ number: Int, _ bad: BadRecords, _ body: (CorpusLine) throws -> Void
    ) throws {
        let form = LookupForm(language: inputs[number].languages[0])
        var reader = columns
        while let batch = try reader.nextBatch(textByteCount: 1 << 16) {
            for record in reader.takeRejected() { try bad.reject(record) }
            bad.accept(batch.sentenceCount)
            for sentence in 0..<batch.sentenceCount {
                let tokens = batch.tokens(ofSentence: sentence)
                guard let first = tokens.first, let last = tokens.last else { continue }
                let bytes = batch.textRange(ofToken: first).lowerBound..<batch.textRange(ofToken: last).upperBound
                filling.append(sentence: batch.text[bytes], input: number) { line in
                    line.lookupForm = form
                    batch.text.withUnsafeBufferPointer { text in
                        for token in tokens {
                            line.append(
                                .init(rebasing: text[batch.textRange(ofToken: token)]), startsSentence: token == first)
                        }
                    }
                    line.markCase()
                }
                try turnWhenFull(body)
            }
        }
    }
}
