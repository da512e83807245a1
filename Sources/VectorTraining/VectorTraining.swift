import Diagnostics
import Runs
import Shards
package import Vectors

/// Trains vectors of several languages in one space, from sentence pairs, dictionaries and monolingual text.
///
/// Steps, each leaving complete files in the work folder `OUTPUT.work`, from which an interrupted run continues: the inputs are read
/// once to count words and once to write them as numbers (``CorpusEncoder``); every language pair is aligned
/// (``PairLinking``); the joint space is trained out of core (``SpaceTraining``); the languages are brought closer, and the table
/// is written (``TableOutput``).
package struct VectorTraining: Sendable {
    private static let kind = "vectors train"

    private let options: VectorTrainingOptions
    private let identity: VectorTrainingIdentity
    private let report: TrainingReport
    private let pairNames: [String]

    package init(_ options: VectorTrainingOptions, identity: VectorTrainingIdentity, report: TrainingReport) {
        (self.options, self.identity, self.report) = (options, identity, report)
        pairNames = options.pairNames
    }

    package func run() throws -> VectorTableDescription {
        guard !Directory.exists(options.output) else { throw Failure.outputIsFolder(options.output) }
        if let folder = options.dictionaries { try Directory.make(folder) }
        let place = options.output + ".work"
        if try isComplete(), !Directory.exists(place) { throw OutputRule.CompleteAlready(path: options.output) }
        let folder = try RunFolder(place, wait: options.start.wait)
        defer { withExtendedLifetime(folder) {} }
        let signature = try folder.claim(
            RunSignature(Self.kind, identity: identity), options.start, own: WorkFiles.isOwn, warn: report.log)
        // Whoever had the lock may have finished; and a run may be interrupted while it tidies up.
        if try isComplete() {
            if !options.keepsWork { try folder.remove() }
            throw OutputRule.CompleteAlready(path: options.output)
        }
        let description = try train(WorkFiles(folder: folder, pairNames: pairNames), signature)
        if !options.keepsWork { try folder.remove() }
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

    /// All steps, but for what is there.
    private func train(_ files: WorkFiles, _ signature: RunSignature) throws -> VectorTableDescription {
        // The vocabulary is the last file to be written; another may have been removed because it was damaged.
        let encoded = ([WorkFiles.textName] + pairNames).map(files.encoded)
        if !([files.vocabulary] + encoded).allSatisfy(Directory.fileExists) {
            try CorpusEncoder(options, files, report).run()
        }
        let (vocabulary, corpus) = try Vocabulary.read(
            files.vocabulary, languages: options.languages, as: CorpusDescription.self)
        let rowCount =
            vocabulary.counts.firstIndex { $0.occurrences < options.minimumCount } ?? vocabulary.wordCount
        guard rowCount > 0 else { throw Failure.tooFewOccurrences(options.output, minimum: options.minimumCount) }
        try PairLinking(options: options, files: files, report: report).run(vocabulary)
        let lexicon = try readLexicon(files, vocabulary)
        try SpaceTraining.requireMemory(for: options.skipGram, rowCount: rowCount, options.threads)
        let (rows, rowsOfBuckets) = try trainRows(files, vocabulary, lexicon, signature, rowCount: rowCount)
        return try TableOutput(
            options: options, files: files, report: report, vocabulary: vocabulary, corpus: corpus, lexicon: lexicon,
            rows: rows, rowsOfBuckets: rowsOfBuckets, rowCount: rowCount
        ).write()
    }

    /// The vectors of the words, and after them the rows of the n-grams, with the row of each bucket. What else training needs is free by then.
    private func trainRows(
        _ files: WorkFiles, _ vocabulary: Vocabulary, _ lexicon: Lexicon, _ signature: RunSignature, rowCount: Int
    ) throws -> (rows: HalfRows, ofBuckets: [UInt32]) {
        let space = SkipGram(options.skipGram, vocabulary: vocabulary, rowCount: rowCount)
        let distribution = ExampleDistribution(
            options.skipGram, vocabulary: vocabulary, lexicon: lexicon, rowCount: rowCount, rows: space.rows)
        try SpaceTraining(options, files, vocabulary, signature, report).run(space, distribution)
        report.status("refining the space", nil)
        space.compose(options.threads)
        return (space.inputs, space.rowsOfBuckets)
    }

    /// Reads the aligned dictionaries, and writes them as text where they are wanted.
    private func readLexicon(_ files: WorkFiles, _ vocabulary: Vocabulary) throws -> Lexicon {
        var lexicon = Lexicon(wordCount: vocabulary.wordCount, languageCount: vocabulary.languages.count)
        for name in pairNames {
            let dictionary = try AlignedDictionary(path: files.dictionary(name), wordCount: vocabulary.wordCount)
            lexicon.add(dictionary, wordLanguages: vocabulary.wordLanguages)
            if let folder = options.dictionaries {
                try TextFile.write(dictionary.text(vocabulary), to: "\(folder)/\(name).tsv", options.rule.forParts)
            }
        }
        return lexicon
    }
}
