package import ArgumentParser
package import Corpora
import Diagnostics
import Shards
package import TeacherPrograms
package import Teachers

extension TeacherWire: ExpressibleByArgument {}

/// Teachers that are programs, and how they are asked.
package struct ProgramTeacherArguments: ParsableArguments, Sendable {
    @Option(
        name: .customLong("teacher-command"),
        help: ArgumentHelp(
            "Program that is a teacher (docs/teacher-protocol.md), as a command of the shell; repeatable, and together with --teacher.",
            valueName: "command"))
    package var commands: [String] = []

    @Option(
        name: .customLong("teacher-timeout"),
        help: ArgumentHelp(
            "Longest silence of a program while something is awaited; it is then started again.", valueName: "seconds"))
    package var timeout = 300.0

    @Option(
        name: .customLong("teacher-cache"),
        help: ArgumentHelp(
            "Folder where the answers of programs and the scores of transformers are kept, by text and teacher, so that none is asked for twice.",
            valueName: "folder"))
    package var cache: String?

    @Option(
        name: .customLong("teacher-missing"),
        help: ArgumentHelp(
            "Sentences for which a program has no answer, or of which it dies: an error, left out and counted, or kept in FILE as well; FOLDER/ has a file for each unit (--shard).",
            valueName: "fail|skip|quarantine:file"))
    package var missing: BadRecordPolicy = .fail

    @Option(
        name: .customLong("teacher-map"),
        help: ArgumentHelp("Entity types of programs to rename, or to drop as O.", valueName: "FROM=TO,..."))
    package var map = ""

    @Option(
        name: .customLong("teacher-types"),
        help: ArgumentHelp(
            "Entity types of programs that count, in this order; what others have goes to O.", valueName: "list"))
    package var types: String?

    @Option(
        name: .customLong("teacher-smoothing"),
        help: ArgumentHelp(
            "How much of a hard label of a program goes to all other tags together.", valueName: "share"))
    package var smoothing = 0.1

    @Option(
        name: .customLong("teacher-wire"),
        help: ArgumentHelp("Only this form of messages, for debugging.", valueName: "safetensors|jsonl"))
    package var wire: TeacherWire?

    /// Of the teachers before the first round only.
    static let optionNames = [
        "teacher-command", "teacher-timeout", "teacher-cache", "teacher-missing", "teacher-map", "teacher-types",
        "teacher-smoothing", "teacher-wire",
    ]

    package init() {}

    package func validate() throws {
        guard (0.1...1e6).contains(timeout) else { throw ValidationError("--teacher-timeout must be 0.1 to 1000000") }
        try missing.requireFolder(option: "--teacher-missing")
        guard (0..<1).contains(smoothing) else { throw ValidationError("--teacher-smoothing must be 0 to below 1") }
    }

    /// Where sentences without an answer go, if anywhere.
    func quarantine(ofUnit name: String) -> SentenceQuarantine? {
        guard case .quarantine(let path) = missing.forUnit(name) else { return nil }
        var rule = OutputRule()
        rule.replaces = true
        return SentenceQuarantine(path, rule)
    }

    /// A teacher whose scores are kept, when it is one that costs much and there is a place for them.
    package func remembering(_ teacher: any Teacher, log: @escaping @Sendable (String) -> Void) throws -> any Teacher {
        guard teacher.isCostly, let cache else { return teacher }
        return try RememberingTeacher(teacher, in: cache, log: log)
    }

    /// Starts the programs.
    ///
    /// - Parameter languages: Of the text.
    package func open(languages: [String], log: @escaping @Sendable (String) -> Void) async throws -> [any Teacher] {
        let filter = try LabelFilter(map: map, types: types)
        var teachers: [any Teacher] = []
        for command in commands {
            var settings = ProgramSettings(command: command, log: log)
            settings.timeLimit = .milliseconds(Int(timeout * 1000))
            if let wire { settings.wires = [wire] }
            settings.languages = languages
            teachers.append(
                try await ProgramTeacher(
                    settings, filter: filter, smoothing: smoothing, store: cache, allowsMissing: missing.isTolerant))
        }
        return teachers
    }
}
