import ArgumentParser
import Divergence
import Locks
import Pipelines
import Shards

struct DivergenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "divergence",
        abstract: "Measures how far the words of a language are from those of others.",
        discussion: """
            EXAMPLES
              nerpipe divergence news.sw.txt.zst --lang sw \\
                --source en=en.conll --source rw='rw/*.txt.zst'
              nerpipe divergence sw.conll --lang sw --source en=en.conll \\
                --labels en=en.conll --labels sw=sw.conll \\
                --dictionary en-sw=en-sw.tsv --vectors multi.vectors --csv
              nerpipe divergence sw.txt --lang sw --source en=en.conll \\
                --pieces xlm-r --typology uriel.tsv --running
              nerpipe divergence sw.txt --lang sw --source en=en.txt \\
                --source rw=rw.txt --rank-sources --strength s.tsv

            Words are compared lower-cased, in NFC, with digits as 0; tokens without letter and digit do not count. Every text is read once. Memory is bounded: \
            what sketches estimate has a standard error, or is a bound ('<=', '>='); with --exact nothing is estimated and memory grows with the \
            vocabulary. Measures of distinct words depend on how much text there is: compare equal amounts (--max-tokens). --rank-sources says which source \
            to learn from: words shared, variety of words, place, and how well the source taught others.
            """)

    @Argument(help: "Text of the target: files, patterns, or '-' for standard input; plain, .gz or .zst.")
    var inputs: [String] = ["-"]

    @OptionGroup var arguments: TokenizeArguments

    @Option(
        help: ArgumentHelp("Text of another language; several times for several.", valueName: "language=file"))
    var source: [String]

    @Flag(help: "Count everything instead of sketching it.")
    var exact = false

    @Flag(help: "Words with other capitals are other words.")
    var cased = false

    @Option(help: "Read of each text only the sentences until there are so many tokens.")
    var maxTokens: Int?

    @Flag(
        help:
            "Compare character n-grams of running text too, orders 3 to 5, with 20 resamples of both texts; 40 MiB for each text and computing thread."
    )
    var running = false

    @Option(
        help: ArgumentHelp(
            "A tokenizer, for the sub-words that the texts share: its tokenizer.json, or a folder that has one.",
            valueName: "tokenizer"))
    var pieces: String?

    @Option(
        help: ArgumentHelp(
            "Table of features of languages, for how far their structures are from each other; tools/typology makes one of URIEL.",
            valueName: "file"))
    var typology: String?

    @Option(
        help: ArgumentHelp(
            "Labelled text of one of the languages, gold or tagged, for the names that they share.",
            valueName: "language=file"))
    var labels: [String] = []

    @Option(
        help: ArgumentHelp(
            "Translations, SOURCE TAB TARGET lines, for how alike they are written.", valueName: "source-target=file"))
    var dictionary: [String] = []

    @Option(
        help: "Vector table of both languages, for how well it lays the --dictionary's translations over each other.")
    var vectors: String?

    @Flag(help: "Print the sources in the order in which the target should learn from them, and why.")
    var rankSources = false

    @Option(
        help: ArgumentHelp(
            "How well sources taught other languages, for --rank-sources: SOURCE TAB NUMBER lines, more is better.",
            valueName: "file"))
    var strength: String?

    @Option(help: "Seed of what is drawn.")
    var seed: UInt64 = 1

    @Flag(help: "Print a JSON object.")
    var json = false

    @Flag(help: "Print comma-separated values: target,source,measure,value,error,bound.")
    var csv = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !source.isEmpty else { throw ValidationError("--source LANGUAGE=FILE names what to compare with") }
        guard !json || !csv else { throw ValidationError("--json and --csv exclude each other") }
        guard maxTokens.map({ $0 > 0 }) ?? true else { throw ValidationError("--max-tokens must be at least 1") }
        guard vectors == nil || !dictionary.isEmpty else {
            throw ValidationError("--vectors needs translations to look at: --dictionary SOURCE-TARGET=FILE")
        }
        guard strength == nil || rankSources else { throw ValidationError("--strength is for --rank-sources") }
    }

    func run() async throws {
        let session = Session(common, command: "divergence"), command = self
        let found = Locked<[DivergenceReport]>([])
        let materials = try materials()
        try await session.run {
            let reports = try await command.compare(materials, session)
            found.withLock { $0 = reports }
        }
        let reports = found.withLock { $0 }
        guard rankSources else {
            return try StandardOutput.write(
                json
                    ? DivergenceReport.json(reports)
                    : csv ? DivergenceReport.csv(reports) : DivergenceReport.table(reports))
        }
        let ranking = RankingReport(
            target: arguments.lang,
            SourceRanking(reports.map(\.evidence), strengths: materials.strengths?.all ?? []))
        try StandardOutput.write(json ? ranking.json : csv ? ranking.csv : ranking.table)
        if !json { session.log(ranking.note) }
    }
}
