import ArgumentParser
import Pipelines
import Runs
import Shards
import Taggers
import TransformerVectors
import Transformers
import Vectors

struct VectorsEncodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Adds to the vectors of a table what a multilingual encoder makes of the words.",
        discussion: """
            EXAMPLES
              nerpipe vectors encode eur.vectors --encoder e5 -o eur-e5.vectors
              nerpipe vectors encode eur.vectors --encoder e5 --layers 7,8,9 \\
                --dimension 300 --share 1 -o e5.vectors

            The encoder is a Hugging Face folder (config.json, model.safetensors, tokenizer.json) of BERT, XLM-RoBERTa or DistilBERT; a head is not \
            needed. Each word stands alone between the encoder's special pieces, written with the capitals that the table says it mostly \
            has; its vector is the mean over its pieces of the states at the layers. Each language is centred, and all are brought onto the axes along which \
            words differ most. A row of the new table is the old one and this one side by side; words, languages and the numbers beside \
            them stay. Character n-grams are fitted to the new rows, so that unknown words are composed for both parts.

            An interrupted run continues when the same command is given again. Its work folder OUTPUT.work takes four bytes for each number of a \
            state, 460 MB for 300,000 words and an encoder of 384.
            """)

    @Argument(help: "Vector table, as `vectors train` and `vectors import` make them.")
    var table: String

    @Option(help: ArgumentHelp("Folder of the encoder.", valueName: "folder"))
    var encoder: String

    @Option(name: .joinable("o"), help: "Table to make.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Layers whose states count, the mean of several; 0 is below the first one. Default: two thirds of the way up.",
            valueName: "layer,..."))
    var layers: String?

    @Option(help: "Numbers of the encoder's part of a row.")
    var dimension = 200

    @Option(help: "Share of the encoder's part in the squared length of a row; 1 leaves the old vectors out.")
    var share: Float = 0.7

    @Option(help: "Seed of the order in which n-grams are fitted.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Arithmetic of the encoder; reduced is 8-bit.", valueName: "full|reduced"))
    var precision: ArithmeticPrecision = .full

    @Flag(
        help:
            "Keep the work folder OUTPUT.work, so that another --dimension or --share (with --force) need not encode again."
    )
    var keepWork = false

    @Flag(help: "")
    var start: ResumeChoice = .resume

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var kernels: KernelArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        try requireAll([
            ("--dimension", (1...4096).contains(dimension), "from 1 to 4096"),
            ("--share", share > 0 && share <= 1, "above 0, and at most 1"),
        ])
        _ = try layerNumbers()
    }

    private func layerNumbers() throws -> [Int]? {
        try layers?.split(separator: ",", omittingEmptySubsequences: false).map {
            guard let number = Int($0) else {
                throw ValidationError("--layers \(layers ?? ""): expected numbers, as in 7,8,9")
            }
            return number
        }
    }

    func run() async throws {
        let session = Session(common, command: "vectors encode")
        var options = TableEncoding.Options(output: output)
        options.rule = try overwriting.rule(for: output, compresses: false, wait: common.wait)
        if start == .fresh { options.rule.replaces = true }
        (options.dimension, options.share, options.seed) = (dimension, share, seed)
        options.start.isFresh = start == .fresh
        options.start.acceptsOtherKernels = kernels.acceptOtherKernels
        options.start.wait = .seconds(common.wait)
        options.keepsWork = keepWork
        options.threads = session.threads
        try options.rule.requireFree(output)
        let (path, folder, wanted, precision) = (table, encoder, try layerNumbers(), precision)
        try await session.run { [options] in
            let table = try VectorTable(path: path)
            try table.verify()
            let encoder = try TransformerEncoder(folder: folder, precision: precision == .full ? .float32 : .int8)
            let layers = wanted ?? [encoder.configuration.layerCount * 2 / 3]
            let states = try WordStates(
                encoder, path: folder, pieces: SubwordPieces(path: "\(folder)/tokenizer.json"), layers: layers)
            session.log(
                "\(folder): layers \(layers.map(String.init).joined(separator: ", ")) of \(encoder.configuration.layerCount)"
            )
            let description = try TableEncoding(
                table, states, encoderPath: folder, options, log: { session.log($0) },
                status: { session.progress.setStatus($0, fraction: $1) }
            ).run()
            session.log(
                "\(options.output): \(description.rowCount) rows of \(description.dimension), \(description.languages.count) languages"
            )
        }
    }
}
