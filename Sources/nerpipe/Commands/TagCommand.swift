import ArgumentParser
import Corpora
import Diagnostics
import Formats
import Pipelines
import Shards
import Taggers
import Vectors

struct TagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Tags text with a model.",
        discussion: """
            EXAMPLES
              nerpipe tag --model students/sw < text > tagged.conll
              nerpipe tag --model students/sw 'corpus/*.jsonl.zst' --to jsonl -o out.jsonl

            CoNLL output: TOKEN<TAB>TAG, an empty line after each sentence; CoNLL-U has the tag in MISC, NER=B-PER. JSON lines: one sentence per line with its document, its tokens \
            and its entities. 'start' and 'end' of an entity count the Unicode code points of the document's text, so that Python's \
            text[start:end] is its 'text': of a file read as UTF-8 with its line ends as they are (newline=''), of the 'text' of a line of \
            JSON, or, for columns, of the tokens joined by spaces and the sentences by line ends. 'byte_start' and 'byte_end', like \
            'offsets', count bytes of the document, of columns those of the file.
            """)

    @Argument(help: "Text files, patterns, or '-' for standard input; plain, .gz or .zst.")
    var inputs: [String] = ["-"]

    @Option(help: "Model directory.")
    var model: String

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(name: .joinable("o"), help: "Output file, compressed when it ends in .zst; '-' is standard output.")
    var output = "-"

    @OptionGroup var overwriting: OverwriteArguments

    @Option(help: ArgumentHelp("Form of the output.", valueName: OutputFormat.valueName))
    var to = OutputFormat(CoNLLColumns())

    @OptionGroup var arithmetic: PrecisionArguments
    @OptionGroup var arguments: TokenizeArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "tag")
        let model = try Model(path: model)
        let table = try TableFinder.open(model.configuration.vectors, override: vectors, neededBy: self.model)
        let embedder = try Embedder(table: table, for: model.configuration)
        let tagger = try TaggerInference(model, vectors: table, precision: arithmetic.precision)
        let tags = try model.tagSet(place: self.model)
        let paths = inputs.flatMap(Directory.expand)
        let writer = try to.writer()
        let rule = try overwriting.rule(for: output, inputs: paths, wait: common.wait)
        // Before a slow pipe is looked at, what cannot be written is refused.
        let output = TextOutput(try output == "-" ? nil : TextFile(output, rule), frame: writer.frame)
        var arguments = arguments
        arguments.lang = try TextLanguage.of(arguments.lang, models: [model.configuration], table: table) {
            session.log($0)
        }
        let source = try arguments.source(paths, in: session.context, keepsText: writer.needsDocumentText)
        var chain = StageChain(source, in: session.context)
        chain.append(try OpenStage(embedder, chain.header, place: paths[0]), name: "embed")
        chain.append(
            OpenStage(header: chain.header) { batch, _ in
                var tagged = batch
                tagged.gold = tagger.tag(batch, tags: tags)
                return tagged
            }, name: "tag")
        let runner = session.context.makeRunner()
        let tagged = try await chain.attach(to: runner)
        runner.writeText(tagged, to: output) { writer.write($0, labels: tags.names) }
        try await session.run { try await runner.run() }
    }
}
