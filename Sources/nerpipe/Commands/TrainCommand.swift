import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Evaluation
import Pipelines
import Shards
import Taggers
import Vectors

struct GoldArguments: ParsableArguments {
    @Option(help: "Rename entity types, or drop them to O: MISC=O,DATE=O.")
    var map = ""

    @Option(help: "Entity types to keep, comma-separated; others become O. Default: all.")
    var types: String?

    func corpus(_ paths: [String], types override: [String]? = nil) throws -> GoldCorpus {
        GoldCorpus(
            paths: paths.flatMap(Directory.expand), mapping: try TagMapping(map),
            types: override ?? types.map { $0.split(separator: ",").map(String.init) })
    }
}

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a tagger on labelled text; makes teachers.",
        discussion: """
            EXAMPLE
              nerpipe train en/train.conll --dev en/dev.conll --lang en \\
                --vectors en-sw.vectors --map MISC=O -o teachers/en

            Input: CoNLL columns, the token first, the tag last. With --dev, which must be in the source language, the best epoch is kept.
            """)

    @Argument(help: "Labelled CoNLL files; .zst or plain.")
    var inputs: [String]

    @Option(help: "Labelled development file of the source language, to choose the epoch by.")
    var dev: [String] = []

    @Option(help: "Language code of the text.")
    var lang = "und"

    @Option(help: "Passes over the data.")
    var epochs = 6

    @Option(help: "Tokens of one update.")
    var batchTokens = 1200

    @OptionGroup var gold: GoldArguments
    @OptionGroup var embedding: EmbedArguments
    @OptionGroup var training: TrainingArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "train")
        let embedder = try embedding.embedder()
        let corpus = try gold.corpus(inputs)
        // Types in the order they were given; found ones in alphabetical order, because the file's order means nothing.
        let types = try corpus.types ?? corpus.findTypes()
        guard !types.isEmpty else {
            throw Failure(
                .badData, "\(corpus.paths[0]): no entity in the training data; is the tag in the last column?")
        }
        let tags = TagSet(types: types)
        let development = try dev.isEmpty ? nil : gold.corpus(dev, types: types)
        var header = try embedder.header(for: GoldCorpus.tokensHeader(lang), place: corpus.paths[0])
        header.kind = .labelled
        header.labels = tags.names
        let lang = lang
        let source = TrainingSource(header: header) { runner, _ in
            try corpus.labelledStream(embedder, tags: tags, language: lang, runner: runner)
        }
        var settings = training.settings(objective: .hard, epochs: epochs, batchTokens: batchTokens)
        settings.schedule = training.schedule ?? .linear
        let run = StudentTraining(
            training.options(
                settings: settings, jobs: common.jobCount, purpose: "nerpipe train on \(corpus.paths.count) file(s)"),
            table: embedder.table,
            labels: tags, log: { session.log($0) })
        let identity = [
            "mapping": gold.map, "inputs": try InputIdentity.of(corpus.paths),
            "development": try InputIdentity.of(development?.paths ?? []),
        ]
        let output = training.output
        var evaluate: (@Sendable (Model) throws -> Double)?
        if let development {
            evaluate = { model in try development.evaluate(model, table: embedder.table, language: lang).report.f1 }
        }
        try await session.run { [evaluate] in
            let result = try await run.run(source, identity: identity, progress: session.progress, evaluate: evaluate)
            session.log(
                result.wasComplete
                    ? "\(output): complete already, nothing to do"
                    : "\(output): done, \(result.state.updateNumber) updates")
        }
    }
}
