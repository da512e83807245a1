import Corpora
import Diagnostics
import Formats
import Shards
import WordAlignment

/// The first step: reads the inputs twice, once to count words and once to write them as numbers.
struct CorpusEncoder {
    let options: VectorTrainingOptions
    let files: WorkFiles
    let report: TrainingReport
    private let heldOut: HeldOutWords

    init(_ options: VectorTrainingOptions, _ files: WorkFiles, _ report: TrainingReport) {
        (self.options, self.files, self.report) = (options, files, report)
        heldOut = HeldOutWords(share: options.heldOutShare)
    }

    func run() throws {
        let excluded = try ExcludedSentences(paths: options.excluded)
        var counter = WordCounter(options.inputs, languages: options.languages, wordLimit: options.wordLimit)
        let reading = ReadingNotes(notify: report.log)
        func reader() -> CorpusReader {
            CorpusReader(
                options.inputs, excluding: excluded, bad: options.bad, reading: reading, threads: options.threads)
        }
        let first = reader(), second = reader()
        var lineCount = 0
        try first.forEach { line in
            lineCount += 1
            if lineCount % 4096 == 0 { report.status("counting words, line \(lineCount)", nil) }
            if heldOut.contains(line, of: options.inputs[line.input]) { return }
            counter.count(line)
        }
        for records in options.bad.values { try records.finish() }
        let vocabulary = counter.vocabulary
        guard vocabulary.wordCount > 0 else { throw Failure.nothingToTrainOn() }
        vocabulary.sort()
        let longPairs = try encode(vocabulary, second, lineCount: lineCount)
        guard second.bytesRead == first.bytesRead else {
            throw Failure.inputsChanged(from: first.bytesRead, to: second.bytesRead)
        }
        if vocabulary.forgottenCount > 0 {
            report.log("\(vocabulary.forgottenCount) rare words forgotten to stay within --max-words")
        }
        first.notes.forEach(report.log)
        if longPairs > 0 {
            report.log("\(longPairs) pairs longer than \(EncodedLines.maximumPairTokenCount) tokens left out")
        }
        for (number, language) in options.languages.enumerated() {
            report.log("\(language): \(counter.tokenCounts[number]) tokens")
        }
        try vocabulary.write(to: files.vocabulary, description: counter.description)
    }

    /// - Returns: Number of pairs that are too long.
    private func encode(_ vocabulary: Vocabulary, _ reader: CorpusReader, lineCount: Int) throws -> Int {
        var writers: [String: EncodedCorpus.Writer] = [:]
        for name in [WorkFiles.textName] + files.pairNames {
            writers[name] = try EncodedCorpus.Writer(path: files.encoded(name))
        }
        let codes = options.inputs.map { $0.languages.map(vocabulary.languageNumber) }
        var longPairs = 0, done = 0
        try reader.forEach { line in
            done += 1
            if done % 4096 == 0 { report.status("encoding", Double(done) / Double(max(1, lineCount))) }
            let input = options.inputs[line.input], codes = codes[line.input]
            if heldOut.contains(line, of: input) { return }
            let source = encode(line.source, codes[0], vocabulary)
            var target: (words: [UInt32], marks: [TokenMarks]) = ([], [])
            if input.kind != .text {
                target = encode(line.target, codes[1], vocabulary)
                guard max(source.words.count, target.words.count) <= EncodedLines.maximumPairTokenCount else {
                    longPairs += 1
                    return
                }
            }
            try writers[input.kind == .text ? WorkFiles.textName : input.name]?.append(
                languages: [codes[0], codes.last ?? 0],
                areEntries: input.kind == .dictionary, source: source.words, sourceMarks: source.marks,
                target: target.words, targetMarks: target.marks)
        }
        for name in writers.keys.sorted() { try writers[name]?.finish() }
        return longPairs
    }

    /// Words that were forgotten for want of memory are left out.
    private func encode(_ tokens: TokenLine, _ language: UInt16, _ vocabulary: Vocabulary) -> (
        words: [UInt32], marks: [TokenMarks]
    ) {
        var words: [UInt32] = []
        var marks: [TokenMarks] = []
        tokens.forms.withUnsafeBufferPointer { forms in
            for token in 0..<tokens.count {
                guard
                    let word = vocabulary.find(.init(rebasing: forms[tokens.range(token)]), language: language)
                else { continue }
                words.append(UInt32(word))
                marks.append(tokens.marks[token])
            }
        }
        return (words, marks)
    }
}
