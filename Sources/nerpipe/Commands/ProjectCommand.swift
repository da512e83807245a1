import ArgumentParser
import Corpora
import Diagnostics
import Formats
import LanguageCodes
import Pipelines
import Projection
import Shards
import Taggers
import Vectors
import WordAlignment

extension Symmetrization: ExpressibleByArgument {}

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Labels text of a language through its translation.",
        discussion: """
            EXAMPLE
              nerpipe project --model teachers/en --source en --target sw \\
                parallel/en-sw -o projected.conll
              nerpipe train projected.conll --lang sw \\
                --vectors en-sw.vectors -o students/sw

            Sentence pairs are SOURCE<TAB>TARGET lines. The words of each pair are aligned, the source is tagged, and its \
            entities are carried over the links. A sentence is written when each of its entities found a place and they are certain enough; \
            sentences without entities are taken as often as those with entities. Prints what became of all: the \
            projected-entity rate says how good the alignment is.
            """)

    @Argument(help: "Files of sentence pairs, plain, .gz or .zst, or folders of them.")
    var pairs: [String]

    @Option(help: "Model directory of the source language.")
    var model: String

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(help: "Language code of the first column.")
    var source: String

    @Option(help: "Language code of the second column.")
    var target: String

    @Option(name: .joinable("o"), help: "File of columns to make: TOKEN<TAB>TAG, IOB2.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "How the links of both directions become one alignment.", valueName: "intersection|grow-diag-final-and"))
    var symmetrize = Symmetrization.intersection

    @Option(help: "Mean confidence that the entities of a sentence must have.")
    var minConfidence = 0.8

    @Option(help: "Passes of the alignment.")
    var alignmentIterations = 5

    @Option(help: ArgumentHelp("Memory of the table of word pairs.", valueName: "MiB"))
    var alignmentMemory = 1024

    @Option(help: "Words that are told apart at most; decides the memory.")
    var maxWords = 4_000_000

    @Option(help: "Pairs that are read at most. Default: all.")
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Sentences, as text or columns, whose pairs are left out, for example those that something is measured on; may be repeated.",
            valueName: "path"))
    var exclude: [String] = []

    @Option(help: "Seed of the choice among sentences without entities.")
    var seed: UInt64 = 1

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var arithmetic: PrecisionArguments
    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--min-confidence", (0...1).contains(minConfidence), "from 0 to 1"),
            ("--alignment-iterations", (1...100).contains(alignmentIterations), "from 1 to 100"),
            ("--alignment-memory", (1...1_000_000).contains(alignmentMemory), "from 1 to 1000000"),
            ("--max-words", (1000...2_000_000_000).contains(maxWords), "from 1000 to 2000000000"),
            ("--limit", (limit ?? 1) >= 1, "at least 1"),
            ("--target", !LanguageCode.areSame(source, target), "another language than --source"),
            ("--output", output != "-", "a file"),
        ])
    }

    func run() async throws {
        let session = Session(common, command: "project")
        let model = try Model(path: model)
        let table = try TableFinder.open(model.configuration.vectors, override: vectors, neededBy: self.model)
        let embedder = try Embedder(table: table, for: model.configuration)
        let inference = try TaggerInference(model, vectors: table, precision: arithmetic.precision)
        let tags = try model.tagSet(place: self.model)
        let language = try embedder.requireKnown(source, option: "--source")
        let counters = session.progress.addStage("embed", nil)
        let projection = LabelProjection(
            try options(session), tags: tags,
            tagger: {
                let (embedded, coverage) = embedder.embed($0, language: language)
                counters.note(coverage)
                return inference.tagWithConfidence(embedded, tags: tags)
            },
            log: { session.log($0) }, status: { session.progress.setStatus($0, fraction: $1) })
        try await session.run {
            try StandardOutput.write(try projection.run().text)
        }
    }

    private func options(_ session: Session) throws -> LabelProjection.Options {
        var options = LabelProjection.Options(
            paths: try pairs.flatMap(RepeatedInput.paths), output: output, source: source, target: target)
        options.rule = try overwriting.rule(for: output, wait: common.wait)
        options.symmetrization = symmetrize
        options.minimumConfidence = minConfidence
        options.alignmentIterations = alignmentIterations
        options.alignmentBytes = alignmentMemory << 20
        options.wordLimit = maxWords
        options.pairLimit = limit ?? .max
        options.excluded = try ExcludedSentences(paths: exclude.flatMap(Directory.expand))
        options.seed = seed
        options.threads = session.threads
        options.bad = bad.records { session.log($0) }
        return options
    }
}
