import ArgumentParser
import Diagnostics
import Pipelines
import Shards
import Vectors

struct VectorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vectors", abstract: "Makes and shows tables of multilingual word vectors.",
        subcommands: [
            VectorsImportCommand.self, VectorsTrainCommand.self, VectorsAlignCommand.self,
            VectorsEvaluateCommand.self, VectorsInfoCommand.self,
        ])
}

struct VectorsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a vector table from fastText or word2vec files.",
        discussion: """
            EXAMPLES
              nerpipe vectors import multilingual.vec.zst -o multilingual.vectors
              nerpipe vectors import en=wiki.en.vec sw=wiki.sw.vec -o en-sw.vectors
              nerpipe vectors import model.bin -o model.vectors

            LANGUAGE=FILE makes rows of one language. A fastText .bin model has sub-words, from which unknown words are composed.

            Words are stored lower-cased and in NFC; of words that then are equal the first is kept.
            """)

    @Argument(help: "FILE or LANGUAGE=FILE; .vec text (.zst or plain), or a fastText .bin model.")
    var inputs: [String]

    @Option(name: .shortAndLong, help: "Table to make.")
    var output: String

    @Option(help: ArgumentHelp("Scale of the rows.", valueName: "unit|none"))
    var normalize: VectorNormalization = .unit

    @Flag(help: "Accept a file that has another number of words than its first line says.")
    var allowWrongCount = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "vectors import")
        let (inputs, output, normalize, allowWrongCount) = (inputs, output, normalize, allowWrongCount)
        try await session.run {
            let description = try VectorImport.run(
                inputs.map(VectorImport.Source.init), to: output, normalization: normalize,
                allowingWrongCount: allowWrongCount
            ) { session.progress.setStatus("\($0) words", fraction: nil) }
            session.log(
                "\(output): \(description.rowCount) rows of \(description.dimension)"
                    + (description.repeatedWordCount > 0
                        ? ", \(description.repeatedWordCount) repeated words left out" : ""))
        }
    }
}

struct VectorsInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Describes a vector table.")

    @Argument(help: "Vector table.")
    var table: String

    @Flag(help: "Also read everything and compare the digest.")
    var verify = false

    func run() throws {
        let table = try VectorTable(path: table)
        if verify { try table.verify() }
        let description = table.description
        var text =
            "rows           \(description.rowCount)\ndimension      \(description.dimension)\nlanguages      \(description.languages.joined(separator: " "))\n"
        text += "normalization  \(description.normalization)\n"
        text +=
            "sub-words      \(description.subwords.map { "\($0.minimum) to \($0.maximum) characters, \($0.buckets) rows" } ?? "none: unknown words have no vector")\n"
        text +=
            "statistics     \(description.statistics.isEmpty ? "none" : description.statistics.joined(separator: " "))\n"
        text += "pivot          \(description.pivot ?? "none")\n"
        text +=
            "transforms     \(description.sections["rotations"] == nil ? "none" : "of composed vectors, by language")\n"
        text += "digest         \(description.digest)\(verify ? " (verified)" : "")\n"
        try StandardOutput.write(text)
    }
}
