import Corpora
import Diagnostics
import Formats
import Shards
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

/// Reads the inputs one after the other, line by line, in memory bounded by the longest line.
final class CorpusReader {
    private let inputs: [TrainingInput]
    private let excluded: ExcludedSentences
    private let bad: [TrainingInput.Kind: BadRecords]
    /// By language.
    private var tokenizers: [String: LanguageTokenizer] = [:]
    private let reading: ReadingNotes
    private var line = CorpusLine()
    private var excludedLineCount = 0
    private var emptyPairCount = 0
    private(set) var bytesRead = 0

    /// What was left out or not understood so far, as lines for the user.
    var notes: [String] {
        let tokens = tokenizers.values.reduce(into: [:]) { $0.merge($1.unsegmentedTokenCounts, uniquingKeysWith: +) }
        let left = [
            (emptyPairCount, "lines without words on both sides left out"),
            (excludedLineCount, "lines left out by --exclude"),
        ]
        return UnspacedScript.notes(tokens) + left.filter { $0.0 > 0 }.map { "\($0) \($1)" }
    }

    /// - Parameter bad: What becomes of lines and sentences that cannot be read; those of a kind that is not named stop it.
    init(
        _ inputs: [TrainingInput], excluding excluded: ExcludedSentences,
        bad: [TrainingInput.Kind: BadRecords] = [:], reading: ReadingNotes
    ) {
        self.inputs = inputs
        self.excluded = excluded
        self.bad = bad
        self.reading = reading
    }

    func forEach(_ body: (CorpusLine) throws -> Void) throws {
        for (number, input) in inputs.enumerated() {
            line.input = number
            line.source.lookupForm = LookupForm(language: input.languages[0])
            line.target.lookupForm = LookupForm(language: input.languages[input.languages.count - 1])
            for language in input.languages where tokenizers[language] == nil {
                tokenizers[language] = LanguageTokenizer(language: language)
            }
            for path in input.paths {
                let bytes = try BufferedInput(FileInput(path: path))
                let bad = bad[input.kind] ?? BadRecords()
                if input.kind == .text {
                    try readText(of: bytes, input.languages[0], bad, body)
                } else {
                    let lines = LineReader(bytes)
                    try forEachLine(of: lines, bad) { try readPair($0, lines, input.languages, body) }
                }
                bytesRead += bytes.offset
            }
        }
    }

    private func readText(
        of input: BufferedInput, _ language: String, _ bad: BadRecords,
        _ body: (CorpusLine) throws -> Void
    ) throws {
        let sample = try TextSample(input)
        let reading = try TextReading.recognize(sample, name: input.name)
        if !sample.isEmpty { self.reading.say(input.name, reading) }
        var scanner: (any DocumentScanner)?
        switch reading.lines {
        case .columns(let layout):
            let lines = LineReader(input)
            return try readColumns(CoNLLReader(lines, layout: layout, isTolerant: bad.isTolerant), bad, body)
        case .documents(_, let makeScanner): scanner = makeScanner()
        case .paragraphs: break
        }
        let lines = reading.records(of: input)
        try forEachLine(of: lines, bad) { line in
            for paragraph in try TextReading.paragraphs(of: line, &scanner, in: lines) {
                try readText(paragraph, language, body)
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

    private func readText(_ bytes: ArraySlice<UInt8>, _ language: String, _ body: (CorpusLine) throws -> Void) throws {
        try bytes.withUnsafeBufferPointer { text in
            line.source.removeAll()
            if excluded.contains(text) {
                excludedLineCount += 1
                return
            }
            tokenize(text, language, into: &line.source)
            if line.source.count > 0 { try body(line) }
        }
    }

    private func readPair(
        _ bytes: [UInt8], _ lines: LineReader, _ languages: [String], _ body: (CorpusLine) throws -> Void
    ) throws {
        guard let sides = try SentencePairs.sides(of: bytes, in: lines) else { return }
        try bytes.withUnsafeBufferPointer { text in
            line.source.removeAll()
            line.target.removeAll()
            let source = UnsafeBufferPointer(rebasing: text[sides.source])
            let target = UnsafeBufferPointer(rebasing: text[sides.target])
            // A sentence of one word must not take the word out of a dictionary.
            if inputs[line.input].kind == .parallel, excluded.contains(source) || excluded.contains(target) {
                excludedLineCount += 1
                return
            }
            tokenize(source, languages[0], into: &line.source)
            tokenize(target, languages[1], into: &line.target)
            guard line.source.count > 0 && line.target.count > 0 else {
                emptyPairCount += 1
                return
            }
            try body(line)
        }
    }

    private func readColumns(
        _ columns: CoNLLReader, _ bad: BadRecords, _ body: (CorpusLine) throws -> Void
    ) throws {
        var reader = columns
        while let batch = try reader.nextBatch(textByteCount: 1 << 16) {
            for record in reader.takeRejected() { try bad.reject(record) }
            bad.accept(batch.sentenceCount)
            try batch.text.withUnsafeBufferPointer { text in
                for sentence in 0..<batch.sentenceCount {
                    line.source.removeAll()
                    let range = batch.tokens(ofSentence: sentence)
                    guard !range.isEmpty else { continue }
                    let bytes =
                        batch.textRange(
                            ofToken: range.lowerBound
                        )
                        .lowerBound..<batch.textRange(ofToken: range.upperBound - 1)
                        .upperBound
                    if excluded.contains(.init(rebasing: text[bytes])) {
                        excludedLineCount += 1
                        continue
                    }
                    for token in range {
                        line.source.append(
                            .init(rebasing: text[batch.textRange(ofToken: token)]),
                            startsSentence: token == range.lowerBound)
                    }
                    line.source.markCase()
                    try body(line)
                }
            }
        }
    }

    private func tokenize(_ text: UnsafeBufferPointer<UInt8>, _ language: String, into output: inout TokenLine) {
        tokenizers[language]?.forEachToken(of: text) { output.append($0, startsSentence: $1) }
        output.markCase()
    }
}
