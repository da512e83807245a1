/// What went wrong, where, and what to do about it; the only error type that reaches a user of nerpipe.
///
/// Every module names its own failures in factories (`extension Failure`, in files called `Failures.swift` or
/// `Failure+SUBJECT.swift`), so wording, status and cause of each stand in one place; a test looks for others. Callers
/// branch on ``code`` alone. Corpus text is never part of a message; identifiers, lines and offsets are.
package struct Failure: Error, CustomStringConvertible {
    /// The kind of failure; its raw value is the exit status of the command (BSD `sysexits.h` where one fits).
    package enum Code: Int32, Sendable {
        /// A check failed, or a part of the work failed.
        case checkFailed = 1
        case usage = 64
        case badData = 65
        case noInput = 66
        /// Another program that is needed is not there.
        case unavailable = 69
        case bug = 70
        case cannotCreate = 73
        case inputOutput = 74
        case interrupted = 75
        case mismatch = 78
    }

    package let code: Code
    /// One line: what, where, and what to do.
    package let message: String
    /// What it came from: a failure of a part, the number of a system call, the error of a parser. ``message`` says all
    /// of it that a user needs.
    package let cause: (any Error)?

    /// - Parameter message: Parts of it may come from a file: control characters become spaces, so that it stays one line
    ///   and moves no cursor, and what is too long to be read is cut.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.cause = cause
        let isClean =
            message.utf8.count <= Self.maximumLength && !message.unicodeScalars.contains(where: Self.isControl)
        self.message = isClean ? message : Self.cleaned(message)
    }

    private static let maximumLength = 4000

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static func cleaned(_ message: String) -> String {
        let scalars = message.unicodeScalars.prefix(maximumLength).map { isControl($0) ? " " : $0 }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text) + (scalars.count < message.unicodeScalars.count ? " ..." : "")
    }

    package var description: String { message }
}
