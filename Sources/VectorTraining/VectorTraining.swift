import Checkpoints
package import Corpora
import Diagnostics
import Formats
import Glibc
import Kernels
import Randomness
package import Shards
package import Streams
import VectorSpaces
package import Vectors
import WordAlignment

/// Trains vectors of several languages in one space, from sentence pairs, dictionaries and monolingual text.
///
/// Steps, each leaving complete files in the work folder `OUTPUT.work`, from which an interrupted run continues: the inputs are read
/// once to count words and once to write them as numbers; every language pair is aligned; the joint space is trained
/// out of core; the languages are brought closer; the table is written.
package struct VectorTraining: Sendable {
    package struct Options: Sendable {
        package var inputs: [TrainingInput]
        /// Files of sentences that must not be learnt from.
        package var excluded: [String] = []
        package var output: String
        package var rule = OutputRule()
        /// Folder for the dictionaries that the alignment makes; nil keeps none.
        package var dictionaries: String?
        /// Language whose rows stay where they are, and stand in for missing ones; nil takes the one with most text.
        package var pivot: String?
        /// Occurrences from which a word has a row.
        package var minimumCount = 2
        /// Words that are counted at most; decides the memory.
        package var wordLimit = 4_000_000
        /// Probability in both directions from which a pair is in a dictionary.
        package var dictionaryFloor: Float = 0.1
        /// Memory of the table of one alignment, in bytes.
        package var alignmentBytes = 1 << 30
        package var alignmentIterations = 5
        package var skipGram = SkipGramSettings()
        package var refinement = RefinementSettings()
        /// Share of the source words whose translations nothing may learn, for measuring.
        package var heldOutShare = 0.0
        package var checkpointInterval = Duration.seconds(300)
        package var startsFresh = false
        /// Continue what another instruction set began; the bytes are then those of neither.
        package var acceptsOtherKernels = false
        /// Keep the work folder, so that another refinement need not train again.
        package var keepsWork = false
        package var threads = ComputeThreads.single
        /// What becomes of lines and sentences that cannot be read; those of a kind that is not named stop it.
        package var bad: [TrainingInput.Kind: BadRecords] = [:]

        package init(inputs: [TrainingInput], output: String) {
            self.inputs = inputs
            self.output = output
        }
    }

    /// What the count of words leaves for later steps.
    struct CorpusDescription: Codable {
        var tokenCounts: [UInt64]
        var followed: [UInt64]
        var followedByCased: [UInt64]
    }

    let options: Options
    let log: @Sendable (String) -> Void
    let status: @Sendable (String, Double?) -> Void
    let figures: @Sendable ([String: Double]) -> Void
    let languages: [String]
    let work: WorkFolder

    /// - Parameters:
    ///   - log: Takes a line about each step.
    ///   - status: Takes what is being done now, and how much of it is done.
    ///   - figures: Takes epoch and loss, by name.
    package init(
        _ options: Options, identity: [String: String], log: @escaping @Sendable (String) -> Void,
        status: @escaping @Sendable (String, Double?) -> Void,
        figures: @escaping @Sendable ([String: Double]) -> Void = { _ in }
    ) {
        self.options = options
        self.figures = figures
        self.log = log
        self.status = status
        var languages: [String] = []
        for language in options.inputs.flatMap(\.languages) where !languages.contains(language) {
            languages.append(language)
        }
        self.languages = languages
        // The order of sums differs between instruction sets, and with it the last bits.
        work = WorkFolder(
            path: options.output + ".work", identity: identity.merging([RunKernels.key: Kernel.pathName]) { $1 })
    }

    package func run() throws -> VectorTableDescription {
        guard !Directory.exists(options.output) else {
            throw Failure(
                .cannotCreate,
                "\(options.output): is a directory; name a file in it, for example \(options.output)/NAME.vectors")
        }
        if let folder = options.dictionaries { try Directory.make(folder) }
        if try isComplete(), !Directory.exists(work.path) {
            throw OutputRule.CompleteAlready(path: options.output)
        }
        let lock = try work.open(
            startsFresh: options.startsFresh, acceptsOtherKernels: options.acceptsOtherKernels,
            wait: options.rule.wait, warn: log)
        defer { withExtendedLifetime(lock) {} }
        // Whoever had the lock may have finished; and a run may be interrupted while it tidies up.
        if try isComplete() {
            if !options.keepsWork { try work.remove() }
            throw OutputRule.CompleteAlready(path: options.output)
        }
        // The vocabulary is the last file to be written; another may have been removed because it was damaged.
        if !(["vocabulary.zst", encodedName("text")] + pairNames.map(encodedName)).allSatisfy(work.has) {
            try countAndEncode()
        }
        let (vocabulary, corpus) = try Vocabulary.read(
            work.file("vocabulary.zst"), languages: languages, as: CorpusDescription.self)
        let rowCount =
            vocabulary.counts.firstIndex { $0.occurrences < options.minimumCount } ?? vocabulary.wordCount
        guard rowCount > 0 else {
            throw Failure(
                .badData,
                "\(options.output): no word occurs \(options.minimumCount) times; lower --minimum-count, with --fresh")
        }
        try align(vocabulary)
        let lexicon = try readLexicon(vocabulary)
        let space = try trainSpace(vocabulary, lexicon, rowCount: rowCount)
        let description = try TableOutput(
            training: self, vocabulary: vocabulary, corpus: corpus, lexicon: lexicon, space: space
        ).write()
        if !options.keepsWork { try work.remove() }
        return description
    }

    /// Whether the outputs are there, complete, from this same run.
    ///
    /// - Throws: When something else is there.
    private func isComplete() throws -> Bool {
        let dictionaries = options.dictionaries.map { folder in pairNames.map { "\(folder)/\($0).tsv" } } ?? []
        for path in dictionaries { try options.rule.forParts.requireFree(path) }
        do {
            try options.rule.requireFree(options.output)
            return false
        } catch is OutputRule.CompleteAlready {
            return dictionaries.allSatisfy(Directory.fileExists)
        }
    }

    // MARK: Counting and encoding

    private func countAndEncode() throws {
        let excluded = try ExcludedSentences(paths: options.excluded)
        var counter = WordCounter(options.inputs, languages: languages, wordLimit: options.wordLimit)
        let reading = ReadingNotes(notify: log)
        let reader = CorpusReader(options.inputs, excluding: excluded, bad: options.bad, reading: reading)
        var lineCount = 0
        try reader.forEach { line in
            lineCount += 1
            if lineCount % 4096 == 0 { status("counting words, line \(lineCount)", nil) }
            if isHeldOut(line) { return }
            counter.count(line)
        }
        for records in options.bad.values { try records.finish() }
        let vocabulary = counter.vocabulary
        guard vocabulary.wordCount > 0 else { throw Failure(.badData, "the inputs hold no word; nothing to train on") }
        vocabulary.sort()
        let again = CorpusReader(options.inputs, excluding: excluded, bad: options.bad, reading: reading)
        let longPairs = try encode(vocabulary, again, lineCount: lineCount)
        guard again.bytesRead == reader.bytesRead else {
            throw Failure(
                .badData,
                "the inputs had \(reader.bytesRead) bytes when they were read first, \(again.bytesRead) the second "
                    + "time; give files that stay as they are, no pipes")
        }
        if vocabulary.forgottenCount > 0 {
            log("\(vocabulary.forgottenCount) rare words forgotten to stay within --maximum-words")
        }
        reader.notes.forEach(log)
        if longPairs > 0 {
            log("\(longPairs) pairs longer than \(EncodedLines.maximumPairTokenCount) tokens left out")
        }
        for (number, language) in languages.enumerated() {
            log("\(language): \(counter.tokenCounts[number]) tokens")
        }
        try vocabulary.write(
            to: work.file("vocabulary.zst"),
            description: CorpusDescription(
                tokenCounts: counter.tokenCounts, followed: counter.followed,
                followedByCased: counter.followedByCased))
    }

    private func encode(_ vocabulary: Vocabulary, _ reader: CorpusReader, lineCount: Int) throws -> Int {
        var writers: [String: EncodedCorpus.Writer] = [:]
        for name in ["text"] + pairNames {
            writers[name] = try EncodedCorpus.Writer(path: work.file(encodedName(name)))
        }
        let codes = options.inputs.map { $0.languages.map(vocabulary.languageNumber) }
        var longPairs = 0, done = 0
        try reader.forEach { line in
            done += 1
            if done % 4096 == 0 { status("encoding", Double(done) / Double(max(1, lineCount))) }
            if isHeldOut(line) { return }
            let input = options.inputs[line.input]
            let source = encode(line.source, codes[line.input][0], vocabulary)
            var target: (words: [UInt32], marks: [TokenMarks]) = ([], [])
            if input.kind != .text {
                target = encode(line.target, codes[line.input][1], vocabulary)
                guard max(source.words.count, target.words.count) <= EncodedLines.maximumPairTokenCount else {
                    longPairs += 1
                    return
                }
            }
            let name = input.kind == .text ? "text" : input.name
            try writers[name]?.append(
                languages: [codes[line.input][0], codes[line.input].last ?? 0],
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

    /// Whether a line is an entry of a dictionary that must not be learnt.
    private func isHeldOut(_ line: CorpusLine) -> Bool {
        guard options.heldOutShare > 0, options.inputs[line.input].kind == .dictionary else { return false }
        return SeedDictionary.isHeldOut(line.source.forms, share: options.heldOutShare)
    }

    // MARK: Alignment

    /// `en-sw` of all inputs that are pairs, in order.
    var pairNames: [String] {
        var names: [String] = []
        for input in options.inputs where input.kind != .text && !names.contains(input.name) {
            names.append(input.name)
        }
        return names
    }

    private func encodedName(_ name: String) -> String { "encoded-\(name).zst" }
    func linkedName(_ name: String) -> String { "linked-\(name).zst" }
    private func dictionaryName(_ name: String) -> String { "\(name).dictionary" }

    private func align(_ vocabulary: Vocabulary) throws {
        let missing = pairNames.filter { !work.has(dictionaryName($0)) || !work.has(linkedName($0)) }
        let shared = SharedVocabulary(vocabulary)
        // Each pair is aligned by itself, so their order does not matter.
        try options.threads.run(missing.count) { pair, _ in try align(missing[pair], shared.vocabulary) }
    }

    private func align(_ name: String, _ vocabulary: Vocabulary) throws {
        var settings = WordAligner.Settings(tableBytes: options.alignmentBytes)
        settings.iterations = options.alignmentIterations
        let corpus = try EncodedCorpus.Reader(
            paths: [work.file(encodedName(name))], wordCount: vocabulary.wordCount, languageCount: languages.count)
        var aligner = WordAligner(settings, wordCount: vocabulary.wordCount)
        try aligner.train(corpus) { status("aligning \(name)", $0) }
        if aligner.table.refusedCount > 0 {
            log("\(name): the table of word pairs is full; raise --alignment-memory for better alignments")
        }
        var writer = try EncodedCorpus.Writer(path: work.file(linkedName(name)))
        var links = 0, tokens = 0
        for index in 0..<corpus.blockCount {
            var lines = try corpus.lines(index)
            lines.links = aligner.link(lines)
            dropHeldOutLinks(&lines, vocabulary)
            links += lines.links.reduce(0) { $0 + ($1 == EncodedLines.noLink ? 0 : 1) }
            tokens += lines.links.count
            try writer.append(lines)
        }
        try writer.finish()
        var dictionary = AlignedDictionary(aligner.table, floor: options.dictionaryFloor)
        if options.heldOutShare > 0 {
            dictionary.rows.removeAll { row in isHeldOut(row.source, vocabulary) }
        }
        log(
            "\(name): \(corpus.tokenCount) tokens, \(links) links for \(tokens) target tokens, \(dictionary.rows.count) word pairs"
        )
        try dictionary.write(to: work.file(dictionaryName(name)))
    }

    private func dropHeldOutLinks(_ lines: inout EncodedLines, _ vocabulary: Vocabulary) {
        guard options.heldOutShare > 0 else { return }
        for line in 0..<lines.lineCount {
            let start = lines.sourceRange(line).lowerBound
            for token in lines.targetRange(line) where lines.links[token] != EncodedLines.noLink {
                if isHeldOut(lines.source[start + Int(lines.links[token])], vocabulary) {
                    lines.links[token] = EncodedLines.noLink
                }
            }
        }
    }

    private func isHeldOut(_ word: UInt32, _ vocabulary: Vocabulary) -> Bool {
        vocabulary.withBytes(Int(word)) { SeedDictionary.isHeldOut(Array($0), share: options.heldOutShare) }
    }

    /// Reads the aligned dictionaries, and writes them as text where they are wanted.
    private func readLexicon(_ vocabulary: Vocabulary) throws -> Lexicon {
        var lexicon = Lexicon(wordCount: vocabulary.wordCount, languageCount: languages.count)
        for name in pairNames {
            let path = work.file(dictionaryName(name))
            let dictionary = try AlignedDictionary(path: path)
            for row in dictionary.rows {
                guard max(row.source, row.target) < vocabulary.wordCount else {
                    throw Columns.Reader.damaged(path, "a word is missing")
                }
                lexicon.add(
                    row.source, vocabulary.wordLanguages[Int(row.source)], row.target,
                    vocabulary.wordLanguages[Int(row.target)], forward: row.forward, backward: row.backward,
                    links: row.links)
            }
            if let folder = options.dictionaries {
                try TextFile.write(
                    dictionary.text(vocabulary), to: "\(folder)/\(name).tsv", options.rule.forParts)
            }
        }
        return lexicon
    }

    // MARK: The joint space

    /// Refuses at once what no memory of this machine can hold.
    private func requireMemory(for settings: SkipGramSettings, rowCount: Int) throws {
        let needed = (2 * rowCount + settings.buckets) * (settings.dimension + 15) * MemoryLayout<Float>.stride
        let physical = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        guard needed < physical else {
            throw Failure(
                .usage,
                "\(rowCount) words and \(settings.buckets) n-grams of \(settings.dimension) dimensions need \(needed >> 20) MiB, "
                    + "this machine has \(physical >> 20) MiB; lower --dimension or --buckets, or raise --minimum-count"
            )
        }
    }

    private func trainSpace(
        _ vocabulary: Vocabulary, _ lexicon: Lexicon, rowCount: Int
    ) throws -> SkipGram {
        let settings = options.skipGram
        try requireMemory(for: settings, rowCount: rowCount)
        let trainer = SkipGram(settings, vocabulary: vocabulary, lexicon: lexicon, rowCount: rowCount)
        let corpus = try EncodedCorpus.Reader(
            paths: [work.file(encodedName("text"))] + pairNames.map { work.file(linkedName($0)) },
            wordCount: vocabulary.wordCount, languageCount: languages.count)
        let path = work.file("skipgram.checkpoint")
        var state = SkipGramCheckpoint.State()
        if Directory.fileExists(path) {
            state = try SkipGramCheckpoint.read(path, into: trainer)
            if state.epoch < settings.epochs {
                log("resuming in epoch \(state.epoch + 1), after \(state.tokens) tokens")
            }
        } else {
            trainer.initialize()
        }
        let total = Double(max(1, corpus.tokenCount * settings.epochs))
        var lastSave = ContinuousClock.now
        let tokensAtStart = state.tokens
        let start = ContinuousClock.now
        while state.epoch < settings.epochs {
            var random = RandomSource(seed: settings.seed, stream: .blockOrder, UInt64(state.epoch))
            let order = random.permutation(corpus.blockCount)
            while state.blocks < order.count {
                if Interruption.isRequested || ContinuousClock.now - lastSave > options.checkpointInterval {
                    try SkipGramCheckpoint.write(state, trainer, to: path)
                    try Interruption.check("interrupted in epoch \(state.epoch + 1)")
                    lastSave = .now
                }
                let lines = try corpus.lines(order[state.blocks])
                var random = RandomSource(
                    seed: settings.seed, stream: .skipGram, UInt64(state.epoch), UInt64(order[state.blocks]))
                let rate = Float(settings.learningRate * (1 - Double(state.tokens) / total))
                let (loss, count) = trainer.train(lines, random: &random, rate: rate)
                guard loss.isFinite else {
                    throw Failure(
                        .badData,
                        "\(options.output): the loss is no number any more in epoch \(state.epoch + 1); "
                            + "choose a smaller --learning-rate, with --fresh")
                }
                state.blocks += 1
                state.tokens += lines.tokenCount
                state.lossSum += loss
                state.lossCount += count
                figures([
                    "epoch": Double(state.epoch + 1), "loss": state.lossSum / Double(max(1, state.lossCount)),
                ])
                let seconds = (ContinuousClock.now - start) / Duration.seconds(1)
                status(
                    "training, epoch \(state.epoch + 1) of \(settings.epochs), loss "
                        + Self.rounded(state.lossSum / Double(max(1, state.lossCount)))
                        + ", \(Int(Double(state.tokens - tokensAtStart) / max(seconds, 0.001))) tokens/s",
                    Double(state.tokens) / total)
            }
            state.losses.append(state.lossSum / Double(max(1, state.lossCount)))
            log("epoch \(state.epoch + 1) of \(settings.epochs): loss \(Self.rounded(state.losses[state.epoch]))")
            (state.lossSum, state.lossCount, state.blocks) = (0, 0, 0)
            state.epoch += 1
            if options.keepsWork && state.epoch == settings.epochs {
                try SkipGramCheckpoint.write(state, trainer, to: path)
            }
        }
        return trainer
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}

/// A vocabulary that several threads read at the same time.
///
/// `@unchecked Sendable` holds because nothing writes it while they do.
private struct SharedVocabulary: @unchecked Sendable {
    let vocabulary: Vocabulary
    init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }
}
