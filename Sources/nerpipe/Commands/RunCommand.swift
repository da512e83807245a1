import ArgumentParser
import Corpora
import Diagnostics
import Distillation
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

        init(_ file: PipelineFile) throws {
            tokenize = try Self.parse(TokenizeCommand.self, "tokenize", file, extra: ["--"] + file.inputs)
            embed = try Self.parse(EmbedCommand.self, "embed", file)
            score = try Self.parse(ScoreCommand.self, "score", file)
            update = try Self.parse(UpdateCommand.self, "update", file)
        }

        static func parse<Command: ParsableCommand>(
            _ type: Command.Type, _ name: String, _ file: PipelineFile, extra: [String] = []
        ) throws -> Command {
            do {
                return try Command.parse((file.arguments[name] ?? []) + extra)
            } catch {
                let message = Command.message(for: error).replacing("--", with: "")
                throw Failure(
                    .mismatch,
                    "\(file.path): \(name): \(message.split(separator: "\n").first ?? "options not understood")")
            }
        }
    }

    func run() async throws {
        let file = try PipelineFile(path: definition, settings: settings)
        let stages = try Stages(file)
        if printShell { return try StandardOutput.write(file.shell(program: "nerpipe")) }
        let session = Session(common, command: "run")
        let paths = file.inputs.flatMap(Directory.expand)
        let arguments = stages.tokenize.arguments
        let tokens = try arguments.header(for: paths)
        let embedder = try stages.embed.arguments.embedder()
        let scoring = stages.score.arguments
        let teacher = try scoring.makeTeacher(scoring.models(), vectors: embedder.table)
        let name = paths[0]
        let header = try PipelineRunner.scoredHeader(
            embedder.header(for: tokens, place: name), teacher, place: name)
        for path in paths { _ = try FileInput(path: path) }  // a missing file is said before hours of work
        if dryRun { return try printPlan(file, stages, paths, embedder.table, teacher) }
        let source = TrainingSource(header: header) { runner, firstIndex in
            let tokens = try arguments.stream(paths, runner, session)
            return try runner.score(
                runner.embed(tokens, embedder, firstIndex: firstIndex), teacher, rowCount: embedder.table.rowCount,
                firstIndex: firstIndex)
        }
        try await UpdateRun(arguments: stages.update.arguments, common: common, session: session)
            .run(
                source, table: embedder.table, labels: TagSet(names: teacher.labels, place: scoring.teacher[0]),
                identity: ["input": InputIdentity.of(paths)],
                purpose: "nerpipe update")
    }

    private func printPlan(
        _ file: PipelineFile, _ stages: Stages, _ paths: [String], _ table: VectorTable,
        _ teacher: TeacherMixture
    ) throws {
        let update = stages.update.arguments
        let settings = update.training.settings(
            objective: update.objective, epochs: update.epochs, batchTokens: update.batchTokens)
        try settings.validate()
        let output = update.training.output
        let state = Directory.exists(output) ? ResumeState.describe(output) : "would begin: nothing there yet"
        var text = "definition: \(file.path)\n"
        for stage in PipelineFile.stageNames {
            text += "\(stage): \((file.arguments[stage] ?? []).joined(separator: " "))\n"
        }
        text += "inputs: \(paths.count) file(s)\n" + paths.map { "  \($0)\n" }.joined()
        text +=
            "vector table: \(table.path), \(table.rowCount) rows of \(table.dimension), digest \(table.description.digest)\n"
        text += "labels: \(teacher.labels.joined(separator: " "))\n"
        let memory = MemoryPlan.mebibytes(
            settings, teacher: teacher, blockBytes: stages.tokenize.arguments.blockBytes, jobs: common.jobCount)
        text += "memory: about \(memory) MiB besides the mapped table\n"
        text += "\(output): \(state)\n"
        try StandardOutput.write(text)
    }
}
