import ArgumentParser
import Diagnostics
import Shards
import TeacherPrograms

struct TeacherReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Plays the recorded answers of a program.",
        discussion: """
            EXAMPLE
              nerpipe score --teacher-command 'python3 costly.py' \\
                --teacher-cache kept embedded.zst -o scored.zst
              nerpipe score --teacher-command 'nerpipe teacher replay kept/DIGEST' \\
                embedded.zst -o again.zst

            Is the program that was recorded, with its digest and labels, for the text that was scored then; of other text it says that it \
            was never asked, and ends.
            """)

    @Argument(help: "Folder of one teacher in the folder of --teacher-cache.")
    var folder: String

    func run() async throws {
        let replay = try TeacherReplay(folder: folder)
        var server = try TeacherServer.onStandardStreams()
        try await server.run(replay.hello) { try replay.answer(to: $0) }
    }
}
