import ArgumentParser
import Corpora
import Diagnostics
import Pipelines
import Shards

/// A stage as a command: streams in, a stream out.
struct StageCommand<S: Stage>: AsyncParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(S.help) }

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var stage: S
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: S.help.name)
        let paths = input.paths
        let destination = try output.destination(inputs: paths, common), compressor = output.compressor
        if let reason = stage.reasonForSurvey { try RepeatedInput.require(paths, because: reason) }
        let (stage, context) = (stage, session.context)
        try stage.requireInputs(in: context)
        try await session.run {
            var chain = StageChain(try PipelineSource(streams: paths), in: context)
            try await chain.append(stage)
            let runner = context.makeRunner()
            try runner.write(await chain.attach(to: runner), to: destination, compressor: compressor)
            try await runner.run()
        }
    }
}

extension CommandConfiguration {
    init(_ help: StageHelp, aliases: [String] = []) {
        self.init(commandName: help.name, abstract: help.abstract, discussion: help.discussion, aliases: aliases)
    }
}

extension Stage {
    static var command: any ParsableCommand.Type { StageCommand<Self>.self }
}

struct TokenizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(TokenizeArguments.help, aliases: ["tokenise"])

    @Argument(help: "Text files, patterns, or '-' for standard input; plain, .gz or .zst.")
    var inputs: [String] = ["-"]
    @OptionGroup var arguments: TokenizeArguments
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: TokenizeArguments.help.name)
        let paths = inputs.flatMap(Directory.expand)
        let destination = try output.destination(inputs: paths, common)
        let source = try destination.reserving { try arguments.source(paths, in: session.context) }
        let runner = session.context.makeRunner()
        try runner.write(source.start(runner), to: destination, compressor: output.compressor)
        try await session.run { try await runner.run() }
    }
}

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(UpdateStage.help)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var stage: UpdateStage
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: UpdateStage.help.name)
        let (stage, context, paths) = (stage, session.context, input.paths)
        try await session.run {
            // Blocks in files are learnt from in any order, with no copy of them.
            if stage.epochs > 1, let library = try ShardLibrary(paths: paths) {
                try await stage.run(
                    TrainingSource(library, place: paths[0]), inputs: .init(stream: library.digest), in: context)
            } else {
                let chain = StageChain(try PipelineSource(streams: paths), in: context)
                let source = TrainingSource(header: chain.header, place: chain.source.place) { runner, firstIndex in
                    try await chain.attach(to: runner, from: firstIndex)
                }
                try await stage.run(source, inputs: .init(), in: context)
            }
        }
    }
}
