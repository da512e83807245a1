extension Failure {
    /// A system call failed on `path`; its number is the cause.
    package static func system(
        _ code: Code, _ action: String, _ path: String, _ error: SystemError, hint: String = ""
    ) -> Failure {
        cannot(code, action, path, error.description, hint: hint, cause: error)
    }

    /// What was to be done with `path` cannot be done.
    package static func cannot(
        _ code: Code, _ action: String, _ path: String, _ reason: String, hint: String = "", cause: (any Error)? = nil
    ) -> Failure {
        Failure(code, "\(path): cannot \(action): \(reason)\(hint.isEmpty ? "" : "; \(hint)")", cause: cause)
    }

    /// Bad data in a text file, at a line counted from 1.
    package static func badLine(_ path: String, _ line: Int, _ what: String, cause: (any Error)? = nil) -> Failure {
        Failure(.badData, "\(path):\(line): \(what)", cause: cause)
    }

    /// A line that holds text is not in UTF-8.
    package static func lineIsNotUTF8(_ path: String, _ line: Int) -> Failure {
        badLine(path, line, "not UTF-8; convert the file (for instance with iconv)")
    }

    /// A stored format of another version than this program reads.
    package static func otherVersion(of format: String, found: Int, read: Int, place: String) -> Failure {
        Failure(
            .badData,
            "\(place): \(format) version \(found), this nerpipe reads version \(read); use the version that wrote it")
    }

    /// Stopped by a signal; the same command line continues.
    package static func interrupted(_ what: String) -> Failure { Failure(.interrupted, what) }

    /// Stopped by a signal, and there is nothing more to say of where it stands.
    package static func interruptedForNow(_ what: String = "interrupted") -> Failure {
        interrupted("\(what); run the same command again")
    }
}
