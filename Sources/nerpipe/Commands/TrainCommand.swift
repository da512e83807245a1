import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Evaluation
import Formats
import LanguageCodes
import Locks
import Objectives
import Pipelines
import Shards
import Taggers
import Vectors

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a tagger on labelled text; makes teachers.",
        discussion: """
            EXAMPLE
              nerpipe train en/train.conll --dev en/dev.conll --lang en \\
                --vectors en-sw.vectors --map MISC=O -o teachers/en
              nerpipe train en=en/train.conll es=es/train.conll \\
                --vectors multi.vectors -o teachers/pooled
              nerpipe train corrected.json --continue students/sw \\
                --vectors multi.vectors -o students/sw-2
              nerpipe train en/train.conll --lang en --vectors multi.vectors --epochs 2 \\
                --code-switch sw=en-sw.tsv --code-switch de=en-de.tsv -o teachers/joint

            Input: columns, CoNLL-U, Label Studio, doccano, Prodigy, datasets, brat; found from what is in them. With --dev, which must be in the source language, the best epoch is kept.

            --continue goes on with a model, for instance with what somebody corrected of its own work: labels and network are the model's.

            --code-switch adds copies of the training data in which words are replaced by translations and labels stay. A dictionary has lines \
            SOURCE<TAB>TARGET, and after that if you know them p(target|source), p(source|target) and a count. With \
            --code-switch-rate 1 --code-switch-keep PER --code-switch-only it is word-by-word translation. Words are those of --lang: of files in other \
            languages there are no copies.
            """)

    @Argument(
        help: "Labelled CoNLL files, plain, .gz or .zst; LANGUAGE=FILE where one is of another language than --lang.")
    var inputs: [String]

    @Option(help: "Labelled development file of a source language, to choose the epoch by; LANGUAGE=FILE as above.")
    var dev: [String] = []

    @Option(help: "Language code of the text.")
    var lang = "und"

    @Option(
        name: .customLong("continue"),
        help: ArgumentHelp(
            "Go on with this model: its labels, its network, its weights to begin with.", valueName: "folder"))
    var continued: String?

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
        guard continued == nil || training.initial == nil else {
            throw ValidationError("--continue names the model to begin with; leave --initial out")
        }
        guard adversaryWeight > 0, adversaryWeight <= 1000 else {
            throw ValidationError("--adversary-weight must be above 0 and at most 1000")
        }
        guard (0...1e9).contains(hideRare) else { throw ValidationError("--hide-rare must be from 0 to 1000000000") }
    }

    /// What is read before anything is learnt.
    private struct Data {
        let embedder: Embedder
        let corpus: GoldCorpus
        let development: GoldCorpus?
        let tags: TagSet
        let bad: BadRecords
        /// The one that is gone on with.
        let model: Model?
    }

    func run() async throws {
        let session = Session(common, command: "train")
        let data = try read(session)
        let corpus = data.corpus, embedder = data.embedder, tags = data.tags, lang = lang
        let languages = corpus.languages(default: lang)
        let switched = languages.count == 1 ? languages[0] : lang
        guard codeSwitching.codeSwitch.isEmpty || languages.contains(where: { LanguageCode.areSame($0, switched) })
        else { throw Failure.codeSwitchOfNothing(languages, from: lang) }
        let header = try corpus.labelledHeader(embedder, tags: tags, language: lang)
        let hiding = RareWordHiding(halfCount: hideRare, seed: training.seed, table: embedder.table)
        let switcher = try codeSwitching.switcher(
            embedder.table, language: switched, tags: tags, seed: training.seed,
            bad: gold.bad.records(suffix: ".dictionary") { session.log($0) },
            log: { session.log($0) })
        let source = TrainingSource(header: header, place: corpus.paths[0]) { runner, _ in
            try corpus.labelledStream(
                embedder, tags: tags, language: switched, switcher: switcher, hiding: hiding,
                runner: runner)
        }
        let student = StudentTraining(
            try options(for: data, header, session), table: embedder.table, labels: tags, log: { session.log($0) })
        let inputs = try TrainingInputs(self, data, hiding, switcher), evaluate = evaluation(with: data, session)
        let output = training.output
        try await session.run(next: "nerpipe score --teacher \(output) EMBEDDED.zst -o SCORED.zst") {
            let result = try await student.run(source, inputs: inputs, progress: session.progress, evaluate: evaluate)
            session.log(
                result.wasComplete
                    ? "\(output): complete already, nothing to do"
                    : "\(output): done, \(result.state.updateNumber) updates")
        }
    }

    private func read(_ session: Session) throws -> Data {
        let embedder = try embedding.embedder()
        let bad = gold.bad.records { session.log($0) }
        let reading = ReadingNotes { session.log($0) }
        var corpus = try gold.corpus(inputs, bad: bad, reading: reading)
        var development = try dev.isEmpty ? nil : gold.corpus(dev, longSentences: .refuse, bad: bad, reading: reading)
        // Documents are cut into sentences by the rules of their language.
        corpus.language = lang
        development?.language = lang
        let model = try continued.map { try session.context.model(at: $0).model }
        let tags: TagSet
        if let model, let continued {
            tags = try model.tagSet(place: continued)
            for note in try corpus.notes(tags, knower: "the model of --continue") { session.log(note) }
            corpus = corpus.keeping(tags.types)
        } else {
            tags = try readLabels(corpus, development, session)
        }
        for language in development?.languages(default: lang) ?? [] { try embedder.requireKnown(language) }
        try bad.finish()
        return Data(embedder: embedder, corpus: corpus, development: development, tags: tags, bad: bad, model: model)
    }

    private func options(for data: Data, _ header: StreamHeader, _ session: Session) throws -> StudentOptions {
        var settings = training.settings(
            objective: ObjectiveChoice(task.objective), epochs: epochs, batchTokens: batchTokens)
        settings.schedule = training.schedule ?? .linear
        let files = "\(data.corpus.paths.count) file(s)\(codeSwitching.description)"
        var options = try training.options(
            settings: settings, purpose: "nerpipe train on \(files)", in: session.context)
        options.adversary = try adversarialText(header)
        if let model = data.model { options.goOn(with: model) }
        return options
    }

    /// What must be the same of the data when a run is continued.
    private struct TrainingInputs: Codable, Sendable {
        var files, development: String
        /// Only where they say more than the language of the stream.
        var languages, languagesOfDevelopment: [String]?
        var mapping: String
        var columns: String?
        var rareWordsHiddenAt: Double?
        var sentencesLeftOut: Int?
        var codeSwitching: String?

        init(_ command: TrainCommand, _ data: Data, _ hiding: RareWordHiding?, _ switcher: CodeSwitcher?) throws {
            let lang = command.lang, own = data.corpus.languages(default: lang)
            files = try InputIdentity.ofContent(data.corpus.paths)
            development = try InputIdentity.ofContent(data.development?.paths ?? [])
            if own.count > 1 { languages = data.corpus.files.map { $0.language ?? lang } }
            if let development = data.development, development.languages(default: lang) != own {
                languagesOfDevelopment = development.files.map { $0.language ?? lang }
            }
            mapping = command.gold.map
            let columns = try command.gold.formIdentity
            self.columns = columns.isEmpty ? nil : columns
            rareWordsHiddenAt = hiding?.halfCount
            sentencesLeftOut = data.bad.count > 0 ? data.bad.count : nil
            codeSwitching = switcher?.identity
        }
    }

    /// F1 on the development data, by which the best epoch is chosen.
    private func evaluation(with data: Data, _ session: Session) -> StudentTraining.Evaluation? {
        guard let development = data.development?.keeping(data.tags.types) else { return nil }
        let isFirst = Locked(true), table = data.embedder.table, lang = lang
        return { model in
            let result = try development.evaluate(model, table: table, language: lang)
            let isFirst = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            for note in isFirst ? result.coverage.notes : [] { session.log("--dev: \(note)") }
            return result.scorer.report.f1
        }
    }

    /// Reads everything once before anything is learnt, so that what is bad is said at once.
    ///
    /// - Returns: What is learnt: types in the order they were given; found ones in alphabetical order, because the file's
    ///   order means nothing.
    private func readLabels(_ corpus: GoldCorpus, _ development: GoldCorpus?, _ session: Session) throws -> TagSet {
        let survey = try corpus.survey(sharedWith: development?.sentences())
        let found = survey.entityCounts
        guard !found.isEmpty else {
            throw Failure.withoutEntities(corpus.place)
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
        if let development, survey.sharedSentenceCount > 0 {
            notes.append(
                "\(survey.sharedSentenceCount) of \(survey.sentenceCount) sentences of \(corpus.place) stand in --dev \(development.place), too; "
                    + "the epoch is chosen by what was partly learnt by heart")
        }
        if survey.cutSentenceCount > 0 { notes.append(CoNLLReader.cutNote(survey.cutSentenceCount, corpus.place)) }
        for note in notes { session.log(note) }
        return TagSet(types: types)
    }

    private func adversarialText(_ header: StreamHeader) throws -> (LanguageAdversary.Settings, ShardLibrary)? {
        guard !adversary.isEmpty else { return nil }
        guard let library = try ShardLibrary(paths: adversary.flatMap(Directory.expand)) else {
            throw Failure.adversaryNotInFiles(adversary)
        }
        try library.header.require(.embedded, .scored, from: adversary[0], by: "train")
        var settings = LanguageAdversary.Settings()
        settings.weight = adversaryWeight
        settings.seed = training.seed
        return (settings, library)
    }
}
