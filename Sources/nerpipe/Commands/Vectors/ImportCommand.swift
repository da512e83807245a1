import ArgumentParser
import Diagnostics
import LanguageCodes
import Pipelines
import Shards
import Vectors

extension VectorFileFormat: ExpressibleByArgument {}
extension VectorRowFormat: ExpressibleByArgument {}
extension VectorImport.InvalidWordPolicy: ExpressibleByArgument {}
extension VectorNormalization: ExpressibleByArgument {}

struct VectorsImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a vector table from files of fastText, word2vec or GloVe.",
        discussion: """
            EXAMPLES
              nerpipe vectors import multilingual.vec.zst -o multilingual.vectors
              nerpipe vectors import en=wiki.en.vec.gz sw=wiki.sw.vec -o en-sw.vectors
              nerpipe vectors import model.bin -o model.vectors
              nerpipe vectors import --rows int8 glove.txt -o glove.vectors

            LANGUAGE=FILE makes rows of one language. A fastText .bin model has sub-words, from which unknown words are composed.
            The format and the compression (gzip, zstd) are found out from the first bytes, not from the name. A format that is named \
            and contradicts the file is refused.

            Words are stored lower-cased and in NFC; of words that then are equal the first is kept. A word may hold spaces and no-break \
            spaces: the numbers of a line are its last ones. Words with spaces, or with a vector of zeros, are kept, and counted; empty words \
            are left out, and counted. What is no number stops the import.

            Memory: the words and an index, about 30 bytes a row and the bytes of its word, whatever the dimension and the size of the files.
            """)

    @Argument(help: "FILE or LANGUAGE=FILE; .vec or GloVe text, word2vec binary, fastText .bin; plain, .gz or .zst.")
    var inputs: [String]

    @Option(name: .joinable("o"), help: "Table to make.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Format of the files, if not to be found out.", valueName: "auto|text|glove|word2vec|fasttext"))
    var format: VectorFileFormat = .auto

    @Option(
        help: ArgumentHelp(
            "Scale of the rows; center subtracts the mean of the language's rows.", valueName: "unit|center,unit|none"))
    var normalize: VectorNormalization = .unit

    @Option(
        help: ArgumentHelp("Numbers of the rows: 16-bit floats, or 8 bits with a scale per row.", valueName: "f16|int8")
    )
    var rows: VectorRowFormat = .f16

    @Option(help: "Read the first words of each file only.")
    var maxWords: Int?

    @Option(help: ArgumentHelp("What to do with words that are not UTF-8.", valueName: "fail|skip|replace"))
    var invalid: VectorImport.InvalidWordPolicy = .fail

    @Flag(help: "Accept a file that has another number of words than its first line says.")
    var allowWrongCount = false

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var bad: BadRecordArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let maxWords, maxWords < 1 { throw ValidationError("--max-words must be at least 1") }
    }

    func run() async throws {
        let session = Session(common, command: "vectors import")
        let sources = inputs.map(VectorImport.Source.init)
        try LanguageCode.requireOneWriting(of: sources.map(\.language))
        var options = VectorImport.Options()
        options.format = format
        options.normalization = normalize
        options.rowFormat = rows
        options.invalidWords = invalid
        options.allowsWrongCount = allowWrongCount
        options.maximumWordCount = maxWords ?? .max
        options.rule = try overwriting.rule(for: output, compresses: false, wait: common.wait)
        try options.rule.requireFree(output)
        options.bad = bad.records { session.log($0) }
        try await session.run { [output, options] in
            let description = try VectorImport.run(
                sources, to: output, options,
                progress: { session.progress.setStatus("\($0.rowCount) rows", fraction: $0.fraction) },
                notify: { session.log($0) })
            session.log("\(output): \(description.rowCount) rows of \(description.dimension)")
        }
    }
}
