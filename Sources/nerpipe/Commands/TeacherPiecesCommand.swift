import ArgumentParser
import Diagnostics
import Shards
import Subwords

struct TeacherPiecesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pieces", abstract: "Prints the sub-words that a transformer sees of words.",
        discussion: """
            EXAMPLE
              printf 'Nairobi\\nunhappily\\n' | nerpipe teacher pieces --teacher xlm-r

            Reads words from standard input, one on a line, and prints a line for each: \
            ID:START:END of every piece, its number and the bytes of the word that it stands for. \
            A word of which nothing is left when it is normalized has an empty line; such words \
            are counted on standard error. Special tokens around a sentence are not printed.
            """)

    @Option(help: ArgumentHelp("Folder with tokenizer.json.", valueName: "folder"))
    var teacher: String

    @Flag(help: "Words end with a zero byte, and may have line ends in them.")
    var zero = false

    func run() throws {
        let tokenizer = try SubwordTokenizer(path: teacher + "/tokenizer.json")
        let input = try BufferedInput(try FileInput(path: "-"))
        let end: UInt8 = zero ? 0 : UInt8(ascii: "\n")
        var workspace = SubwordWorkspace(), word: [UInt8] = [], out: [UInt8] = []
        var empty = 0
        func finish() {
            word.withUnsafeBufferPointer { tokenizer.encode($0, using: &workspace) }
            word.removeAll(keepingCapacity: true)
            if workspace.pieces.isEmpty { empty += 1 }
            let texts = workspace.pieces.map { "\($0.id):\($0.start):\($0.end)" }
            out += Array(texts.joined(separator: " ").utf8)
            out.append(UInt8(ascii: "\n"))
        }
        while true {
            let read = try input.withAvailableBytes { bytes in
                for byte in bytes {
                    if byte == end { finish() } else { word.append(byte) }
                }
                return bytes.count
            }
            guard word.count <= Self.maximumBytes else {
                throw Failure.hugeWord(input.name, maximumBytes: Self.maximumBytes)
            }
            input.consume(read)
            try out.withUnsafeBytes { try StandardOutput.write($0) }
            out.removeAll(keepingCapacity: true)
            if read == 0 { break }
        }
        if !word.isEmpty {
            finish()
            try out.withUnsafeBytes { try StandardOutput.write($0) }
        }
        if empty > 0 { StandardError.writeNotice("\(empty) words have no pieces", of: "teacher pieces") }
    }

    private static let maximumBytes = 1 << 24
}
