import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Pipelines
import Shards
import VectorSpaces
import Vectors

extension RowPreparation: ExpressibleByArgument {}
extension AlignedTable.Subwords: ExpressibleByArgument {}
extension SeedDictionary.Alike: ExpressibleByArgument {}

struct VectorsAlignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "align", abstract: "Maps the vectors of one language onto those of another.",
        discussion: """
            EXAMPLES
              nerpipe vectors align es.vectors en.vectors \\
                --dictionary es-en.tsv -o es-en.vectors
              nerpipe vectors align europe.vectors --from es --to en \\
                --dictionary es-en.tsv -o europe-aligned.vectors
              nerpipe vectors align fi.vectors en.vectors --seeds identical \\
                -o fi-en.vectors

            The map is orthogonal (Procrustes), learned from the pairs of the dictionary, SOURCE TAB TARGET lines, and refined with the mutual nearest neighbours (CSLS) among the most frequent words. Of all maps the one is kept whose frequent words have the nearest neighbours; no dictionary chooses it. Refining mends a small dictionary; where one has thousands of good pairs, compare with --iterations 0.

            The table that is made has all rows of the target's table as unit vectors, and the mapped rows of the source language. A part of the dictionary's source words is held out, and the precision of their translation is printed.
            """)

    @Argument(help: "Vector table of the source language, and that of the target language; or one table with both.")
    var tables: [String]

    @Option(name: .joinable("o"), help: "Table to make.")
    var output: String

    @OptionGroup var languages: LanguagePairArguments

    @Option(help: "Translations to learn from, SOURCE TAB TARGET lines; plain, .gz or .zst.")
    var dictionary: String?

    @Option(
        help: ArgumentHelp(
            "Without a dictionary: begin with the words that are written alike.", valueName: "identical|numerals"))
    var seeds: SeedDictionary.Alike?

    @Option(help: "Share of the dictionary's source words, chosen by their hash, that tests and does not teach.")
    var holdout = 0.2

    @Option(help: "Test with these translations instead; their source words do not teach.")
    var testDictionary: String?

    @Option(help: "Refinements; 0 for the dictionary alone.")
    var iterations = SpaceAlignment.Settings().iterationCount

    @Option(help: "Most frequent words of each language that refine.")
    var refineWords = SpaceAlignment.Settings().wordCount

    @Option(help: "Most frequent words of each language among which their neighbours are sought.")
    var refineCandidates = SpaceAlignment.Settings().candidateCount

    @Option(
        help: ArgumentHelp(
            "What is done to the rows first: length 1, or also less the mean of their language.",
            valueName: "unit|center,unit"))
    var normalize: RowPreparation = .unit

    @Option(
        help: ArgumentHelp(
            "Whose character n-grams to keep, when two tables have some: unknown words of all languages are composed from them.",
            valueName: "source|target|none"))
    var subwords: AlignedTable.Subwords?

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...2).contains(tables.count) else {
            throw ValidationError("name two tables, or one that has both languages")
        }
        guard (dictionary == nil) != (seeds == nil) else {
            throw ValidationError("name either a --dictionary or --seeds")
        }
        guard (0..<1).contains(holdout) else { throw ValidationError("--holdout must be at least 0 and below 1") }
        guard (0...1000).contains(iterations) else { throw ValidationError("--iterations must be from 0 to 1000") }
        guard refineWords > 0, refineCandidates > 0 else {
            throw ValidationError("--refine-words and --refine-candidates must be at least 1")
        }
        if subwords != nil, tables.count == 1 {
            throw ValidationError("--subwords chooses between two tables; one table keeps its own")
        }
    }

    func run() async throws {
        let session = Session(common, command: "vectors align")
        let command = self
        try await session.run { try command.align(session) }
    }

    private func align(_ session: Session) throws {
        let rule = try overwriting.rule(for: output, compresses: false, wait: common.wait)
        try rule.requireFree(output)
        let source = try VectorTable(path: tables[0])
        let target = tables.count == 1 ? source : try VectorTable(path: tables[1])
        try source.verify()
        if tables.count > 1 { try target.verify() }
        let pair = try languages.resolve(source, target)
        try AlignedTable.check(
            source: source, sourceNumber: pair.source.number, sourceName: pair.source.name, target: target,
            targetNumber: pair.target.number, targetName: pair.target.name, subwords: subwords, preparation: normalize)
        session.progress.setStatus("reading", fraction: nil)
        let spaces = try languages.spaces(pair, source, target, preparation: normalize)
        let (training, test) = try pairs(spaces.source, spaces.target, pair.forms(source, target), session)
        session.log("\(training.pairs.count) pairs to learn from, of \(training.sourceWordCount) source words")
        if training.pairs.count < source.dimension {
            session.log("fewer pairs than dimensions: the map is a guess where they say nothing")
        }
        var settings = SpaceAlignment.Settings()
        settings.iterationCount = iterations
        settings.wordCount = refineWords
        settings.candidateCount = refineCandidates
        settings.threads = session.threads
        let alignment = try SpaceAlignment(
            source: spaces.source, target: spaces.target, pairs: training.pairs, settings: settings
        ) { number, iteration in
            let cosine = FixedDecimal.text(iteration.meanCosine, decimals: 4)
            session.log("map \(number): \(iteration.pairCount) pairs, mean cosine \(cosine)")
            session.progress.setStatus("map \(number)", fraction: Double(number + 1) / Double(iterations + 2))
        }
        session.log("map \(alignment.best) is kept")
        spaces.source.rotate(by: Rotation(alignment.matrix, dimension: source.dimension))
        let report = try test.map {
            try TranslationReport(source: spaces.source, target: spaces.target, test: $0, threads: settings.threads)
        }
        let aligned = AlignedTable(
            source: spaces.source, sourceName: pair.source.name, target: spaces.target, targetName: pair.target.name,
            matrix: alignment.matrix)
        let description = try aligned.write(to: output, rule, subwords: subwords) {
            session.progress.setStatus("\($0) rows", fraction: nil)
        }
        session.log("\(output): \(description.rowCount) rows of \(description.dimension)")
        if let report { try report.write(asJSON: json) }
    }

    /// The pairs that teach, and those that test.
    private func pairs(
        _ source: LanguageSpace, _ target: LanguageSpace, _ forms: BilingualDictionary.Forms, _ session: Session
    ) throws -> (SeedDictionary, SeedDictionary?) {
        let bad = bad.records { session.log($0) }
        let tests = try testDictionary.map { try BilingualDictionary(path: $0, forms: forms, bad: bad) }
        let dictionary = try dictionary.map { try BilingualDictionary(path: $0, forms: forms, bad: bad) }
        try bad.finish()
        for (path, dictionary) in [(self.dictionary, dictionary), (testDictionary, tests)] {
            guard let path, let dictionary else { continue }
            let (repeated, multiword) = (dictionary.repeatedEntryCount, dictionary.multiwordEntryCount)
            if repeated + multiword > 0 {
                session.log("\(path): left out \(repeated) repeated pairs and \(multiword) of several words")
            }
        }
        func tested(_ form: [UInt8]) -> Bool {
            tests.map { !$0.translations(of: form).isEmpty } ?? SeedDictionary.isHeldOut(form, share: holdout)
        }
        let training =
            if let dictionary {
                SeedDictionary(dictionary, source: source, target: target) { !tested($0) }
            } else {
                (seeds ?? .identical).pairs(source: source, target: target)
            }
        guard !training.pairs.isEmpty else {
            throw Failure.noPairHasRows(dictionary: self.dictionary, seeds: seeds)
        }
        if let tests { return (training, SeedDictionary(tests, source: source, target: target)) }
        guard let dictionary, holdout > 0 else { return (training, nil) }
        return (training, SeedDictionary(dictionary, source: source, target: target, where: tested))
    }
}
