import ArgumentParser
import Corpora
import Diagnostics
import Formats
import Pipelines
import Shards

extension TagScheme: ExpressibleByArgument {}

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Makes labelled text of one form into another.",
        discussion: """
            EXAMPLES
              nerpipe convert project-1.json train.conll
              nerpipe convert train.conll tasks.json --to label-studio
              nerpipe convert 'brat/*.ann' - --to hf-tokens
              nerpipe convert en.conll brat --to brat
              nerpipe convert a.conll b.conll --scheme iobes --types PER,LOC

            What the input is, is found from its content: columns, CoNLL-U, Label Studio, doccano, Prodigy, Hugging Face's datasets, brat. \
            Documents without tokens are tokenized as 'tokenize' does it. A record of documents is a document of JSON; of columns it is a \
            sentence. Spans become whole tokens, and of spans that overlap the longest is kept; whatever cannot be kept is counted and \
            named. Offsets count what the form's own program counts: code points, in doccano UTF-16 code units.
            """)

    @Argument(help: "Labelled file, pattern, or '-' for standard input; plain, .gz or .zst.")
    var input: String

    @Argument(help: "Output file, compressed when it ends in .zst; '-' is standard output; a folder for brat.")
    var output: String

    @Option(
        help: ArgumentHelp(
            "Form of the output. Default: as its name says, .conll, .conllu ...", valueName: OutputFormat.valueName))
    var to: OutputFormat?

    @Option(help: ArgumentHelp("How tags say where entities begin and end.", valueName: "iob1|iob2|iobes|bilou"))
    var scheme = TagScheme.iob2

    @Option(
        help: ArgumentHelp(
            "What offsets count in the output. Default: what the form's own program counts.",
            valueName: OffsetUnit.allCases.map(\.rawValue).joined(separator: "|")))
    var toOffsets: OffsetUnit?

    @Option(help: "Language code of the text, for the rules of where sentences end.")
    var lang = "und"

    @OptionGroup var gold: GoldArguments
    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "convert")
        let target = try target()
        let paths = Directory.expand(input)
        let rule = try overwriting.rule(for: output, inputs: paths, wait: common.wait)
        let sink = try BatchSink(target, WritingOptions(scheme: scheme, offsets: toOffsets), output, rule)
        let bad = gold.bad.records { session.log($0) }
        var corpus = try gold.corpus(paths, bad: bad, reading: ReadingNotes { session.log($0) })
        corpus.language = lang
        corpus.keepsText = sink.needsDocumentText
        let source = corpus
        try await session.run {
            var conversion = GoldCorpus.Conversion(source)
            var renamed: [String: String] = [:]
            while let (batch, labels) = try conversion.next() {
                try Interruption.check("interrupted while reading \(source.place)")
                try sink.write(batch, labels: labels.map { Self.name($0, in: target, &renamed) })
            }
            try bad.finish()
            for note in try conversion.notes() { session.log(note) }
            if !renamed.isEmpty {
                let names = renamed.sorted { $0.key < $1.key }.prefix(20).map { "'\($0.key)' is \($0.value)" }
                session.log("types whose names \(target.title) cannot hold: \(names.joined(separator: ", "))")
            }
            try sink.finish()
            let counts = conversion.counts
            if counts.documents > 1, !target.keepsDocuments {
                session.log("in \(target.title) nothing says where the \(counts.documents) documents begin")
            }
            session.log(
                "\(counts.documents) documents, \(counts.sentences) sentences, \(counts.tokens) tokens, \(counts.entities) entities"
            )
        }
    }

    private func target() throws -> any TextFormat {
        if let to { return to.format }
        // JSON may be any of several forms.
        guard let promised = TextFormats.promised(by: output), promised.family == .columns else {
            throw Failure.noOutputForm(output, forms: OutputFormat.valueName)
        }
        return promised
    }

    /// A label as a form can hold it: no white space in columns, letters and digits in brat.
    private static func name(_ label: String, in format: any TextFormat, _ renamed: inout [String: String]) -> String {
        guard label != "O", format.family == .columns || format.isWrittenAsFolder else { return label }
        let type = String(label.dropFirst(2))
        let name =
            format.isWrittenAsFolder
            ? StandoffFolder.typeName(type) : String(type.map { $0.isWhitespace || $0 == "|" ? "_" : $0 })
        if name != type { renamed[type] = name }
        return label.prefix(2) + name
    }
}
