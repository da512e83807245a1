import ArgumentParser
import Pipelines
import Shards
import VectorSpaces
import Vectors

struct VectorsDictionaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dictionary",
        abstract: "Finds translations of words in the vector space, where nobody wrote a dictionary.",
        discussion: """
            EXAMPLE
              nerpipe vectors dictionary en-sw.vectors --from en --to sw -o en-sw.tsv
              nerpipe train en/train.conll --lang en --vectors en-sw.vectors \\
                --code-switch sw=en-sw.tsv --code-switch-rate 1 --code-switch-keep PER \\
                --code-switch-only -o teachers/en-as-sw

            Each of the most frequent words that has a letter gets its nearest word by CSLS: \
            SOURCE<TAB>TARGET<TAB>SCORE lines, the most frequent first. The score is the cosine, 0 where it is below.
            """)

    @Argument(help: "Vector table in which both languages are one space.")
    var table: String

    @Option(help: "Source language; may be left out when its table has no other.")
    var from: String?

    @Option(help: "Target language; may be left out when its table has no other.")
    var to: String?

    @Option(help: "Most frequent words of each language that are looked at.")
    var words = 100_000

    @Option(name: .joinable("o"), help: "Dictionary to make.")
    var output: String

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--words", (1...100_000_000).contains(words), "from 1 to 100000000"),
            ("--output", output != "-", "a file"),
        ])
    }

    func run() async throws {
        let session = Session(common, command: "vectors dictionary")
        let command = self
        try await session.run { try command.induce(session) }
    }

    private func induce(_ session: Session) throws {
        let rule = try overwriting.rule(for: output, wait: common.wait)
        try rule.requireFree(output)
        let table = try VectorTable(path: table)
        try table.verify()
        func space(_ language: String?, _ option: String) throws -> LanguageSpace {
            try LanguageSpace(
                table: table, number: try LanguageSpace.number(of: language, in: table, option: option),
                maximumWordCount: words, preparation: .unit)
        }
        let source = try space(from, "--from"), target = try space(to, "--to")
        session.progress.setStatus("comparing \(source.count) x \(target.count) words", fraction: nil)
        let dictionary = try InducedDictionary(source: source, target: target, threads: session.threads)
        try TextFile.write(dictionary.text, to: output, rule)
        session.log("\(output): \(dictionary.entries.count) translations of \(source.count) words")
    }
}
