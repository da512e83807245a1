import ArgumentParser
import Corpora
import Diagnostics
import Divergence
import Evaluation
import Formats
import Locks
import Pipelines
import Shards
import VectorSpaces
import Vectors

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

            Words are compared lower-cased, in NFC, with digits as 0; tokens without letter and digit do not count. Every text is read once. Memory is bounded: \
            what sketches estimate has a standard error, or is a bound ('<=', '>='); with --exact nothing is estimated and memory grows with the \
            vocabulary. Measures of distinct words depend on how much text there is: compare equal amounts (--max-tokens).
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

    @Option(
        help: ArgumentHelp(
            "Labelled text of one of the languages, gold or tagged, for the names that they share.",
            valueName: "language=file"))
    var labels: [String] = []

    @Option(
        help: ArgumentHelp(
            "Translations, SOURCE TAB TARGET lines, for how alike they are written.", valueName: "source-target=file"))
    var dictionary: [String] = []

    @Option(help: "Vector table of both languages, for how well it lays translations over each other.")
    var vectors: String?

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
    }

    func run() async throws {
        let session = Session(common, command: "divergence"), command = self
        let found = Locked<[DivergenceReport]>([])
        try await session.run {
            let reports = try await command.compare(session)
            found.withLock { $0 = reports }
        }
        let reports = found.withLock { $0 }
        try StandardOutput.write(
            json
                ? DivergenceReport.json(reports) : csv ? DivergenceReport.csv(reports) : DivergenceReport.table(reports)
        )
    }

    private func compare(_ session: Session) async throws -> [DivergenceReport] {
        let sources = try source.map { try NamedPath($0, option: "--source", form: "LANGUAGE=FILE") }
        var texts: [(name: String, profile: TextProfile)] = []
        var seen: Set<String> = []
        for name in sources.map(\.name) where seen.insert(name).inserted {
            let paths = sources.filter { $0.name == name }.map(\.path)
            texts.append((name, try await profile(paths, language: name, foundIn: [], session)))
        }
        let target = try await profile(inputs, language: arguments.lang, foundIn: texts.map(\.profile), session)
        let labelled = try labels.map { try NamedPath($0, option: "--labels", form: "NAME=FILE") }
        // Of the target once, and only where there is something to hold them against.
        let isCompared = labelled.contains { seen.contains($0.name) }
        let own = isCompared ? labelled.first { $0.name == arguments.lang } : nil
        let names = try own.map { try mentions($0, session) }
        return try texts.enumerated().map { number, text in
            var report = try report(text, target, number: number, session)
            if let names, let other = labelled.first(where: { $0.name == text.name }),
                let overlap = MentionOverlap(source: try mentions(other, session), target: names)
            {
                report.add(overlap)
            }
            return report
        }
    }

    private func profile(
        _ paths: [String], language: String, foundIn others: [TextProfile], _ session: Session
    ) async throws -> TextProfile {
        var reading = arguments
        reading.lang = language
        let runner = session.context.makeRunner()
        let stream = try reading.source(paths.flatMap(Directory.expand), in: session.context).start(runner)
        let form = ComparableForm(language: language, isCased: cased),
            detail = exact ? TextProfile.Detail.exact : .sketch
        let parts = runner.profile(stream, as: "count \(language)", maximumTokenCount: maxTokens ?? .max) {
            TextProfile(detail, form: form, foundIn: others)
        }
        try await runner.run()
        let profile = parts.whole
        guard profile.wordCount > 0 else { throw Failure.nothingToCompare(paths) }
        return profile
    }

    private func report(
        _ source: (name: String, profile: TextProfile), _ target: TextProfile, number: Int, _ session: Session
    ) throws -> DivergenceReport {
        let lang = arguments.lang
        var report = DivergenceReport(target: (lang, target), source: source, number: number)
        let words = (source.profile.wordCount, target.wordCount)
        if max(words.0, words.1) > min(words.0, words.1) * 5 / 4 {
            session.warn(
                "\(source.name) has \(words.0) words and \(lang) \(words.1): what counts distinct words depends on that (--max-tokens)"
            )
        }
        let pairs = try dictionary.map { try NamedPath($0, option: "--dictionary", form: "NAME=FILE") }
        if let path = pairs.first(where: { $0.name == "\(source.name)-\(lang)" })?.path {
            let bad = arguments.bad.records { session.log($0) }
            let dictionary = try BilingualDictionary(path: path, bad: bad)
            try bad.finish()
            if let distance = WordDistance(dictionary.entries.map { ($0.source, $0.target) }, seed: seed) {
                report.add(distance)
            }
            if let vectors { try add(VectorTable(path: vectors), path, to: &report, session) }
        }
        return report
    }

    private func add(
        _ table: VectorTable, _ dictionary: String, to report: inout DivergenceReport, _ session: Session
    ) throws {
        let numbers = try (
            table.requireNumber(of: report.source, option: "--source"),
            table.requireNumber(of: report.target, option: "--lang")
        )
        let forms = BilingualDictionary.Forms(
            source: table.lookupForm(for: report.source), target: table.lookupForm(for: report.target))
        let found = try Alignability(
            table, source: numbers.0, target: numbers.1,
            dictionary: BilingualDictionary(path: dictionary, forms: forms), threads: session.threads)
        if let found {
            report.add(found)
        } else {
            session.warn("\(dictionary): too few of its translations have vectors to tell how well they can be aligned")
        }
    }

    /// - Parameter labelled: A language, and its labelled text.
    private func mentions(_ labelled: NamedPath, _ session: Session) throws -> MentionOverlap.Mentions {
        let corpus = GoldCorpus(
            files: Directory.expand(labelled.path).map { GoldCorpus.File(path: $0, language: labelled.name) },
            labels: try LabelFilter(map: "", types: nil), longSentences: .cut, requiresIOB: false,
            bad: arguments.bad.records { session.log($0) },
            reading: ReadingNotes { session.log($0) })
        return try corpus.mentions(ComparableForm(language: labelled.name, isCased: cased))
    }
}
