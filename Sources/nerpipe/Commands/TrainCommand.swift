import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Evaluation
import Formats
import Locks
import Objectives
import Pipelines
import Shards
import Taggers
import Vectors

struct CodeSwitchArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Add a copy of the training data with words replaced by this dictionary's translations into LANGUAGE; repeatable.",
            valueName: "language=dictionary.tsv"))
    var codeSwitch: [String] = []

    @Option(
        help: ArgumentHelp(
            "Probability of replacing a word that has a translation; repeated, one more copy for each. Default: 0.7.",
            valueName: "rate"))
    var codeSwitchRate: [Double] = []

    @Option(
        help: ArgumentHelp(
            "Entity types whose tokens are never translated, comma-separated.", valueName: "types"))
    var codeSwitchKeep: String?

    @Flag(help: "Train on the copies alone, without the original.")
    var codeSwitchOnly = false

    private var exceptions: CodeSwitcher.Exceptions {
        CodeSwitcher.Exceptions(
            types: codeSwitchKeep.map { Set($0.split(separator: ",").map(String.init)).sorted() } ?? [],
            leavesOutOriginal: codeSwitchOnly)
    }

    private var rates: [Double] { codeSwitchRate.isEmpty ? [0.7] : codeSwitchRate }

    func validate() throws {
        guard !codeSwitch.isEmpty || codeSwitchRate.isEmpty else {
            throw ValidationError("--code-switch-rate needs --code-switch LANGUAGE=DICTIONARY")
        }
        guard !codeSwitch.isEmpty || codeSwitchKeep == nil && !codeSwitchOnly else {
            throw ValidationError(
                "\(codeSwitchOnly ? "--code-switch-only" : "--code-switch-keep") needs --code-switch LANGUAGE=DICTIONARY"
            )
        }
    }

    /// What was asked for, for the model card; empty when nothing was.
    var description: String {
        guard !codeSwitch.isEmpty else { return "" }
        let languages = codeSwitch.map { $0.prefix { $0 != "=" } }.joined(separator: ", ")
        let kept = exceptions.types.isEmpty ? "" : ", \(exceptions.types.joined(separator: " ")) kept"
        return ", code-switched into \(languages) at \(rates.map { "\($0)" }.joined(separator: ", "))"
            + kept + (codeSwitchOnly ? ", without the original" : "")
    }

    func switcher(
        _ table: VectorTable, language: String, tags: TagSet, seed: UInt64, bad: BadRecords, log: (String) -> Void
    ) throws -> CodeSwitcher? {
        guard !codeSwitch.isEmpty else { return nil }
        let form = table.lookupForm(for: language)
        var dictionaries: [CodeSwitcher.Dictionary] = []
        for text in codeSwitch {
            let named = try NamedPath(text, option: "--code-switch", form: "LANGUAGE=DICTIONARY")
            let language = try table.ownCode(for: named.name, option: "--code-switch"), path = named.path
            let entries = try BilingualDictionary(
                path: path, forms: .init(source: form, target: table.lookupForm(for: language)), bad: bad)
            log(
                "\(path): \(entries.entries.count) translations; left out \(entries.repeatedEntryCount) repeated ones and \(entries.multiwordEntryCount) of several words"
            )
            dictionaries.append(
                CodeSwitcher.Dictionary(language: language, entries: entries) {
                    table.usualCapitalization(of: $0, language: language)
                })
        }
        try bad.finish()
        return try CodeSwitcher(
            dictionaries: dictionaries, rates: rates, seed: seed, except: exceptions, tags: tags, form: form)
    }
}

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a tagger on labelled text; makes teachers.",
        discussion: """
            EXAMPLE
              nerpipe train en/train.conll --dev en/dev.conll --lang en \\
                --vectors en-sw.vectors --map MISC=O -o teachers/en
              nerpipe train en=en/train.conll es=es/train.conll \\
                --vectors multi.vectors -o teachers/pooled
              nerpipe train en/train.conll --lang en --vectors multi.vectors --epochs 2 \\
                --code-switch sw=en-sw.tsv --code-switch de=en-de.tsv -o teachers/joint

            Input: CoNLL columns, the token first, the tag last. With --dev, which must be in the source language, the best epoch is kept.

            --code-switch adds copies of the training data in which words are replaced by translations and labels stay. A dictionary has lines \
            SOURCE<TAB>TARGET, and after that if you know them p(target|source), p(source|target) and a count. With \
            --code-switch-rate 1 --code-switch-keep PER --code-switch-only it is word-by-word translation.
            """)

    @Argument(
        help: "Labelled CoNLL files, plain, .gz or .zst; LANGUAGE=FILE where one is of another language than --lang.")
    var inputs: [String]

    @Option(help: "Labelled development file of a source language, to choose the epoch by; LANGUAGE=FILE as above.")
    var dev: [String] = []

    @Option(help: "Language code of the text.")
    var lang = "und"

    @Option(help: TrainingTask.help)
    var task = TrainingTask.standard

    @Option(help: "Passes over the data.")
    var epochs = 6

    @Option(help: "Tokens of one update.")
    var batchTokens = 1200

    @Option(
        help: ArgumentHelp(
            "Show words of COUNT occurrences half of the time as if they were unknown, rarer ones more often; 0: never.",
            valueName: "count"))
    var hideRare = 10.0

    @Option(
        help: ArgumentHelp(
            "Embedded stream of the target's text, in files: train against a discriminator that tells its words' states from the source's (AdvPicker); repeatable.",
            valueName: "stream"))
    var adversary: [String] = []

    @Option(help: "How much the adversary counts.")
    var adversaryWeight = LanguageAdversary.Settings().weight

    @OptionGroup var gold: GoldArguments
    @OptionGroup var codeSwitching: CodeSwitchArguments
    @OptionGroup var embedding: EmbedStage
    @OptionGroup var training: TrainingArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard task.objective.teachesLabels || dev.isEmpty else {
            throw ValidationError("--dev chooses by F1, which --task \(task) does not have")
        }
        guard adversaryWeight > 0, adversaryWeight <= 1000 else {
            throw ValidationError("--adversary-weight must be above 0 and at most 1000")
        }
        guard (0...1e9).contains(hideRare) else { throw ValidationError("--hide-rare must be from 0 to 1000000000") }
    }

    func run() async throws {
        let session = Session(common, command: "train")
        let embedder = try embedding.embedder()
        let bad = gold.bad.records { session.log($0) }
        let reading = ReadingNotes { session.log($0) }
        let corpus = try gold.corpus(inputs, bad: bad, reading: reading)
        let development = try dev.isEmpty ? nil : gold.corpus(dev, longSentences: .refuse, bad: bad, reading: reading)
        let tags = try readLabels(corpus, development, session)
        for language in development?.languages(default: lang) ?? [] { try embedder.requireKnown(language) }
        try bad.finish()
        let header = try corpus.labelledHeader(embedder, tags: tags, language: lang)
        let languages = corpus.languages(default: lang)
        guard languages.count == 1 || codeSwitching.codeSwitch.isEmpty else {
            throw Failure(
                .usage,
                "--code-switch translates words of one language, and the files have \(languages.joined(separator: ", "))"
            )
        }
        let lang = lang
        let hiding = RareWordHiding(halfCount: hideRare, seed: training.seed, table: embedder.table)
        let switcher = try codeSwitching.switcher(
            embedder.table, language: languages[0], tags: tags, seed: training.seed,
            bad: gold.bad.records(suffix: ".dictionary") { session.log($0) },
            log: { session.log($0) })
        let source = TrainingSource(header: header, place: corpus.paths[0]) { runner, _ in
            try corpus.labelledStream(
                embedder, tags: tags, language: lang, switcher: switcher, hiding: hiding,
                runner: runner)
        }
        var settings = training.settings(
            objective: ObjectiveChoice(task.objective), epochs: epochs, batchTokens: batchTokens)
        settings.schedule = training.schedule ?? .linear
        var options = try training.options(
            settings: settings, threads: session.threads,
            purpose: "nerpipe train on \(corpus.paths.count) file(s)\(codeSwitching.description)")
        options.wait = .seconds(common.wait)
        options.adversary = try adversarialText(header)
        let run = StudentTraining(
            options,
            table: embedder.table,
            labels: tags, log: { session.log($0) })
        var identity = [
            "mapping": gold.map, "inputs": try InputIdentity.ofContent(corpus.paths),
            "development": try InputIdentity.ofContent(development?.paths ?? []),
        ]
        if languages.count > 1 {
            identity["languages of the files"] = corpus.files.map { $0.language ?? lang }.joined(separator: " ")
        }
        if let development, development.languages(default: lang) != languages {
            identity["languages of the development"] = development.files.map { $0.language ?? lang }.joined(
                separator: " ")
        }
        if !gold.columns.options.identity.isEmpty { identity["columns"] = gold.columns.options.identity }
        if let hiding { identity["rare words"] = "hidden at \(hiding.halfCount)" }
        if bad.count > 0 { identity["sentences left out"] = "\(bad.count)" }
        if let switcher { identity["code switching"] = switcher.identity }
        let output = training.output
        var evaluate: (@Sendable (Model) throws -> Double)?
        if let development = development?.keeping(tags.types) {
            let isFirst = Locked(true)
            evaluate = { model in
                let result = try development.evaluate(model, table: embedder.table, language: lang)
                let isFirst = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                for note in isFirst ? result.coverage.notes : [] { session.log("--dev: \(note)") }
                return result.scorer.report.f1
            }
        }
        try await session.run { [evaluate, identity] in
            let result = try await run.run(source, identity: identity, progress: session.progress, evaluate: evaluate)
            session.log(
                result.wasComplete
                    ? "\(output): complete already, nothing to do"
                    : "\(output): done, \(result.state.updateNumber) updates")
        }
    }

    /// Reads everything once before anything is learnt, so that what is bad is said at once.
    ///
    /// - Returns: What is learnt: types in the order they were given; found ones in alphabetical order, because the file's
    ///   order means nothing.
    private func readLabels(_ corpus: GoldCorpus, _ development: GoldCorpus?, _ session: Session) throws -> TagSet {
        let survey = try corpus.survey(), found = survey.entityCounts
        guard !found.isEmpty else {
            throw Failure(
                .badData, "\(corpus.place): no entity in the training data; is the tag in the last column?")
        }
        try corpus.labels.require(found.keys, place: corpus.place)
        let types = corpus.labels.types ?? corpus.labels.renamed(found).keys.sorted()
        let known = try development?.survey().entityCounts ?? [:]
        var notes = corpus.labels.notes(Set(found.keys).union(known.keys), place: corpus.place)
        if let development {
            let meeting = LabelMeeting(
                text: development.labels.renamed(known), place: development.place, known: types,
                knower: "the training data", fate: "they do not count for the choice of the epoch")
            notes += try meeting.check(isChosen: corpus.labels.types != nil)
        }
        if survey.cutSentenceCount > 0 { notes.append(CoNLLReader.cutNote(survey.cutSentenceCount, corpus.place)) }
        for note in notes { session.log(note) }
        return TagSet(types: types)
    }

    private func adversarialText(_ header: StreamHeader) throws -> (LanguageAdversary.Settings, BlockLibrary)? {
        guard !adversary.isEmpty else { return nil }
        guard let library = try BlockLibrary(paths: adversary.flatMap(Directory.expand)) else {
            throw Failure(
                .usage,
                "--adversary: \(adversary.joined(separator: ", ")) cannot be read in any order; write the stream with 'embed -o FILE'"
            )
        }
        try library.header.require(.embedded, .scored, from: adversary[0], by: "train")
        var settings = LanguageAdversary.Settings()
        settings.weight = adversaryWeight
        settings.seed = training.seed
        return (settings, library)
    }
}
