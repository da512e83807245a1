import ArgumentParser
import Diagnostics
import Evaluation
import Locks
import Pipelines
import Shards
import VectorInspection
import Vectors

struct VectorsCoverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage", abstract: "Counts how much of a text a table has vectors for.",
        discussion: """
            EXAMPLES
              nerpipe vectors coverage en-sw.vectors --lang sw news.sw.txt.zst
              nerpipe vectors coverage en-sw.vectors --lang sw test.conll --json

            Distinct words (types) and their occurrences (tokens): with a row, composed from sub-words, absent; by script, \
            by length in characters, and the most frequent words without a row. The text is read as 'tokenize' reads it.
            """)

    @Argument(help: "Vector table.")
    var table: String

    @Argument(help: "Text files, patterns, or '-' for standard input; plain, .gz or .zst.")
    var inputs: [String] = ["-"]

    @OptionGroup var arguments: TokenizeArguments

    @Option(help: "How many of the most frequent words without a row to name.")
    var worst = 20

    @Option(help: "Distinct words that are kept, some 40 bytes each and their own; of further ones only tokens count.")
    var maxTypes = 10_000_000

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (0...1_000_000).contains(worst) else { throw ValidationError("--worst must be from 0 to 1000000") }
        guard (1...2_000_000_000).contains(maxTypes) else {
            throw ValidationError("--max-types must be from 1 to 2000000000")
        }
    }

    func run() async throws {
        let session = Session(common, command: "vectors coverage")
        let table = try VectorTable(path: table)
        let paths = inputs.flatMap(Directory.expand)
        let language = try table.ownCode(for: arguments.lang)
        let counter = Locked(CoverageCounter(table, language: language, maximumTypeCount: maxTypes))
        let runner = session.context.makeRunner()
        let stream = try arguments.source(paths, in: session.context).start(runner)
        runner.forEach(stream, name: "count") { batch in counter.withLock { $0.add(batch) } }
        try await session.run { try await runner.run() }
        let report = counter.withLock { $0.report(worstCount: worst) }
        if json {
            return try StandardOutput.write(String(decoding: try JSON.encodePretty(report), as: UTF8.self))
        }
        try StandardOutput.write(Self.text(report))
    }

    /// The report as a table: shares of rows, composed and absent words, and of how many.
    static func text(_ report: CoverageReport) -> String {
        var lines: [[String]] = [
            ["", "row", "composed", "absent", "of types", "row", "composed", "absent", "of tokens"]
        ]
        func add(_ name: String, _ counts: CoverageReport.Counts) {
            lines.append(
                [name] + shares(counts.types, counts.typeCount) + ["\(counts.typeCount)"]
                    + shares(counts.tokens, counts.tokenCount) + ["\(counts.tokenCount)"])
        }
        add("all", report.total)
        for (name, counts) in report.scripts.sorted(by: {
            ($1.value.tokenCount, $0.key) < ($0.value.tokenCount, $1.key)
        }) {
            add(name, counts)
        }
        for name in CoverageCounter.lengthClasses {
            if let counts = report.lengths[name] { add("length \(name)", counts) }
        }
        var text = TextTable.text(lines)
        if report.tokensOfUncountedTypes > 0 {
            text +=
                "\n\(report.tokensOfUncountedTypes) tokens of further words are in the tokens of 'all' only (--max-types)\n"
        }
        if !report.worst.isEmpty { text += "\nmost frequent words without a row\n" }
        for word in report.worst { text += "\(word.tokens)\t\(word.status)\t\(word.word)\n" }
        return text
    }

    private static func shares(_ counts: [String: Int], _ total: Int) -> [String] {
        CoverageCounter.Status.allCases.map { status in
            total == 0
                ? "-" : FixedDecimal.text(100 * Double(counts[status.rawValue] ?? 0) / Double(total), decimals: 1) + "%"
        }
    }
}
