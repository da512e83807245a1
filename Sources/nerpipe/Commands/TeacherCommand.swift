import ArgumentParser

struct TeacherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teacher", abstract: "Shows what teachers see.", subcommands: [TeacherPiecesCommand.self])
}
