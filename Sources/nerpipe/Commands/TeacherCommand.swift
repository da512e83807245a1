import ArgumentParser

/// Teachers that are programs (docs/teacher-protocol.md), and what a transformer reads.
struct TeacherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Checks programs that are teachers, is one, and shows what teachers see.",
        subcommands: [
            TeacherCheckCommand.self, TeacherServeCommand.self, TeacherReplayCommand.self, TeacherPiecesCommand.self,
        ])
}
