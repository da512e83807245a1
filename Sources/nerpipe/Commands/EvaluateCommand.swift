import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Formats
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Scores a model, or predictions, against gold labels.",
        discussion: """
            EXAMPLES
              nerpipe evaluate --model students/sw --map DATE=O,MISC=O test.conll
              nerpipe evaluate --model transformers/en --types PER,LOC,ORG dev.conll
              nerpipe evaluate --teacher-command 'python3 example.py names.tsv' dev.conll
              nerpipe evaluate predicted.conll          # TOKEN ... GOLD PREDICTED
              nerpipe evaluate --model students/sw test.conll --counts sw-1.counts
              nerpipe evaluate --model students/sw dev.conll --calibrate
              nerpipe evaluate --model teachers/a --model teachers/b \\
                --find-weights sw.weights projected.conll
              nerpipe evaluate --model students/sw --reference teachers/en \\
                --seen en=en/train.conll --json -o scores.json test.conll

            Exact spans, micro-averaged, with a bootstrap interval over sentences. IOB tags are read as conlleval and seqeval read them. E- and S- \
            (BIOES), L- and U- (BILOU) are taken at their word, as seqeval takes E- and S-; conlleval.pl has no rules for most of them and joins \
            S-X S-X: then a line says what it would print. The strict line counts entities whose tags follow --scheme, as seqeval's strict mode \
            does. Ill-formed I- tags are counted as the files have them. --map and --types go over gold and predicted labels alike.

            --seen and --reference say more of the same run: entities whose words were learnt from apart from the others, and how far another tagger agrees; the JSON report then \
            has the twenty sentences on which they agree least, with their words.

            --find-weights says how much each model of an ensemble should say: the weights of their mean under which the labels are most probable. Labels of the target \
            need not be there for it: those that 'project' carries over from translations tell a good teacher from a bad one, too.
            """)

    @Argument(help: "Gold CoNLL files, or files with gold and predicted columns; plain, .gz or .zst.")
    var inputs: [String]

    @Option(
        help:
            "Model directory, or folder of a Hugging Face token classifier; without it the last column is the prediction. Repeated, an ensemble: the mean of their distributions."
    )
    var model: [String] = []

    @Option(help: "How much each model of an ensemble has to say, in their order. Default: the same for all.")
    var weight: [Double] = []

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(
        help: "Language code of the text, for tables with rows per language. Default: the language of the model.")
    var lang = "und"

    @Option(help: "Replicates of the bootstrap; 0 leaves the interval out.")
    var bootstrap = 1000

    @Option(help: "Seed of the bootstrap.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Tag scheme that the strict line follows.", valueName: "iob1|iob2|iobes|bilou"))
    var scheme: TagScheme = .iob2

    @Flag(name: .shortAndLong, help: "Print errors only.")
    var quiet = false

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    @Option(name: .joinable("o"), help: "File for the report; '-' is standard output.")
    var output = "-"

    @Option(
        help: ArgumentHelp(
            "Also write what every sentence counts, with --seen apart for what was learnt from, for 'nerpipe compare' and 'study'.",
            valueName: "file"))
    var counts: String?

    @Option(
        help: ArgumentHelp(
            "Labelled text that was learnt from, read as the gold files are: scores also say which entities stand in it. Repeatable.",
            valueName: "file"))
    var seen: [String] = []

    @Option(
        help: ArgumentHelp(
            "Tag with this model as well, for instance the teacher, and say how far they agree. Repeated, an ensemble.",
            valueName: "model"))
    var reference: [String] = []

    @Flag(
        help:
            "Also find the temperature at which the model's scores are the share of entities that is right, and write it into its folder, for 'tag'."
    )
    var calibrate = false

    @Option(
        help: ArgumentHelp(
            "Also write how often what the model is sure of is right, a reliability diagram as a table, for 'nerpipe study'.",
            valueName: "file"))
    var reliability: String?

    @Option(
        help: ArgumentHelp(
            "Also find the weights of an ensemble under which the labels are most probable, and write them, for 'score --weights'.",
            valueName: "file"))
    var findWeights: String?

    @OptionGroup var programs: ProgramTeacherArguments
    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var arithmetic: PrecisionArguments
    @OptionGroup var gold: GoldArguments

    func validate() throws {
        guard (0...1_000_000).contains(bootstrap) else {
            throw ValidationError("--bootstrap must be from 0 to 1000000")
        }
        guard programs.missing == .fail else {
            throw ValidationError("--teacher-missing is for score: what is scored must have an answer for every word")
        }
        guard !looksAtScores || model.count == 1 && programs.commands.isEmpty else {
            throw ValidationError("--calibrate and --reliability are for one --model")
        }
        guard seen.isEmpty && reference.isEmpty || isTagging else {
            throw ValidationError("--seen and --reference are for --model and --teacher-command")
        }
        guard weight.isEmpty || model.count + programs.commands.count > 1 else {
            throw ValidationError("--weight is for several --model")
        }
        guard findWeights == nil || model.count + programs.commands.count > 1 else {
            throw ValidationError("--find-weights is for several --model")
        }
    }

    func run() async throws {
        let bad = gold.bad.records { say($0) }
        let reading = ReadingNotes { say($0) }
        // The counts are only a part of what is made: the report is printed, however often it is asked for.
        let rule = try counts.map { try overwriting.rule(for: $0, inputs: inputs).forParts }
        if let counts { try rule?.requireFree(counts) }
        if let findWeights { try partRule(findWeights).requireFree(findWeights) }
        if let reliability { try partRule(reliability).requireFree(reliability) }
        if output != "-" { try overwriting.rule(for: output, inputs: inputs).forParts.requireFree(output) }
        let goldDigest = counts == nil ? nil : try goldDigest()
        let scorer: SpanScorer, details: EvaluationDetails
        do {
            let labels = try gold.labels
            let (comparison, modelTypes, found) = try await compare(labels, bad, reading)
            (scorer, details) = (comparison.scorer, found)
            guard scorer.report.tokenCount > 0 else { throw Failure.nothingToScore(inputs[0]) }
            for note in try comparison.check(labels, modelTypes: modelTypes, place: inputs[0]) {
                say(note)
            }
            for note in try OwnFiles.notes(of: model, scoredOn: inputs) { say(note) }
        } catch let error as EvaluationError {
            throw Failure.cannotScore(error)
        }
        if let counts, let rule, let goldDigest {
            try CountsFile(
                goldDigest: goldDigest, sentences: scorer.sentenceTotals, seen: details.seen?.sentences
            ).write(to: counts, rule)
        }
        let report = scorer.report(bootstrap: bootstrap == 0 ? nil : Bootstrap(replicates: bootstrap, seed: seed))
        let text = json ? report.jsonObject(details) + "\n" : report.table() + details.table
        guard output != "-" else { return try StandardOutput.write(text) }
        try TextFile.write(text, to: output, overwriting.rule(for: output, inputs: inputs).forParts)
    }

    private var isTagging: Bool { !model.isEmpty || !programs.commands.isEmpty }

    /// - Returns: Also the types that the model knows, where there is one, and what was asked for besides scores.
    private func compare(_ labels: LabelFilter, _ bad: BadRecords, _ reading: ReadingNotes) async throws -> (
        GoldCorpus.Comparison, [String]?, EvaluationDetails
    ) {
        guard isTagging else {
            return (
                try GoldCorpus.evaluateColumns(
                    inputs.flatMap(Directory.expand), labels: labels, scheme: scheme, form: try gold.form,
                    bad: bad, reading: reading), nil, EvaluationDetails()
            )
        }
        let corpus = try gold.corpus(inputs, longSentences: .refuse, requiresIOB: false, bad: bad, reading: reading)
        let known = try seen.isEmpty ? nil : gold.corpus(seen, bad: bad, reading: reading).entityTexts()
        let watch = known == nil && reference.isEmpty ? nil : GoldWatch(labels: labels, known: known)
        let (comparison, types) = try await tag(corpus, with: model, isSystem: true, observer: watch?.addSystem)
        if !reference.isEmpty {
            _ = try await tag(corpus, with: reference, isSystem: false, observer: watch?.addReference)
        }
        try bad.finish()
        let agreement = reference.isEmpty ? nil : watch?.agreement
        return (comparison, types, EvaluationDetails(seen: watch?.seen, agreement: agreement))
    }

    /// Tags the corpus.
    ///
    /// - Parameter isSystem: Whether it is what is evaluated, with its programs and its weights.
    private func tag(
        _ corpus: GoldCorpus, with paths: [String], isSystem: Bool, observer: GoldCorpus.Observer?
    ) async throws -> (GoldCorpus.Comparison, types: [String]) {
        let transformers = try paths.map(TransformerFolder.find)
        let models = try zip(paths, transformers).compactMap { try $1 == nil ? ModelFolder(path: $0) : nil }
        let table = try models.first.map {
            try TableFinder.open($0.model.configuration.vectors, override: vectors, neededBy: $0.path)
        }
        let lang = try language(of: corpus, models, table)
        guard !looksAtScores || table != nil else { throw Failure.onlyTaggersAreCalibrated(paths[0]) }
        if let table, paths.count == 1, !isSystem || programs.commands.isEmpty {
            let comparison = try corpus.evaluate(
                models[0].model, table: table, language: lang, precision: arithmetic.precision, scheme: scheme,
                observer: observer)
            if isSystem, looksAtScores { try lookAtScores(of: models[0], corpus, table, lang) }
            return (comparison, try models[0].model.tagSet(place: models[0].path).types)
        }
        var teachers = try teachers(paths, transformers, models, table)
        if isSystem {
            teachers += try await programs.open(languages: corpus.languages(default: lang)) { say($0) }
        }
        let ensemble = try TeacherMixture(teachers, weights: isSystem ? weight : [])
        let embedder = try table.map { try Embedder(table: $0, for: models[0].model.configuration) }
        var fit = isSystem && findWeights != nil ? MixtureFit(teacherCount: teachers.count) : nil
        let comparison = try await corpus.evaluate(
            ensemble, embedder: embedder, language: lang, scheme: scheme, fit: &fit, observer: observer)
        if let fit, let findWeights {
            try fit.found(for: ensemble, data: corpus.place) { say($0) }.write(
                to: findWeights, partRule(findWeights))
        }
        return (comparison, try TagSet(names: ensemble.labels, place: ensemble.name).types)
    }

    private var looksAtScores: Bool { calibrate || reliability != nil }

    private func lookAtScores(
        of model: ModelFolder, _ corpus: GoldCorpus, _ table: VectorTable, _ language: String
    ) throws {
        let fit = try corpus.calibrate(model.model, table: table, language: language)
        if let reliability { try ReliabilityFile(fit).write(to: reliability, partRule(reliability)) }
        guard calibrate else { return }
        guard fit.entityCount > 0 else { throw Failure.nothingToCalibrate(corpus.place) }
        let found = EntityCalibration(fit, data: corpus.place, model: try model.model.digest())
        try found.write(model.path)
        func percent(_ error: Double) -> String { "\((error * 1000).rounded() / 10) %" }
        say(
            "calibrated with \(found.entityCount) entities: temperature \((found.temperature * 100).rounded() / 100), expected "
                + "calibration error \(percent(found.errorBefore)) before and \(percent(found.errorAfter)) after")
        if CalibrationFit.isAtEdge(found.temperature) {
            say("warning: no better temperature was tried; the model finds too few entities that are right")
        }
    }

    /// In the order of their paths.
    private func teachers(
        _ paths: [String], _ transformers: [TransformerFolder?], _ models: [ModelFolder], _ table: VectorTable?
    ) throws -> [any Teacher] {
        try zip(paths, transformers).compactMap { path, transformer in
            if let transformer { return try programs.remembering(transformer.open(arithmetic.precision)) { say($0) } }
            guard let table, let own = models.first(where: { $0.path == path }) else { return nil }
            return try own.teacher(vectors: table, arithmetic.precision)
        }
    }

    /// The language of files that do not name theirs.
    private func language(of corpus: GoldCorpus, _ models: [ModelFolder], _ table: VectorTable?) throws -> String {
        guard let table, corpus.files.contains(where: { $0.language == nil }) else { return lang }
        return try TextLanguage.of(lang, models: models.map(\.model.configuration), table: table) {
            say($0)
        }
    }

    private func partRule(_ path: String) throws -> OutputRule {
        try overwriting.rule(for: path, compresses: false, inputs: inputs).forParts
    }

    private func say(_ message: String) {
        if !quiet { StandardError.write("nerpipe evaluate: \(message)\n") }
    }

    private func goldDigest() throws -> String {
        let paths =
            isTagging ? inputs.flatMap(GoldCorpus.File.parse).map(\.path) : inputs.flatMap(Directory.expand)
        return try CountsFile.goldDigest(of: paths, hasPredictions: !isTagging)
    }
}
