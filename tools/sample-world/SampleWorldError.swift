import Glibc

/// A failure that ends the command, with the exit status it should end with.
package struct SampleWorldError: Error, Equatable {
    /// What went wrong and what to do.
    package let message: String
    /// An exit status after sysexits.h.
    package let exitStatus: Int32
    /// Whether the reader of a pipe has gone, which ends a stream quietly.
    package var isClosedPipe = false

    /// Describes a failure.
    package init(message: String, exitStatus: Int32, isClosedPipe: Bool = false) {
        self.message = message
        self.exitStatus = exitStatus
        self.isClosedPipe = isClosedPipe
    }

    /// The command line cannot be followed.
    static func usage(_ message: String) -> SampleWorldError {
        SampleWorldError(message: message, exitStatus: 64)
    }

    /// A system call failed on `path`; reads `errno`.
    static func system(_ call: String, _ path: String) -> SampleWorldError {
        let number = errno
        return SampleWorldError(
            message: "\(path): cannot \(call): \(String(cString: strerror(number)))", exitStatus: 73,
            isClosedPipe: number == EPIPE)
    }
}
