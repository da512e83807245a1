import ArgumentParser
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
              nerpipe train en/train.conll --dev en/dev.conll --vectors en-sw.vectors --lang en -o teachers/en
              zstdcat news.*.zst | nerpipe tokenize --lang sw | nerpipe embed --vectors en-sw.vectors \\
                | nerpipe score --teacher teachers/en | nerpipe update -o students/sw --resume
              nerpipe run pipelines/tsl-single/pipeline.yaml --set target=sw
              nerpipe evaluate --model students/sw gold.conll
              nerpipe tag --model students/sw < text > tagged.conll

            EXIT STATUS
              0 done, 1 a check failed, 64 usage, 65 bad data, 66 no such input, 70 a bug of nerpipe, 73 cannot create
              output, 74 input/output, 75 interrupted and resumable, 78 configuration or resume mismatch.
            """,
        version: Version.number,
        subcommands: [
            TokenizeCommand.self, EmbedCommand.self, ScoreCommand.self, UpdateCommand.self, TrainCommand.self, TagCommand.self,
            EvaluateCommand.self, RunCommand.self, VectorsCommand.self, ShardCommand.self, CheckpointCommand.self, ModelCommand.self,
        ])

    static func main() async {
        Interruption.install()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            StandardError.write("nerpipe: \(failure.message)\n")
            Glibc.exit(failure.code.rawValue)
        } catch is StandardOutput.ReaderGone {
            Glibc.exit(0)   // `| head` is a normal end
        } catch {
            // Usage, --help and --version are the parser's own; anything else is a fault of ours.
            if Self.exitCode(for: error) == .validationFailure || Self.exitCode(for: error) == .success { Self.exit(withError: error) }
            StandardError.write("nerpipe: internal error: \(error); please report it\n")
            Glibc.exit(Failure.Code.bug.rawValue)
        }
    }
}
