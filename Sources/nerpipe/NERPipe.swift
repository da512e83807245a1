import ArgumentParser
import CMalloc
import Diagnostics
import Glibc
import Pipelines
import Shards

@main
struct NERPipe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nerpipe",
        abstract: "Trains named-entity taggers for languages nobody annotated, by teacher-student learning.",
        discussion: """
            EXAMPLES
              nerpipe vectors import wiki.vec.zst -o en-sw.vectors
              nerpipe train en/train.conll --vectors en-sw.vectors --lang en -o teachers/en
              zstdcat news.*.zst | nerpipe tokenize --lang sw \\
                | nerpipe embed --vectors en-sw.vectors \\
                | nerpipe score --teacher teachers/en \\
                | nerpipe update -o students/sw --resume
              nerpipe run pipelines/tsl-single/pipeline.yaml --set target=nl
              nerpipe evaluate --model students/sw gold.conll
              nerpipe tag --model students/sw < text > tagged.conll

            EXIT STATUS
              0 done, 1 a check failed, 64 usage, 65 bad data, 66 no such input,
              69 a program that is needed is not there (gzip),
              70 a bug of nerpipe, 73 cannot create output, 74 input/output,
              75 interrupted and resumable, 78 configuration or resume mismatch.
            """,
        version: Version.report,
        subcommands: [
            TokenizeCommand.self
        ] + StageList.all.map { $0.command } + [
            UpdateCommand.self, WeighCommand.self, TrainCommand.self, ProjectCommand.self,
            TagCommand.self,
            EvaluateCommand.self, CompareCommand.self, RunCommand.self, VectorsCommand.self, ShardCommand.self,
            CheckpointCommand.self,
            ModelCommand.self,
        ])

    static func main() async {
        // One heap for all threads: with a heap each, what one of them freed the others could not use, and memory would
        // grow with the length of a run. Large buffers come from the system and go back to it, whatever came before:
        // glibc would raise this bound, and leave holes. Buffers are taken per block, not per token, so nobody waits.
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 1 << 17)
        Interruption.install()
        do {
            try requireKnownCommand(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            StandardError.writeFailure(failure.message)
            Glibc.exit(failure.code.rawValue)
        } catch is StandardOutput.ReaderGone {
            Glibc.exit(0)  // `| head` is a normal end
        } catch {
            // Usage, --help and --version are the parser's own; anything else is a fault of ours.
            if Self.exitCode(for: error) == .validationFailure || Self.exitCode(for: error) == .success {
                Self.exit(withError: error)
            }
            StandardError.writeFailure("internal error: \(error); please report it")
            Glibc.exit(Failure.Code.bug.rawValue)
        }
    }

    /// The parser would call a misspelt command an unexpected argument, and name no other. What follows an option may be
    /// its value, and is left to the parser.
    private static func requireKnownCommand(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = self
        for argument in arguments.prefix(while: { !$0.hasPrefix("-") }) {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty else { return }
            if let next = commands.first(where: { ([$0._commandName] + $0.configuration.aliases).contains(argument) }) {
                command = next
            } else if argument == "help" {
                return
            } else {
                let names = commands.map { $0._commandName }
                let hint =
                    NearestName.of(argument, in: names).map { "did you mean '\($0)'?" }
                    ?? "there are: \(names.joined(separator: ", "))"
                throw Failure(.usage, "unknown command '\(argument)'; \(hint)")
            }
        }
    }
}
