import Glibc
import Pipelines
import Shards

/// What makes the result of a command: its words, the version, and the files that its words name.
///
/// The words are taken as they were typed, so an option that is new is part of it by itself; an option that is only written
/// otherwise makes another run, and that is refused, not taken for the same.
enum CommandIdentity {
    /// The words of the command; those of a phase, where a chain has it done.
    @TaskLocal static var arguments = Array(CommandLine.arguments.dropFirst())

    /// Options that do not change the result, and whether a value follows.
    private static let withoutEffect = [
        "-j": true, "--jobs": true, "-q": false, "--quiet": false, "-v": false, "--verbose": false, "--progress": true,
        "--log-format": true, "--metrics": true, "--wait": true, "-o": true, "--output": true, "--force": false,
        "--resume": false, "--fresh": false, "--checkpoint-seconds": true, "--dictionaries": true, "--counts": true,
        "--keep-work": false, "--teacher-cache": true, "--teacher-timeout": true, "--teacher-wire": true,
    ]

    /// The digest of it; nil when the command reads a pipe, which cannot be known again.
    ///
    /// - Parameter further: Words that are not on the command line.
    static func ofThisCommand(inputs: [String], naming further: [String]) -> String? {
        // What a program is today, and was when it ran, its command line does not say.
        if arguments.contains(where: { $0.hasPrefix("--teacher-command") }) { return nil }
        var parts = ["nerpipe \(Version.number)", getenv("NERPIPE_KERNELS").map { String(cString: $0) } ?? ""]
        if inputs.contains("-") {
            var status = stat()
            guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            parts.append("- \(text(status))")
        }
        for word in words(arguments) + further {
            parts.append(word)
            for path in paths(in: word) {
                var status = stat()
                guard stat(path, &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFREG: parts.append("\(path) \(text(status))")
                case S_IFDIR: parts += files(in: path)
                default: return nil
                }
            }
        }
        return Digest.hex(Array(parts.joined(separator: "\0").utf8))
    }

    /// The words that decide the result.
    static func words(_ arguments: [String]) -> [String] {
        var words: [String] = []
        var skipsNext = false
        for argument in arguments {
            if skipsNext {
                skipsNext = false
            } else if let takesValue = withoutEffect[argument] {
                skipsNext = takesValue
            } else if let equals = argument.firstIndex(of: "="), withoutEffect[String(argument[..<equals])] == true {
                continue
            } else {
                words.append(argument)
            }
        }
        return words
    }

    /// The words that decide the result of a unit, but for the inputs and which unit it is.
    static func wordsOfUnit(inputs: [String]) -> [String] {
        var words = words(arguments).filter { !inputs.contains($0) && !$0.hasPrefix("--shard=") }
        if let shard = words.firstIndex(of: "--shard") { words.removeSubrange(shard...min(shard + 1, words.count - 1)) }
        // Each unit has a file of its own.
        return words.map { $0.hasPrefix("quarantine:") ? "quarantine" : $0 }
    }

    /// Files that a word may name: it is one, or a pattern, or `NAME=FILE`, or `--option=FILE`.
    private static func paths(in word: String) -> [String] {
        let values = [word] + (word.firstIndex(of: "=").map { [String(word[word.index(after: $0)...])] } ?? [])
        return values.filter { !$0.isEmpty && !$0.hasPrefix("-") }.flatMap(Directory.expand)
    }

    private static func files(in folder: String) -> [String] {
        Directory.names(in: folder).compactMap { name in
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return "\(folder)/\(name) \(text(status))"
        }
    }

    private static func text(_ status: stat) -> String {
        "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
