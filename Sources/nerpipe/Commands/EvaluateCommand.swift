import ArgumentParser
import Corpora
import Diagnostics
import Evaluation
import Formats
import Pipelines
import Shards
import Taggers
import Teachers

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Scores a model, or predictions, against gold labels.",
        discussion: """
            EXAMPLES
              nerpipe evaluate --model students/sw --map DATE=O,MISC=O test.conll
              nerpipe evaluate predicted.conll          # TOKEN ... GOLD PREDICTED
              nerpipe evaluate --model students/sw test.conll --counts sw-1.counts

            Exact spans as conlleval counts them, micro-averaged, with a bootstrap interval over sentences. Ill-formed I- tags are counted apart.
            """)

    @Argument(help: "Gold CoNLL files, or files with gold and predicted columns; .zst or plain.")
    var inputs: [String]

    @Option(
        help:
            "Model directory; without it the last column is the prediction. Repeated, an ensemble: the mean of their distributions."
    )
    var model: [String] = []

    @Option(help: "How much each model of an ensemble has to say, in their order. Default: the same for all.")
    var weight: [Double] = []

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(help: "Language code of the text, for tables with rows per language.")
    var lang = "und"

    @Option(help: "Replicates of the bootstrap; 0 leaves the interval out.")
    var bootstrap = 1000

    @Option(help: "Seed of the bootstrap.")
    var seed: UInt64 = 1

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    @Option(help: ArgumentHelp("Also write what every sentence counts, for 'nerpipe compare'.", valueName: "file"))
    var counts: String?

    @OptionGroup var arithmetic: PrecisionArguments
    @OptionGroup var gold: GoldArguments

    func validate() throws {
        guard (0...1_000_000).contains(bootstrap) else {
            throw ValidationError("--bootstrap must be from 0 to 1000000")
        }
        guard weight.isEmpty || model.count > 1 else { throw ValidationError("--weight is for several --model") }
    }

    func run() throws {
        let bad = gold.bad.records { StandardError.write("nerpipe evaluate: \($0)\n") }
        let reading = ReadingNotes { StandardError.write("nerpipe evaluate: \($0)\n") }
        let goldDigest = counts == nil ? nil : try goldDigest()
        let scorer: SpanScorer
        do {
            if let first = model.first {
                let models = try model.map(ModelFolder.init)
                let configuration = models[0].model.configuration
                let table = try TableFinder.open(configuration.vectors, override: vectors, neededBy: first)
                let corpus = try gold.corpus(inputs, requiresIOB: false, bad: bad, reading: reading)
                if models.count == 1 {
                    scorer = try corpus.evaluate(
                        models[0].model, table: table, language: lang, precision: arithmetic.precision)
                } else {
                    let teachers = try models.map { try $0.teacher(vectors: table, arithmetic.precision) }
                    scorer = try corpus.evaluate(
                        TeacherMixture(teachers, weights: weight), table: table, configuration: configuration,
                        language: lang)
                }
                try bad.finish()
            } else {
                scorer = try GoldCorpus.evaluateColumns(
                    inputs.flatMap(Directory.expand), mapping: TagMapping(gold.map), columns: gold.columns.options,
                    bad: bad, reading: reading)
            }
        } catch let error as EvaluationError {
            throw Failure(.badData, error.message)
        }
        guard scorer.report.tokenCount > 0 else { throw Failure(.badData, "\(inputs[0]): no tokens to score") }
        if let counts, let goldDigest {
            try CountsFile(goldDigest: goldDigest, sentences: scorer.sentenceTotals).write(to: counts)
        }
        let report = scorer.report(bootstrap: bootstrap == 0 ? nil : Bootstrap(replicates: bootstrap, seed: seed))
        try StandardOutput.write(json ? report.jsonObject() + "\n" : report.table())
    }

    private func goldDigest() throws -> String {
        let paths =
            model.isEmpty ? inputs.flatMap(Directory.expand) : inputs.flatMap(GoldCorpus.File.parse).map(\.path)
        return try CountsFile.goldDigest(of: paths, hasPredictions: model.isEmpty)
    }
}
