import Corpora
package import Diagnostics

extension Failure {
    static func noRecordedTeacher(_ folder: String, others teachers: [String], hello: String) -> Failure {
        Failure(
            .noInput,
            "\(folder): no recorded teacher (no \(hello))"
                + (teachers.isEmpty
                    ? "" : "; name one of \(teachers.prefix(5).map { "\(folder)/\($0)" }.joined(separator: ", "))"))
    }

    static func otherTeacher(_ name: String, digest: String, before: String) -> Failure {
        Failure(
            .badData,
            "\(name): says after it was started again that it is another (digest \(digest), not \(before)); what it said so far is not used"
        )
    }

    static func diedOften(_ name: String, _ deaths: Int, last death: String) -> Failure {
        Failure(
            .unavailable,
            "\(name): died \(deaths) times in a row without an answer, and is given up: \(death); see what it wrote to its standard error, and test it with 'nerpipe teacher check'"
        )
    }

    static func noPipe(_ number: Int32) -> Failure {
        Failure(.inputOutput, "cannot make a pipe for a teacher's program: \(SystemError(number))")
    }

    static func cannotStartShell(_ number: Int32) -> Failure {
        Failure(.unavailable, "cannot start /bin/sh for a teacher's program: \(SystemError(number))")
    }

    static func tooManyTypes(_ place: String, _ count: Int) -> Failure {
        Failure(
            .badData,
            "\(place): has \(count) entity types; a stream holds 1 to \(TagSet.maximumTypeCount): choose with --teacher-types"
        )
    }

    static func endedBeforeHello(_ name: String, _ how: String) -> Failure {
        Failure(.unavailable, "\(name): \(how), before it said hello")
    }

    static func noHello(_ name: String, seconds: Int) -> Failure {
        Failure(
            .unavailable,
            "\(name): said no hello within \(seconds) s; if it needs longer to start, give it more with --teacher-timeout"
        )
    }

    /// What a check of `teacher check` found.
    static func teacherCheck(_ what: String) -> Failure {
        Failure(.checkFailed, what)
    }

    static func cannotWait(_ name: String, _ number: Int32) -> Failure {
        Failure(.inputOutput, "\(name): cannot wait for it: \(SystemError(number))")
    }

    static func notAsked() -> Failure {
        Failure(
            .badData,
            "standard input does not begin as docs/teacher-protocol.md says; this command is for --teacher-command, not for people"
        )
    }

    static func questionCut() -> Failure {
        Failure(.badData, "standard input ends in the middle of a question")
    }

    static func neverRecorded(sentences count: Int) -> Failure {
        Failure(
            .noInput,
            "a question about \(count) sentences was never recorded; replay the text that was scored, cut as it was then"
        )
    }

    /// - Parameter place: The sentence.
    static func poison(_ name: String, _ place: String) -> Failure {
        Failure(.unavailable, "\(name): dies of \(place); leave such sentences out with --teacher-missing skip")
    }

    static func unanswered(_ name: String, _ missing: Int, of count: Int, _ place: String) -> Failure {
        Failure(
            .badData,
            "\(name): has no answer for \(missing) of the \(count) words of \(place); "
                + "leave such sentences out with --teacher-missing skip")
    }

    /// What a program wrote, as clean as the message of a failure.
    static func cleanLine(_ text: String) -> String { Failure(.unavailable, text).message }

    /// A program does not keep the protocol.
    package static func teacherProtocol(_ name: String, _ what: String) -> Failure {
        Failure(.badData, "\(name): \(what) (see docs/teacher-protocol.md; 'nerpipe teacher check' tests a program)")
    }
}
