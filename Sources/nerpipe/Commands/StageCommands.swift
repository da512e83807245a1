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
    @OptionGroup var unit: UnitArguments
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let paths = input.paths, shard = unit.shard ?? (output.isFolder ? .whole : nil)
        let place = output.unit(unit.shard, ofStreams: paths)
        let session = Session(common, command: S.help.name, unit: place, shard: unit.shard)
        if let reason = stage.reasonForSurvey { try RepeatedInput.require(paths, because: reason) }
        let (stage, context) = (stage, session.context)
        let writing = try StreamWriting(output, place, shard, paths, input.inputs, common)
        try await session.run(next: nextCommand(after: S.help.name, output.output)) {
            try await writing.noting {
                try stage.requireInputs(in: context)
                let source =
                    try shard.map { try PipelineSource(streams: paths, unit: $0) } ?? PipelineSource(streams: paths)
                var chain = StageChain(source, in: context)
                try await chain.append(stage)
                if shard?.isWhole == false { try chain.requireBlockByBlock() }
                try await writing.write(chain.header, source, in: context) { try await chain.attach(to: $0) }
            }
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
    @OptionGroup var unit: UnitArguments
    @OptionGroup var output: StreamOutputArguments
    @OptionGroup var common: CommonOptions

    func validate() throws {
        let expects = arguments.expectDocuments != nil || arguments.expectBytes != nil
        guard unit.shard == nil || !expects else {
            throw ValidationError(
                "--expect-documents and --expect-bytes are of all of the input, --shard of a part of it")
        }
    }

    func run() async throws {
        let paths = inputs.flatMap(Directory.expand), shard = unit.shard ?? (output.isFolder ? .whole : nil)
        let place = output.unit(unit.shard)
        let session = Session(common, command: TokenizeArguments.help.name, unit: place, shard: unit.shard)
        let (arguments, context) = (arguments, session.context)
        let writing = try StreamWriting(output, place, shard, paths, inputs, common)
        let next = nextCommand(after: TokenizeArguments.help.name, self.output.output)
        try await session.run(next: next) {
            try await writing.noting {
                let source = try writing.reserving { try arguments.source(paths, in: context, unit: shard) }
                try await writing.write(source.header, source, in: context) { try source.start($0) }
            }
        }
    }
}

/// What goes on with the stream that a stage made; nil when it went into a pipe, or may go anywhere.
private func nextCommand(after stage: String, _ output: String) -> String? {
    guard output != "-" else { return nil }
    return switch stage {
    case "tokenize": "nerpipe embed --vectors TABLE.vectors \(output) -o EMBEDDED.zst"
    case "embed": "nerpipe score --teacher TEACHER \(output) -o SCORED.zst"
    case "score", "select", "mix": "nerpipe update \(output) -o STUDENT"
    default: nil
    }
}

struct UpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(UpdateStage.help)

    @OptionGroup var input: StreamInputArguments
    @OptionGroup var stage: UpdateStage
    @OptionGroup var round: RoundArguments
    @OptionGroup var common: CommonOptions

    func validate() throws { try round.validate(stage) }

    func run() async throws {
        let round = try round.settings(stage, streams: input.paths)
        let session = Session(common, command: UpdateStage.help.name, notes: round?.notes)
        let (stage, context, paths) = (stage, session.context, input.paths)
        if let round {
            return try await session.run {
                try await round.notes.noting {
                    guard let library = try ShardLibrary(paths: paths) else { throw Failure.roundOfPipe(paths[0]) }
                    try await stage.run(round, on: library, place: paths[0], in: context)
                }
            }
        }
        let next = "nerpipe tag --model \(stage.training.output) < TEXT > TAGGED.conll"
        try await session.run(next: next) {
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
