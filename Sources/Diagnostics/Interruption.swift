import Glibc

/// Remembers that a signal asked the process to stop; long loops ask it between two units of work.
///
/// The first SIGINT or SIGTERM sets the flag, the second ends the process at once. One value per process, because
/// signal dispositions are.
package enum Interruption {
    // Written by the signal handler, which may only touch memory without locks; `sig_atomic_t` is made for that.
    nonisolated(unsafe) private static var requested: sig_atomic_t = 0

    package static var isRequested: Bool { requested != 0 }

    /// Throws when the process was asked to stop.
    package static func check(_ what: @autoclosure () -> String) throws {
        if isRequested { throw Failure.interrupted("\(what()); run the same command again") }
    }

    /// Installs the handlers, and ignores SIGPIPE and SIGXFSZ, so that a closed pipe and a file that may not grow are
    /// errors of `write` instead of silent death.
    package static func install() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                if Interruption.requested != 0 { _exit(128 + number) }
                Interruption.requested = 1
            }
        }
    }
}
