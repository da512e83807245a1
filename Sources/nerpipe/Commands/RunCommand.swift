import ArgumentParser
import Pipelines
import Shards

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs the stages of a pipeline definition in one process.",
        discussion: """
            EXAMPLES
              nerpipe run pipeline.yaml --set target=sw --set update.epochs=4
              nerpipe run pipeline.yaml --dry-run          # what would be done
              nerpipe run pipeline.yaml --print-shell      # the same as a shell pipe
              nerpipe run sw/recipe.yaml                   # the phases of 'distill'

            A chain is done phase after phase. A phase whose inputs did not change is not done again; one that was interrupted continues.
            """)

    @Argument(help: "Pipeline definition, YAML.")
    var definition: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a variable (target=sw) or an option of a stage (update.epochs=4; of the second of two stages, sample#2.share=0.5); repeated for one name, a list.",
            valueName: "name=value"))
    var settings: [String] = []

    @Flag(
        name: [.customShort("n"), .long],
        help: "Print the resolved options, the inputs and where the run would begin; do nothing."
    )
    var dryRun = false

    @Flag(help: "Print the shell pipe that does the same.")
    var printShell = false

    @OptionGroup var overwriting: OverwriteArguments
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = Session(common, command: "run")
        switch try DefinitionFile(path: definition, settings: settings) {
        case .pipeline(let definition): try await run(definition, session)
        case .chain(let chain): try await run(chain, session)
        }
    }

    private func run(_ definition: Definition, _ session: Session) async throws {
        let recipe = try Recipe(definition, in: session.context)
        if printShell { return try StandardOutput.write(recipe.shell(program: "nerpipe")) }
        if dryRun { return try await StandardOutput.write(recipe.plan()) }
        let rule = try overwriting.rule(
            for: recipe.output ?? "-", inputs: recipe.paths, naming: recipe.words, wait: common.wait)
        try await session.run { try await recipe.run(rule) }
    }

    private func run(_ chain: Chain, _ session: Session) async throws {
        let execution = ChainExecution(chain: chain, common: common)
        if printShell { return try StandardOutput.write(execution.shell(session.context)) }
        if dryRun { return try StandardOutput.write(execution.plan()) }
        try await execution.run(startsOver: overwriting.force, session)
    }
}
