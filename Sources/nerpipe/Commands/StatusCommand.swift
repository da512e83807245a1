import ArgumentParser
import Diagnostics
import Pipelines
import Shards

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says how the units of a work stand, from what lies in their folder.",
        discussion: """
            EXAMPLES
              nerpipe status tokens embedded scored
              until nerpipe status scored > status.txt; do sleep 60; done

            Done are units with a record. 'interrupted' is one that was told to stop, 'silent' one that said nothing for a minute: it was killed, or its machine \
            is gone. Both must be started again. 'failed' says why. 'waiting' is one of which nothing is there. Of a folder of rounds \
            (update --round) it says how many are merged, and how the units of the next stand. Exit status 0 when all are done, 1 otherwise.
            """)

    @Argument(help: "Folders of units, what -o FOLDER/ named, or of rounds.")
    var folders: [String]

    @Flag(help: "Print one line of JSON for each folder.")
    var json = false

    func run() throws {
        var open = 0
        for folder in folders {
            let isDone: Bool
            if let rounds = try RoundsStatus(folder: folder) {
                try write(rounds, rounds.text)
                isDone = rounds.isDone
            } else {
                let units = try FolderStatus(folder: folder)
                try write(units, units.text)
                isDone = units.isDone
            }
            if !isDone { open += 1 }
        }
        if open > 0 { throw Failure.unitsAreOpen(in: open) }
    }

    private func write(_ status: some Encodable, _ text: String) throws {
        try StandardOutput.write(json ? String(decoding: JSON.encode(status), as: UTF8.self) + "\n" : text)
    }
}
