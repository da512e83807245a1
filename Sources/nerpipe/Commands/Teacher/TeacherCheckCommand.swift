import ArgumentParser
import Diagnostics
import Pipelines
import Shards
import TeacherPrograms

struct TeacherCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tries whether a program is a proper teacher.",
        discussion: """
            EXAMPLE
              nerpipe teacher check 'python3 tools/teachers/example.py names.tsv'

            Asks it in every way in which 'score --teacher-command' may, and in some in which it never does: several questions at once, the \
            same words in other batches, odd strings, empty words, 10,000 words in one sentence, the end of its input at any place, and \
            death. Prints a line for each check; status 1 when one of them failed. docs/teacher-protocol.md says what is expected.
            """)

    @Argument(help: "Program, as a command of the shell.")
    var command: String

    @Option(help: ArgumentHelp("How long it may need for its hello, and for an answer.", valueName: "seconds"))
    var timeout = 300.0

    @Option(help: ArgumentHelp("Only this form of messages.", valueName: "safetensors|jsonl"))
    var wire: TeacherWire?

    @Flag(name: .shortAndLong, help: "Do not show what the program writes to its standard error.")
    var quiet = false

    func validate() throws {
        guard (0.1...1e6).contains(timeout) else { throw ValidationError("--timeout must be 0.1 to 1000000") }
    }

    func run() throws {
        let isQuiet = quiet
        var settings = ProgramSettings(command: command) { line in
            if !isQuiet { StandardError.write("nerpipe teacher check: \(line)\n") }
        }
        settings.timeLimit = .milliseconds(Int(timeout * 1000))
        if let wire { settings.wires = [wire] }
        let failed = try ProgramCheck(settings).run { finding in
            let note = finding.problem ?? finding.note
            try StandardOutput.write(
                "\(finding.problem == nil ? "ok  " : "FAIL")  \(finding.name)\(note.isEmpty ? "" : ": \(note)")\n")
        }
        if failed > 0 { throw Failure.checksFailed(failed) }
    }
}
