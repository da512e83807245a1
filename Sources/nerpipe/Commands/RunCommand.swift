import ArgumentParser
import Corpora
import Diagnostics
import Distillation
import Locks
import Objectives
import Pipelines
import Shards
import Taggers
import Teachers
import Vectors

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the stages of a pipeline definition in one process.",
        discussion: """
            EXAMPLES
              nerpipe run pipeline.yaml --set target=sw --set update.epochs=4
              nerpipe run pipeline.yaml --dry-run          # what would be done
              nerpipe run pipeline.yaml --print-shell      # the same as a shell pipe
            """)

    @Argument(help: "Pipeline definition, YAML.")
    var definition: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a variable (target=sw) or an option of a stage (update.epochs=4).", valueName: "name=value"))
    var settings: [String] = []

    @Flag(
        name: [.short, .long], help: "Print the resolved options, the inputs and where the run would begin; do nothing."
    )
    var dryRun = false

    @Flag(help: "Print the shell pipe that does the same.")
    var printShell = false

    @OptionGroup var common: CommonOptions

    /// The stages' own commands, by which their options are parsed: one parser for the shell and for definitions.
    private struct Stages {
        var tokenize: TokenizeCommand, embed: EmbedCommand, score: ScoreCommand, update: UpdateCommand
        var select: SelectCommand?, mix: MixCommand?

        init(_ file: PipelineFile, round: Int) throws {
            func parse<Command: ParsableCommand>(_ type: Command.Type, _ name: String, extra: [String] = []) throws
                -> Command
            {
                do {
                    return try Command.parse((file.arguments(name, round: round) ?? []) + extra)
                } catch {
                    let message = Command.message(for: error).replacing("--", with: "")
                    throw Failure(
                        .mismatch,
                        "\(file.path): \(name): \(message.split(separator: "\n").first ?? "options not understood")")
                }
            }
            tokenize = try parse(TokenizeCommand.self, "tokenize", extra: ["--"] + file.inputs)
            embed = try parse(EmbedCommand.self, "embed")
            score = try parse(ScoreCommand.self, "score")
            update = try parse(UpdateCommand.self, "update")
            if file.arguments["select"] != nil { select = try parse(SelectCommand.self, "select") }
            if file.arguments["mix"] != nil { mix = try parse(MixCommand.self, "mix") }
        }
    }

    func run() async throws {
        let file = try PipelineFile(path: definition, settings: settings)
        let stages = try Stages(file, round: 1)
        if printShell { return try StandardOutput.write(file.shell(program: "nerpipe")) }
        let session = Session(common, command: "run")
        let paths = file.inputs.flatMap(Directory.expand)
        let tokens = try stages.tokenize.arguments.header(for: paths)
        let embedder = try stages.embed.arguments.embedder()
        if file.rounds > 1 || stages.select?.arguments.readsTwice == true {
            try RepeatedInput.require(paths, because: "rounds, smooth, reliability and independence read the text")
        }
        for path in paths { _ = try FileInput(path: path) }  // a missing file is said before hours of work
        try stages.select?.arguments.requireInputs()
        try stages.mix?.arguments.requireInputs()
        let wantsVotes =
            stages.update.arguments.learning.choice.needs.contains(.votes)
            || stages.select?.arguments.weighBy.contains(.agreement) == true
        if file.rounds > 1, wantsVotes {
            throw Failure(
                .mismatch,
                "\(file.path): after the first round there is one teacher, whom none can agree with; leave out 'rounds', or what needs votes (\(KnownObjectives.names(needing: .votes).joined(separator: ", ")), agreement)"
            )
        }
        if dryRun {
            let teacher = try teacher(stages, embedder, tokens, paths[0]).teacher
            return try printPlan(file, stages, paths, embedder.table, teacher)
        }
        for round in 1...file.rounds {
            if file.rounds > 1 { session.log("round \(round) of \(file.rounds)") }
            try await run(Stages(file, round: round), embedder, tokens, paths, session)
        }
    }

    private func teacher(_ stages: Stages, _ embedder: Embedder, _ tokens: StreamHeader, _ name: String) throws -> (
        teacher: TeacherMixture, header: StreamHeader
    ) {
        let teacher = try stages.score.arguments.makeTeacher(
            stages.score.arguments.models(), vectors: embedder.table)
        return (
            teacher,
            try PipelineRunner.scoredHeader(embedder.header(for: tokens, place: name), teacher, place: name)
        )
    }

    /// One round: a student of the teachers, or of the student before it.
    private func run(
        _ stages: Stages, _ embedder: Embedder, _ tokens: StreamHeader, _ paths: [String], _ session: Session
    ) async throws {
        let name = paths[0], table = embedder.table, arguments = stages.tokenize.arguments
        var (teacher, header) = try teacher(stages, embedder, tokens, name)
        let scored: @Sendable (PipelineRunner, Int) throws -> BatchStream = { [teacher] runner, firstIndex in
            let tokens = try arguments.stream(paths, runner, session)
            return try runner.score(
                runner.embed(tokens, embedder, firstIndex: firstIndex), teacher, rowCount: table.rowCount,
                firstIndex: firstIndex)
        }
        let jobs = common.jobCount
        let newRunner: @Sendable () -> PipelineRunner = { PipelineRunner(jobs: jobs, progress: session.progress) }
        let select = try await stages.select?.arguments.stage(
            for: header, place: name, table: table, runner: newRunner())
        let mix = try stages.mix?.arguments.stage(for: header)
        header = try select?.header(for: header, place: name) ?? header
        header = try mix?.header(for: header, place: name) ?? header
        let isSurveyed = Locked(false)
        let source = TrainingSource(header: header) { runner, firstIndex in
            var stream: BatchStream
            // Only text is looked at when nothing is needed (`.max`), and what leaves it alone need not be surveyed for.
            if let select, firstIndex < .max || select.leavesSentencesOut {
                // What is chosen decides what the blocks are, so those before the first must be chosen, too.
                if select.needsSurvey, !isSurveyed.withLock({ $0 }) {
                    let runner = newRunner()
                    try await select.survey(scored(runner, 1), runner)
                    isSurveyed.withLock { $0 = true }
                }
                stream = try runner.select(scored(runner, 1), select)
            } else {
                stream = try scored(runner, firstIndex)
            }
            if let mix { stream = try runner.mix(stream, mix, embedder) }
            return stream
        }
        try await UpdateRun(arguments: stages.update.arguments, common: common, session: session)
            .run(
                source, table: table, labels: TagSet(names: teacher.labels, place: stages.score.arguments.teacher[0]),
                identity: ["input": InputIdentity.of(paths), "tokenize": arguments.identity],
                purpose: "nerpipe update")
    }

    private func printPlan(
        _ file: PipelineFile, _ stages: Stages, _ paths: [String], _ table: VectorTable,
        _ teacher: TeacherMixture
    ) throws {
        let update = stages.update.arguments
        let settings = update.settings
        try settings.validate()
        let output = update.training.output
        let state = Directory.exists(output) ? ResumeState.describe(output) : "would begin: nothing there yet"
        var text = "definition: \(file.path)\n"
        if file.rounds > 1 { text += "rounds: \(file.rounds)\n" }
        for stage in PipelineFile.stageNames where file.arguments[stage] != nil {
            text += "\(stage): \((file.arguments[stage] ?? []).joined(separator: " "))\n"
        }
        text += "inputs: \(paths.count) file(s)\n" + paths.map { "  \($0)\n" }.joined()
        text +=
            "vector table: \(table.path), \(table.rowCount) rows of \(table.dimension), digest \(table.description.digest)\n"
        text += "labels: \(teacher.labels.joined(separator: " "))\n"
        let memory = MemoryPlan.mebibytes(
            settings, teacher: teacher, blockBytes: stages.tokenize.arguments.blockBytes, jobs: common.jobCount,
            selection: try stages.select?.arguments.memoryByteCount(labelCount: teacher.labels.count) ?? 0)
        text += "memory: about \(memory) MiB besides the mapped table\n"
        text += "\(output): \(state)\n"
        try StandardOutput.write(text)
    }
}
