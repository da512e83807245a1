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
              nerpipe distill news.sw.txt.zst --lang sw --source en=train.conll \\
                --parallel en-sw=parallel/en-sw -o sw     # all of it
              nerpipe vectors import wiki.vec.zst -o en-sw.vectors
              nerpipe train en/train.conll --vectors en-sw.vectors --lang en -o teachers/en
              zstdcat news.*.zst | nerpipe tokenize --lang sw \\
                | nerpipe embed --vectors en-sw.vectors \\
                | nerpipe score --teacher teachers/en \\
                | nerpipe update -o students/sw --resume
              nerpipe run pipelines/tsl-single/pipeline.yaml --set target=nl
              nerpipe evaluate --model students/sw gold.conll
              nerpipe tag --model students/sw < text > tagged.conll

            ENVIRONMENT
              NERPIPE_KERNELS=plain|avx2|avx512 chooses the instruction set of the
              arithmetic; default: the best that the CPU has. Results differ in their
              last bits between them, so a run goes on only with the one it began
              with, or with --accept-other-kernels.

            EXIT STATUS
              0 done, 1 a check failed, 64 usage, 65 bad data, 66 no such input,
              69 a program that is needed is not there (gzip), or is beyond help (a teacher),
              70 a bug of nerpipe, 73 cannot create output, 74 input/output,
              75 interrupted and resumable, 78 configuration or resume mismatch.
            """,
        version: Version.report,
        subcommands: [
            DistillCommand.self, InitCommand.self, DoctorCommand.self, ReportCommand.self, TokenizeCommand.self,
        ] + StageList.all.map { $0.command } + [
            UpdateCommand.self, MergeCommand.self, WeighCommand.self, TrainCommand.self, ProjectCommand.self,
            TagCommand.self, ConvertCommand.self, RespellCommand.self,
            EvaluateCommand.self, CompareCommand.self, DivergenceCommand.self, StudyCommand.self, RunCommand.self,
            StatusCommand.self,
            VectorsCommand.self,
            ShardCommand.self,
            CheckpointCommand.self,
            ModelCommand.self, TeacherCommand.self,
        ])

    /// Runs the command on other threads and never returns.
    ///
    /// An asynchronous `main` would hand this thread to the queue of the main actor, which nothing here uses, by ending it; unwinding its
    /// stack sorts the tables of a static executable, and that took as long as all else that a small command does.
    static func main() {
        Task.detached { await runAndExit() }
        while true { pause() }
    }

    private static func runAndExit() async -> Never {
        // One heap for all threads: with a heap each, what one of them freed the others could not use, and memory would
        // grow with the length of a run. Large buffers come from the system and go back to it, whatever came before:
        // glibc would raise this bound, and leave holes. Buffers are taken per block, not per token, so nobody waits.
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_THRESHOLD, 1 << 17)
        Interruption.install()
        FileInput.terminalIsRead = {
            StandardError.write("nerpipe: reading text from the terminal; Ctrl-D ends it, Ctrl-C stops\n")
        }
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try requireKnownCommand(arguments)
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Glibc.exit(0)
        } catch let failure as Failure {
            let failure = Self.cause(of: failure)
            StandardError.writeFailure(failure.message)
            Glibc.exit(failure.code.rawValue)
        } catch let complete as OutputRule.CompleteAlready {
            StandardError.writeNotice(
                "\(complete.path): complete already, nothing to do", of: names(of: arguments).joined(separator: " "))
            Glibc.exit(0)
        } catch is StandardOutput.ReaderGone {
            // `| head` is a normal end; a reader that a signal stopped before us is none.
            Glibc.exit(Interruption.isRequested ? Failure.Code.interrupted.rawValue : 0)
        } catch {
            // Usage, --help and --version are the parser's own; anything else is a fault of ours.
            if Self.exitCode(for: error) == .validationFailure || Self.exitCode(for: error) == .success {
                Self.exit(withError: error)
            }
            StandardError.writeFailure("internal error: \(error); please report it")
            Glibc.exit(Failure.Code.bug.rawValue)
        }
    }

    /// An input that is cut because a signal ended its writer is not bad data.
    private static func cause(of failure: Failure) -> Failure {
        let mayFollow = [.badData, .inputOutput, .mismatch].contains(failure.code)
        guard mayFollow, Interruption.explainsFailure else { return failure }
        return .interruptedForNow()
    }

    /// The names of the command and of the one in it, by which messages call it.
    private static func names(of arguments: [String]) -> [String] {
        var command: any ParsableCommand.Type = self
        var names: [String] = []
        for argument in arguments {
            let known = command.configuration.subcommands
            guard let next = known.first(where: { ([$0._commandName] + $0.configuration.aliases).contains(argument) })
            else { break }
            command = next
            names.append(next._commandName)
        }
        return names
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
                throw Failure.unknownCommand(argument, hint)
            }
        }
    }
}
