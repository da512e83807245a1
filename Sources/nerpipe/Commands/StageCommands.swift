import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Splits text into sentences and tokens that slice back to its bytes.",
        discussion: """
            EXAMPLES
              nerpipe tokenize --lang sw news.txt.zst -o tokens.zst
              zstdcat dump.jsonl.zst | nerpipe tokenize --lang sw --format jsonl \\
                | nerpipe embed --vectors en-sw.vectors -o embedded.zst

            Words are those of UAX #29. Text: a line is a paragraph, a file is a document. JSON lines: {"id": ..., "text": ...}, other keys \
            are ignored. Columns (.conll, .tsv) are tokenized already and stay as they are; their tags are not read.
            """, aliases: ["tokenise"])

    @Argument(help: "Text files, patterns, or '-' for standard input; .zst or plain.")
    var inputs: [String] = ["-"]
    @OptionGroup var arguments: TokenizeArguments
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "tokenize")
        let paths = inputs.flatMap(Directory.expand)
        let destination = try output.destination
        let runner = PipelineRunner(jobs: common.jobCount, progress: session.progress)
        let stream = try arguments.stream(paths, runner, session)
        try runner.write(stream, to: destination, compressor: output.compressor)
        try await session.run { try await runner.run() }
    }
}

struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Looks tokens up in a vector table and hashes their features.",
        discussion: """
            EXAMPLE
              nerpipe tokenize --lang sw news.txt.zst \\
                | nerpipe embed --vectors en-sw.vectors -o embedded.zst

            Writes row numbers and hashes, some tens of bytes a token. Words are looked up lower-cased and in NFC; those the table lacks are \
            composed from character n-grams when the table has them, otherwise they count as absent.
            """)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var arguments: EmbedArguments
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "embed")
        let destination = try output.destination
        let embedder = try arguments.embedder()
        let reader = try ShardReader(paths: input.paths)
        let runner = PipelineRunner(jobs: common.jobCount, progress: session.progress)
        let stream = try runner.embed(runner.read(reader), embedder)
        try runner.write(stream, to: destination, compressor: output.compressor)
        try await session.run { try await runner.run() }
    }
}

struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Lets a teacher give every token a distribution over the tags.",
        discussion: """
            EXAMPLE
              nerpipe score --teacher teachers/en embedded.zst -o scored.zst
              nerpipe score --teacher teachers/en --teacher teachers/de \\
                --weight 0.7 --weight 0.3 embedded.zst -o scored.zst

            Several teachers must know the same labels and have been trained on the same vector table and features. Their distributions are \
            averaged, weighted if weights are given (Wu et al., ACL 2020, section 3.2).
            """)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var arguments: ScoreArguments
    @Option(help: "Vector table, when it is not where the stream says.")
    var vectors: String?
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "score")
        let destination = try output.destination
        let models = try arguments.models()
        let reader = try ShardReader(paths: input.paths)
        try reader.header.require(.embedded, from: reader.name, by: "score")
        for folder in models {
            try folder.model.configuration.requireFit(reader.header, model: folder.path, stream: reader.name)
        }
        let table = try TableFinder.open(for: reader.header, override: vectors, neededBy: reader.name)
        let teacher = try arguments.makeTeacher(models, vectors: table)
        let runner = PipelineRunner(jobs: common.jobCount, progress: session.progress)
        let stream = try runner.score(runner.read(reader), teacher, rowCount: table.rowCount)
        try runner.write(stream, to: destination, compressor: output.compressor)
        try await session.run { try await runner.run() }
    }
}

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Trains a student on a scored stream.",
        discussion: """
            EXAMPLES
              nerpipe update scored/*.zst -o students/sw
              ... | nerpipe score --teacher teachers/en \\
                | nerpipe update -o students/sw --resume

            Teacher-student learning (Wu et al., ACL 2020): fresh weights, mean squared error between the distributions. A pipe is kept in the \
            output folder while several epochs are trained. Interrupted, the same command continues and ends with the same bytes; a pipe must \
            then be replayed from its beginning.
            """)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var arguments: UpdateArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "update")
        let paths = input.paths
        let library = try arguments.epochs > 1 ? BlockLibrary(paths: paths) : nil
        // A pipe can be opened only once, files again for each attempt.
        let reader = try library == nil ? ShardReader(paths: paths) : nil
        guard let header = library?.header ?? reader?.header else { throw Failure(.usage, "no input given") }
        let place = paths[0] == "-" ? "<stdin>" : paths[0]
        try header.require(.scored, from: place, by: "update")
        guard let labels = header.labels else {
            throw Failure(.badData, "\(place): the stream names no labels; score it again")
        }
        let table = try TableFinder.open(for: header, override: arguments.vectors, neededBy: place)
        let handover = HandOver(reader)
        let source = TrainingSource(header: header, library: library) { runner, _ in
            guard let reader = handover.take() else { throw Failure(.bug, "\(place): the stream was asked for twice") }
            return runner.read(reader)
        }
        try await UpdateRun(arguments: arguments, common: common, session: session)
            .run(
                source, table: table, labels: TagSet(names: labels, place: place),
                identity: library.map { ["input": $0.digest] } ?? [:],
                purpose: "nerpipe update")
    }
}

/// Something non-sendable that is given away once.
///
/// `@unchecked Sendable` holds because one task puts it in before another, started later, takes it out.
final class HandOver<Value>: @unchecked Sendable {
    private var value: Value?
    init(_ value: Value?) { self.value = value }
    func take() -> sending Value? {
        nonisolated(unsafe) let taken = value
        value = nil
        return taken
    }
}
