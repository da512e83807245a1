import Corpora
import Diagnostics
import Distillation
import Objectives
import Selection
package import Shards
import Streams

/// A definition whose stages have their types: what `nerpipe run` does.
package struct Recipe {
    /// The stages of one round.
    private struct Round {
        /// nil: the inputs are streams.
        var tokenize: TokenizeArguments?
        var stages: [any Stage] = []
        /// nil: the stream goes to a file.
        var update: UpdateStage?
    }

    package let definition: Definition
    private let context: PipelineContext
    private let first: Round
    /// The inputs, `-` for standard input.
    package let paths: [String]

    package init(_ definition: Definition, in context: PipelineContext) throws {
        self.definition = definition
        self.context = context
        first = try Self.round(1, of: definition)
        paths = definition.inputs.flatMap(Directory.expand)
    }

    /// The stream that is made, when no student is.
    package var output: String? { first.update == nil ? definition.output : nil }

    /// Everything the stages were told.
    package var words: [String] { paths + definition.steps(round: 1).flatMap { [$0.name] + $0.options.arguments } }

    private static func round(_ number: Int, of definition: Definition) throws -> Round {
        var round = Round()
        for step in definition.steps(round: number) {
            let place = "\(definition.path): \(step.name)"
            if let stage = StageList.named(step.name) {
                round.stages.append(try step.options.parsed(as: stage, place: place))
            } else if step.name == Definition.first {
                round.tokenize = try step.options.parsed(as: TokenizeArguments.self, place: place)
            } else {
                round.update = try step.options.parsed(as: UpdateStage.self, place: place)
            }
        }
        return round
    }

    /// The shell pipes that do the same.
    package func shell(program: String) throws -> String {
        try definition.shell(program: program) { step in
            guard let stage = StageList.named(step.name) else { return false }
            return try step.options.parsed(as: stage, place: definition.path).reasonForSurvey != nil
        }
    }

    /// Says what is missing, before hours of work.
    package func requireInputs() throws {
        try requireKinds()
        let reasons =
            (definition.rounds > 1 ? ["rounds read the text"] : []) + first.stages.compactMap(\.reasonForSurvey)
        if let reason = reasons.first { try RepeatedInput.require(paths, because: reason) }
        for path in paths where path == "-" || !Directory.isSpecialFile(path) { _ = try FileInput(path: path) }
        for stage in first.stages { try stage.requireInputs(in: context) }
        let wantsVotes = first.update?.needsVotes == true || first.stages.contains(where: \.needsVotes)
        guard definition.rounds == 1 || !wantsVotes else {
            throw Failure.roundsWithVotes(definition.path)
        }
    }

    /// Runs all rounds to the end, or until they are interrupted.
    ///
    /// - Parameter rule: What becomes of a stream that is there.
    package func run(_ rule: OutputRule) async throws {
        try requireInputs()
        for number in 1...definition.rounds {
            if definition.rounds > 1 { context.log("round \(number) of \(definition.rounds)") }
            let round = try Self.round(number, of: definition)
            let chain = try await chain(of: round)
            if let update = round.update {
                let source = TrainingSource(header: chain.header, place: chain.source.place) { runner, firstIndex in
                    try await chain.attach(to: runner, from: firstIndex)
                }
                try await update.run(
                    source, inputs: try inputs(of: round), in: context,
                    plannedBytes: memory(of: round, chain).mebibytes << 20)
            } else if let output = definition.output {
                let runner = context.makeRunner()
                let stream = try await chain.attach(to: runner)
                try runner.write(stream, to: StreamDestination(output, rule), compressor: FrameCompressor(level: 3))
                try await runner.run()
            }
        }
    }

    /// Refuses stages that give what the next one does not take.
    private func requireKinds() throws {
        guard first.tokenize != nil else { return }  // the inputs say what they are
        var (before, kind) = (Definition.first, StreamHeader.Kind.tokens)
        func require(_ name: String, _ kinds: [StreamHeader.Kind]) throws {
            guard !kinds.contains(kind) else { return }
            throw Failure.stageDoesNotFit(
                name, wanted: kinds, behind: before, kind, missing: StageList.making(kinds), definition.path)
        }
        for stage in first.stages {
            let type = Swift.type(of: stage)
            try require(type.help.name, type.kinds)
            (before, kind) = (type.help.name, type.kind(after: kind))
        }
        if first.update != nil { try require(Definition.last, UpdateStage.kinds) }
    }

    /// A student of the teachers, or of the student before it.
    private func chain(of round: Round) async throws -> StageChain {
        let source = try round.tokenize?.source(paths, in: context) ?? PipelineSource(streams: paths)
        var chain = StageChain(source, in: context)
        for stage in round.stages { try await chain.append(stage) }
        return chain
    }

    private func memory(of round: Round, _ chain: StageChain) -> MemoryPlan {
        var memory = MemoryPlan(
            jobs: context.threads.count, stages: chain.memory, labelCount: chain.header.labels?.count ?? 0)
        memory.blockByteCount = round.tokenize?.blockBytes ?? memory.blockByteCount
        memory.windowTokenCount = round.update?.settings.windowTokenCount ?? 0
        return memory
    }

    private func inputs(of round: Round) throws -> UpdateStage.Inputs {
        UpdateStage.Inputs(files: try InputIdentity.of(paths), tokenize: round.tokenize?.identity)
    }

    /// What would be done, for `run --dry-run`.
    package func plan() async throws -> String {
        try requireInputs()
        let chain = try await chain(of: first)
        var text = "definition: \(definition.path)\n"
        if definition.rounds > 1 { text += "rounds: \(definition.rounds)\n" }
        for step in definition.steps(round: 1) {
            text += ([step.name + ":"] + step.options.arguments).joined(separator: " ") + "\n"
        }
        text += "inputs: \(paths.count) file(s)\n" + paths.map { "  \($0)\n" }.joined()
        text += chain.plan.map { $0 + "\n" }.joined()
        try first.update?.settings.validate()
        text += "memory: about \(memory(of: first, chain).mebibytes) MiB besides the mapped table\n"
        if let output = first.update?.training.output {
            let state = Directory.exists(output) ? ResumeState.describe(output) : "would begin: nothing there yet"
            text += "\(output): \(state)\n"
        } else if let output = definition.output {
            text += "\(output): would be made\n"
        }
        return text
    }
}
