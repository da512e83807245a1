import ArgumentParser
import Diagnostics
import Pipelines
import Shards

/// Does the phases of a chain, each as its command would, in this process.
struct ChainExecution {
    let chain: Chain
    let common: CommonOptions

    func run(startsOver: Bool, _ session: Session) async throws {
        try requireCommands()
        try await ChainRun(chain, log: { session.log($0) }).run(startsOver: startsOver, wait: .seconds(common.wait)) {
            try await execute($0, replaces: $1)
        }
    }

    /// Refuses phases that are no commands, or whose options are not those of the command, before hours of work.
    func requireCommands() throws {
        for phase in chain.phases {
            if case .command(let words) = phase.action { _ = try parse(words, of: phase) }
        }
    }

    /// The phases as a script of the shell.
    func shell(_ context: PipelineContext) throws -> String {
        let options = "set -e -o pipefail\n"
        return try chain.phases.reduce(options) { script, phase in
            switch phase.action {
            case .command(let words):
                script + (["nerpipe"] + words).map(Definition.quoted).joined(separator: " ") + "\n"
            case .pipeline(let definition):
                try script + Recipe(definition, in: context).shell(program: "nerpipe").replacing(options, with: "")
            }
        }
    }

    /// What would be done, for `--dry-run`.
    func plan() throws -> String {
        try requireCommands()
        let states = try ChainRun(chain, log: { _ in }).states()
        var text = "definition: \(chain.path)\nrecords: \(chain.records)\n"
        for (index, (phase, state)) in zip(chain.phases, states).enumerated() {
            let fate =
                switch state {
                case .done: "done already"
                case .open: "to be done"
                case .stale(let reason): "to be done again, \(reason)"
                }
            text += "\(index + 1). \(phase.words.map(Definition.quoted).joined(separator: " "))\n   \(fate)\n"
        }
        return text
    }

    private func execute(_ phase: Chain.Phase, replaces: Bool) async throws {
        try await Session.$ofChain.withValue(common) {
            switch phase.action {
            case .command(let words): try await execute(words, of: phase, replaces)
            case .pipeline(let definition): try await execute(definition, replaces)
            }
        }
    }

    private func execute(_ words: [String], of phase: Chain.Phase, _ replaces: Bool) async throws {
        var command = try replaces ? replacing(words, of: phase) : parse(words, of: phase)
        do {
            try await CommandIdentity.$arguments.withValue(words) {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
        } catch is OutputRule.CompleteAlready {
            // It was interrupted between its last step and ours.
        }
    }

    private func execute(_ definition: Definition, _ replaces: Bool) async throws {
        let session = Session(common, command: "run")
        let recipe = try Recipe(replaces ? definition.startingOver : definition, in: session.context)
        try await session.run { try await recipe.run(OutputRule(replaces: true)) }
    }

    private func parse(_ words: [String], of phase: Chain.Phase) throws -> any ParsableCommand {
        do {
            let command = try NERPipe.parseAsRoot(words)
            guard !(command is RunCommand), !(command is DistillCommand), !(command is InitCommand) else {
                throw Failure.noPhase(chain.path, phase.name)
            }
            return command
        } catch let failure as Failure {
            throw failure
        } catch {
            let message = NERPipe.message(for: error).replacing("--", with: "")
            throw Failure.badPhase(
                chain.path, phase.name, String(message.split(separator: "\n").first ?? "options not understood"), error)
        }
    }

    /// The command that takes the place of what is there: a run in a folder is begun anew, a file is overwritten.
    private func replacing(_ words: [String], of phase: Chain.Phase) throws -> any ParsableCommand {
        for option in ["--fresh", "--force"] {
            if let command = try? parse(words + [option], of: phase) { return command }
        }
        return try parse(words, of: phase)
    }
}
