import ArgumentParser
import Corpora
import Diagnostics
import Pipelines
import Shards
import VectorSpaces
import Vectors

struct VectorsEvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures how often the nearest words of another language are translations.",
        discussion: """
            EXAMPLES
              nerpipe vectors evaluate es-en.vectors --from es --to en \\
                --dictionary es-en.test.tsv

            P@1 and P@5 of the dictionary's source words: one of their translations is the nearest word, or among the five nearest, of all words of the other language, by cosine and by CSLS. Words without a row are left out, and counted as coverage.
            """)

    @Argument(help: "Vector table.")
    var table: String

    @OptionGroup var languages: LanguagePairArguments

    @Option(help: "Translations that are right, SOURCE TAB TARGET lines; plain, .gz or .zst.")
    var dictionary: String

    @Option(
        help: ArgumentHelp(
            "Look only at this share of the source words, those that the same --holdout of 'vectors align' and 'vectors train' keeps from learning.",
            valueName: "share"))
    var holdout = 1.0

    @Flag(help: "Print a JSON object instead of the table.")
    var json = false

    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard holdout > 0, holdout <= 1 else { throw ValidationError("--holdout must be above 0 and at most 1") }
    }

    func run() async throws {
        let session = Session(common, command: "vectors evaluate")
        let command = self
        try await session.run {
            let table = try VectorTable(path: command.table)
            let pair = try command.languages.resolve(table, table)
            let spaces = try command.languages.spaces(pair, table, table, preparation: .unit)
            let bad = command.bad.records { session.log($0) }
            let dictionary = try BilingualDictionary(
                path: command.dictionary, forms: pair.forms(table, table), bad: bad)
            try bad.finish()
            let test = SeedDictionary(
                dictionary, source: spaces.source, target: spaces.target
            ) { SeedDictionary.isHeldOut($0, share: command.holdout) }
            session.progress.setStatus("comparing \(spaces.source.count) x \(spaces.target.count) words", fraction: nil)
            let report = try TranslationReport(
                source: spaces.source, target: spaces.target, test: test, threads: session.threads)
            try report.write(asJSON: command.json)
        }
    }
}

/// Which two languages, and how much of them.
struct LanguagePairArguments: ParsableArguments {
    @Option(help: "Source language; may be left out when its table has no other.")
    var from: String?

    @Option(help: "Target language; may be left out when its table has no other.")
    var to: String?

    @Option(help: "Most frequent words of each language that are looked at; decides the memory.")
    var maxWords = 200_000

    func validate() throws {
        guard maxWords > 0 else { throw ValidationError("--max-words must be at least 1") }
    }

    struct Resolved: Sendable {
        var source: (number: UInt16, name: String)
        var target: (number: UInt16, name: String)

        /// What the words of a dictionary between the two are looked up as.
        func forms(_ sourceTable: VectorTable, _ targetTable: VectorTable) -> BilingualDictionary.Forms {
            .init(
                source: sourceTable.lookupForm(for: source.name), target: targetTable.lookupForm(for: target.name))
        }
    }

    func resolve(_ source: VectorTable, _ target: VectorTable) throws -> Resolved {
        func resolved(_ language: String?, _ table: VectorTable, _ option: String) throws -> (UInt16, String) {
            let number = try LanguageSpace.number(of: language, in: table, option: option)
            let own = table.description.languages[Int(number)]
            return (number, own == "*" ? language ?? own : own)
        }
        return Resolved(source: try resolved(from, source, "--from"), target: try resolved(to, target, "--to"))
    }

    func spaces(_ pair: Resolved, _ source: VectorTable, _ target: VectorTable, preparation: RowPreparation) throws
        -> (source: LanguageSpace, target: LanguageSpace)
    {
        (
            try LanguageSpace(
                table: source, number: pair.source.number, maximumWordCount: maxWords, preparation: preparation),
            try LanguageSpace(
                table: target, number: pair.target.number, maximumWordCount: maxWords, preparation: preparation)
        )
    }
}
