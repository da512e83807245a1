import Glibc
import Synchronization

/// Remembers that a signal asked the process to stop; long loops ask it between two units of work.
///
/// The first SIGINT, SIGTERM or SIGHUP sets the flag, the next ends the process at once, unless it comes so soon that it
/// is the same wish: `timeout` and terminals that go away send theirs twice. One value per process, because signal
/// dispositions are.
///
/// A signal to a whole pipe reaches its processes one after the other. To those behind one that has died already it looks
/// as if the text were over. So the end of a pipe is believed only after ``graceInNanoseconds`` without a signal (``confirmEnd(of:)``),
/// and what fails because its input ended early is not called bad data before that (``explainsFailure``).
package enum Interruption {
    /// When the first signal came, in nanoseconds of the monotonic clock; 0: none did.
    ///
    /// Atomic without locks, because a signal of another number may come while its handler works, on this thread too.
    private static let firstRequest = Atomic<UInt64>(0)
    /// When a pipe ended last, in the same clock; 0: none did.
    private static let lastEnd = Atomic<UInt64>(0)

    /// Signals that come within this time after the end of a pipe were meant for its writer, too: 300 ms.
    package static let graceInNanoseconds: UInt64 = 300_000_000
    /// Signals that come within this time after the first are the same one.
    private static let repetitionInNanoseconds: UInt64 = 500_000_000

    package static var isRequested: Bool { firstRequest.load(ordering: .relaxed) != 0 }

    /// Throws when the process was asked to stop.
    package static func check(_ what: @autoclosure () -> String) throws {
        if isRequested { throw Failure.interruptedForNow(what()) }
    }

    /// Remembers that a pipe, socket or terminal ended now, or broke.
    package static func noteEnd() { lastEnd.store(now(), ordering: .relaxed) }

    /// Believes that a text came to its end, which nothing in it says: blocks for the grace.
    ///
    /// - Throws: When a signal came meanwhile; the text was cut then.
    package static func confirmEnd(of name: String) throws {
        noteEnd()
        if explainsFailure { try check("interrupted while reading \(name)") }
    }

    /// Whether the process was asked to stop; when a pipe ended just now, the answer is waited for.
    package static var explainsFailure: Bool {
        while !isRequested, now() < lastEnd.load(ordering: .relaxed) + graceInNanoseconds { usleep(5000) }
        return isRequested
    }

    /// Installs the handlers, and ignores SIGPIPE and SIGXFSZ, so that a closed pipe and a file that may not grow are
    /// errors of `write` instead of silent death. SIGHUP stays ignored where it is: `nohup` wants it so.
    package static func install() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        _ = isRequested  // made here, not in a handler
        for number in [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
            signal(number) { number in
                let time = Interruption.now()
                let (isFirst, first) = Interruption.firstRequest.compareExchange(
                    expected: 0, desired: time, ordering: .relaxed)
                if !isFirst, time > first + Interruption.repetitionInNanoseconds { _exit(128 + number) }
            }
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Safe in a signal handler.
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
