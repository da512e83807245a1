import ArgumentParser
import Corpora
import Diagnostics
import Formats
import ModelPackages
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
              nerpipe tag --model students/sw 'corpus/*.jsonl.zst' \\
                --to documents -o out.jsonl
              nerpipe tag --model students/sw news.jsonl --uncertain 200 \\
                --to label-studio -o tasks.json
              nerpipe tag --model students/sw --shard 3/100 'corpus/*.jsonl.zst' \\
                --to documents -o tagged/

            CoNLL output: TOKEN<TAB>TAG, an empty line after each sentence; CoNLL-U has the tag in MISC, NER=B-PER. 'documents': a document a line, \
            a line of JSON as it was, with its entities as its last key; of text every line. 'start' and 'end' count the Unicode code points of \
            its 'text', so that Python's text[start:end] is the entity's 'text', 'byte_start' and 'byte_end' its bytes in UTF-8. 'jsonl': one \
            sentence per line with its document, its tokens and its entities, whose places are those in the whole document: of a file read as \
            UTF-8 with its line ends as they are (newline=''), of the 'text' of a line of JSON, or, for columns, of the tokens joined by spaces \
            and the sentences by line ends; bytes of columns are those of the file.

            'score' is the probability that an entity is there, with this type and these ends; calibrated when 'nerpipe evaluate --calibrate' \
            was run for the model. --uncertain writes what a person should look at: the records of whose entities the model is least sure, of \
            different words, those to be looked at first in front.

            The texts of all units (--shard), read in order, are the text of one process with --fixed-blocks; docs/cluster.md.
            """)

    @Argument(help: "Text files, patterns, or '-' for standard input; plain, .gz or .zst.")
    var inputs: [String] = ["-"]

    @Option(help: "Model directory.")
    var model: String

    @Option(help: "Vector table, when it is not where the model says.")
    var vectors: String?

    @Option(
        name: .joinable("o"),
        help:
            "Output file, compressed when it ends in .zst; '-' is standard output; FOLDER/ is a folder of units, where it gets the unit's name and a record."
    )
    var output = "-"

    @OptionGroup var unit: UnitArguments

    @OptionGroup var overwriting: OverwriteArguments

    @Option(help: ArgumentHelp("Form of the output.", valueName: OutputFormat.valueName))
    var to = OutputFormat(CoNLLColumns())

    @Option(help: ArgumentHelp("How tags say where entities begin and end.", valueName: "iob1|iob2|iobes|bilou"))
    var scheme = TagScheme.iob2

    @Option(help: "Entity types to write, comma-separated; others become O. Default: all.")
    var types: String?

    @Option(
        help: ArgumentHelp(
            "Write only so many records, those that a person should look at; of a document of JSON all, of text a line, of columns a sentence.",
            valueName: "count"))
    var uncertain: Int?

    @Flag(help: "A line for every line of the input, empty ones too; for --to documents and its like.")
    var lineForLine = false

    @OptionGroup var arithmetic: PrecisionArguments
    @OptionGroup var arguments: TokenizeArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...10_000).contains(uncertain ?? 1) else {
            throw ValidationError("--uncertain must be from 1 to 10000")
        }
        let isUnit = unit.shard != nil || isUnitInFolder
        guard !isUnit || to.format.writer(options)?.canBeJoined == true else {
            throw ValidationError(
                "texts of --to \(to.format.name) cannot be put one behind the other, as those of units (--shard, -o FOLDER/) must be; take --to documents or conll"
            )
        }
        guard !isUnit || uncertain == nil else {
            throw ValidationError(
                "--uncertain chooses among all records, a unit (--shard, -o FOLDER/) has a part of them")
        }
        let expects = arguments.expectDocuments != nil || arguments.expectBytes != nil
        guard unit.shard == nil || !expects else {
            throw ValidationError(
                "--expect-documents and --expect-bytes are of all of the input, --shard of a part of it")
        }
        guard !lineForLine || to.format is DocumentLines || to.format is HuggingFaceSpans else {
            throw ValidationError(
                "--line-for-line is for --to documents and hf-spans, which have a line for each record")
        }
        guard !lineForLine || arguments.bad.onError == .fail && uncertain == nil else {
            throw ValidationError("--line-for-line leaves nothing out; it goes with neither --on-error nor --uncertain")
        }
    }

    /// Formats that are folders of files have theirs at the output.
    private var isUnitInFolder: Bool { output.count > 1 && output.hasSuffix("/") && !to.format.isWrittenAsFolder }
    private var options: WritingOptions { WritingOptions(scheme: scheme) }

    func run() async throws {
        let paths = inputs.flatMap(Directory.expand)
        guard isUnitInFolder else { return try await writeFile(paths) }
        let shard = unit.shard ?? .whole
        let place = UnitOutput(folder: String(output.dropLast()), name: UnitOutput.name(of: shard))
        let session = Session(common, command: "tag", unit: place), command = self
        let work = try UnitWork(place, shard, paths, inputs, replaces: overwriting.force)
        try await session.run {
            try await work.noting {
                let tagging = try command.tagging(session)
                let source = try command.source(paths, tagging, session, unit: shard)
                let chain = try tagging.chain(source, session.context)
                try await work.run(chain.header, source, in: session.context, naming: tagging.words) { destination in
                    let sink = try BatchSink(command.to.format, command.options, to: destination)
                    let runner = session.context.makeRunner()
                    runner.write(try await chain.attach(to: runner), labels: tagging.tags.names, to: sink)
                    try await runner.run()
                }
            }
        }
    }

    private func writeFile(_ paths: [String]) async throws {
        let session = Session(common, command: "tag", shard: unit.shard)
        let tagging = try tagging(session)
        let rule = try overwriting.rule(for: output, inputs: paths, wait: common.wait)
        // Before a slow pipe is looked at, what cannot be written is refused.
        let sink = try BatchSink(to.format, options, output, rule)
        let chain = try tagging.chain(source(paths, tagging, session, unit: unit.shard), session.context)
        let runner = session.context.makeRunner()
        let tagged = try await chain.attach(to: runner)
        if let uncertain {
            write(uncertain, of: tagged, to: sink, tagging.tags, runner, session)
        } else {
            runner.write(tagged, labels: tagging.tags.names, to: sink)
        }
        try await session.run { try await runner.run() }
    }

    private func tagging(_ session: Session) throws -> Tagging {
        let model = try Model(path: model)
        // A package is for machines with little memory: some percent of the time for half of it.
        let isPackage = Directory.fileExists("\(self.model)/\(ModelPackage.manifestName)")
        let table = try TableFinder.open(
            model.configuration.vectors, override: vectors, neededBy: self.model, readsRows: isPackage)
        let tags = try model.tagSet(place: self.model)
        let labels = try LabelFilter(map: "", types: types)
        try labels.require(tags.types, place: self.model)
        let needsConfidence = to.format.writer(options)?.needsConfidence == true || uncertain != nil
        let tagger = try TaggerInference(
            model, vectors: table, precision: arithmetic.precision, keptEntries: isPackage ? .few : .many)
        if isPackage { ProgramPages.release() }
        return Tagging(
            model: model, table: table, tagger: tagger,
            tags: tags, isKept: [true] + tags.types.flatMap { Array(repeating: labels.name(of: $0) != nil, count: 2) },
            temperature: needsConfidence ? try temperature(model, session) : nil)
    }

    private func source(
        _ paths: [String], _ tagging: Tagging, _ session: Session, unit: WorkUnit?
    ) throws -> PipelineSource {
        var arguments = arguments
        arguments.lang = try TextLanguage.of(
            arguments.lang, models: [tagging.model.configuration], table: tagging.table
        ) { session.log($0) }
        let needsText = to.format.writer(options)?.needsDocumentText ?? true
        return try arguments.source(
            paths, in: session.context, keepsText: needsText || uncertain != nil, keepsBlankLines: lineForLine,
            unit: unit)
    }

    /// What logits are divided by before they are probabilities.
    private func temperature(_ model: Model, _ session: Session) throws -> Float {
        guard let calibration = try EntityCalibration.read(self.model, of: model) else {
            session.log(
                "scores are the network's own: \(self.model) was not calibrated; 'nerpipe evaluate --calibrate' with labelled text does it"
            )
            return 1
        }
        return calibration.temperature
    }

    private func write(
        _ count: Int, of tagged: BatchStream, to sink: BatchSink, _ tags: TagSet, _ runner: PipelineRunner,
        _ session: Session
    ) {
        runner.collect(tagged, into: UncertainRecords(count: count)) { (records: inout UncertainRecords, batch) in
            records.add(batch)
        } finish: { records in
            let chosen = records.chosen()
            for record in chosen { try sink.write(record, labels: tags.names) }
            try sink.finish()
            session.log("\(chosen.count) of \(records.candidateCount) records in which there may be an entity")
        }
    }
}

/// A model with what it needs to tag text.
private struct Tagging: Sendable {
    let model: Model
    let table: VectorTable
    let tagger: TaggerInference
    let tags: TagSet
    /// `[labels]`: whether entities of it are written.
    let isKept: [Bool]
    /// What logits are divided by before they are probabilities; nil where nobody asks for any.
    let temperature: Float?

    /// What decides the result and is neither in the words of the command nor in a header.
    var words: [String] {
        (temperature.map { ["temperature \($0)"] } ?? []) + [tagger.precision.nameOfScores].compactMap(\.self)
    }

    /// The text as batches with labels. Its header names the model as a teacher.
    func chain(_ source: PipelineSource, _ context: PipelineContext) throws -> StageChain {
        var chain = StageChain(source, in: context)
        let embedder = try Embedder(table: table, for: model.configuration)
        chain.append(try OpenStage(embedder, chain.header, place: source.place), name: "embed")
        var header = chain.header
        header.kind = .labelled
        header.labels = tags.names
        header.teachers = [try model.digest()]
        let (tagger, tags, isKept, temperature) = (tagger, tags, isKept, temperature)
        chain.append(
            OpenStage(header: header) { batch, counters in
                var tagged = batch
                if let temperature {
                    let (labels, confidence) = tagger.tagWithScores(batch, tags: tags, temperature: temperature)
                    (tagged.gold, tagged.confidence) = (labels, confidence)
                } else {
                    tagged.gold = tagger.tag(batch, tags: tags)
                }
                tagged.gold = tagged.gold?.map { isKept[Int($0)] ? $0 : 0 }
                counters.countEntities(tagged.gold ?? [], types: tags.types)
                return tagged
            }, name: "tag")
        return chain
    }
}
