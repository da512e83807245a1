import ArgumentParser
import Corpora
import Diagnostics
import Pipelines
import Shards
import Vectors

struct SelectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "select",
        abstract: "Decides which scored sentences a student learns from, and how much each token counts.",
        discussion: """
            EXAMPLES
              nerpipe select --smooth 0.5 scored.zst -o smooth.zst
              ... | nerpipe score --teacher A --teacher B \\
                | nerpipe select --weigh-by agreement --keep 0.8 --by entropy \\
                | nerpipe update -o student
              nerpipe select --keep 0.8 --by independence --model teachers/en \\
                --source en.zst scored.zst -o kept.zst

            What is given is done in this order: smooth, weights, minimum confidence, keep. --smooth, reliability and independence read the \
            stream twice, so it must be in files.
            """)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var arguments: SelectArguments
    @Option(help: "Vector table, when it is not where the stream says.")
    var vectors: String?
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "select")
        let destination = try output.destination, compressor = output.compressor
        let paths = input.paths
        if arguments.readsTwice {
            try RepeatedInput.require(paths, because: "--smooth, reliability and independence read the stream")
        }
        let reader = try ShardReader(paths: paths)
        let header = reader.header, name = reader.name
        try header.require(.scored, from: name, by: "select")
        let table = try TableFinder.open(for: header, override: vectors, neededBy: name)
        let handover = HandOver(reader)
        let (arguments, jobs) = (arguments, common.jobCount)
        try await session.run {
            let stage = try await arguments.stage(
                for: header, place: name, table: table,
                runner: PipelineRunner(jobs: jobs, progress: session.progress))
            if stage.needsSurvey {
                let runner = PipelineRunner(jobs: jobs, progress: session.progress)
                try await stage.survey(runner.checked(runner.read(ShardReader(paths: paths)), table), runner)
            }
            let runner = PipelineRunner(jobs: jobs, progress: session.progress)
            guard let reader = handover.take() else { throw Failure(.bug, "\(name): the stream was asked for twice") }
            let stream = try runner.select(runner.checked(runner.read(reader), table), stage)
            try runner.write(stream, to: destination, compressor: compressor)
            try await runner.run()
        }
    }
}

struct MixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mix", abstract: "Puts gold sentences of a source between the scored ones of the target.",
        discussion: """
            EXAMPLE
              ... | nerpipe score --teacher teachers/en \\
                | nerpipe mix --gold en=en/train.conll --share 0.25 \\
                | nerpipe update -o student

            The gold labels are targets like a teacher's, with probability 1. The labelled text is read as often as it is needed.
            """)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var arguments: MixArguments
    @Option(help: "Vector table, when it is not where the stream says.")
    var vectors: String?
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "mix")
        let destination = try output.destination
        let reader = try ShardReader(paths: input.paths)
        let header = reader.header
        try header.require(.scored, from: reader.name, by: "mix")
        let table = try TableFinder.open(for: header, override: vectors, neededBy: reader.name)
        let embedder = try Embedder(
            table: table, features: header.features ?? [], numbers: TokenNumbers(names: header.numbers ?? []))
        let runner = PipelineRunner(jobs: common.jobCount, progress: session.progress)
        let stream = try runner.mix(runner.read(reader), arguments.stage(for: header), embedder)
        try runner.write(stream, to: destination, compressor: output.compressor)
        try await session.run { try await runner.run() }
    }
}
