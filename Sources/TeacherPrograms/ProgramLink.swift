import Diagnostics
import Glibc
import Shards

/// One life of a program and the talk with it: bytes to its standard input, messages from its standard output, lines of
/// its standard error for the user. Used by one thread at a time.
///
/// Everything waits in one `poll`, so neither side can block the other: what the program does not take stays here,
/// what it says is taken even while it does not listen.
package final class ProgramLink {
    package enum Event {
        case message(WireMessageBox)
        /// The program is over, or has closed its standard output; how, in words.
        case ended(String)
        case timedOut
        /// Somebody wrote into the pipe given to ``next(until:wake:)``.
        case woken
    }

    /// A message of the program; the type itself stays inside the module.
    package struct WireMessageBox { let message: WireMessage }

    /// For messages.
    package let name: String
    private let child: ChildProcess
    private var reader: WireReader
    private var lines: StandardErrorLines
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var hasEnded = false

    /// Starts it.
    ///
    /// - Parameter log: Gets what the program writes to its standard error, line by line.
    package init(command: String, log: @escaping @Sendable (String) -> Void) throws {
        name = "teacher '\(command.prefix(200))'"
        child = try ChildProcess(command: command)
        reader = WireReader(name: name)
        lines = StandardErrorLines(log)
    }

    package var wire: TeacherWire? {
        get { reader.wire }
        set { reader.wire = newValue }
    }

    /// Bytes that the program has not taken yet.
    package var waitingByteCount: Int { outgoing.count - sent }

    package func send(_ bytes: [UInt8]) {
        if sent == outgoing.count { (outgoing, sent) = ([], 0) }
        outgoing += bytes
        write()
    }

    /// Says that nothing more will be sent.
    package func closeInput() { child.closeInput() }
    package func killNow() { child.killNow() }

    /// Waits for what happens next.
    ///
    /// - Parameter wake: A descriptor that ends the waiting when there is something to read.
    package func next(until deadline: ContinuousClock.Instant, wake: Int32 = -1) throws -> Event {
        while true {
            if let message = try reader.next() { return .message(WireMessageBox(message: message)) }
            if hasEnded { return .ended(end()) }
            try Interruption.check("interrupted while waiting for \(name)")
            let left = max(.zero, deadline - .now)
            var ends = [
                pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: lines.isOver ? -1 : child.errors, events: Int16(POLLIN), revents: 0),
                pollfd(fd: waitingByteCount > 0 ? child.input : -1, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            // Rounded up, or the last millisecond would be spent in a loop; a signal is seen soon.
            let milliseconds = left > .milliseconds(200) ? 200 : Int32(left / .milliseconds(1)) + 1
            guard poll(&ends, 4, left == .zero ? 0 : milliseconds) >= 0 || errno == EINTR else {
                throw Failure.cannotWait(name, errno)
            }
            if ends[1].revents != 0 { lines.read(child.errors) }
            if ends[2].revents != 0 { write() }
            if ends[0].revents != 0 {
                read()
            } else if ends[3].revents != 0 {
                return .woken
            } else if ContinuousClock.now >= deadline {
                return .timedOut
            }
        }
    }

    private func read() {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            let count = Glibc.read(child.output, buffer.baseAddress, buffer.count)
            if count > 0 {
                reader.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } else if count == 0 || errno != EINTR && errno != EAGAIN {
                hasEnded = true
            }
        }
    }

    private func write() {
        while child.input >= 0, sent < outgoing.count {
            let count = outgoing.withUnsafeBytes {
                Glibc.write(child.input, $0.baseAddress?.advanced(by: sent), outgoing.count - sent)
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // It does not listen any more; what it still says, and its end, come on the other pipe.
                child.closeInput()
            }
        }
    }

    /// Ends the program: lets it finish for `patience`, then by force. What it says of that on its standard error is
    /// passed on.
    @discardableResult
    package func end(patience: Duration = .seconds(2)) -> String {
        let isDone = hasEnded
        let ending = child.end(patience: patience)
        lines.finish(child.errors)
        let cut = reader.rest > 0 ? " in the middle of an answer" : ""
        return (isDone && ending == .killed ? "closed its standard output" : ending.description) + cut
    }

    /// The status with which it ended by itself.
    package var endedWell: Bool { child.ending == .status(0) }
}

/// Standard error of a program, for the user: whole lines with control characters taken out, and not without bound.
private struct StandardErrorLines {
    private static let maximumLineByteCount = 500
    private static let maximumLineCount = 200
    /// Of what is not shown, the last lines, which say why a program died.
    private static let tailCount = 10

    private let log: @Sendable (String) -> Void
    private var pending: [UInt8] = []
    private var shown = 0
    private var tail: [String] = []
    private var hidden = 0
    private(set) var isOver = false

    init(_ log: @escaping @Sendable (String) -> Void) { self.log = log }

    mutating func read(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else {
            isOver = count == 0 || errno != EINTR && errno != EAGAIN
            return
        }
        for byte in buffer[..<count] {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                show()
            } else if pending.count < Self.maximumLineByteCount {
                pending.append(byte)
            }
        }
    }

    private mutating func show() {
        guard !pending.isEmpty else { return }
        let line = Failure.cleanLine(String(decoding: pending, as: UTF8.self))
        pending = []
        if shown < Self.maximumLineCount {
            shown += 1
            log(line)
        } else {
            hidden += 1
            if tail.count == Self.tailCount { tail.removeFirst() }
            tail.append(line)
        }
    }

    /// What is left after the end.
    mutating func finish(_ descriptor: Int32) {
        // A process that left the group may hold the pipe open, and write without end.
        for _ in 0..<64 where !isOver {
            let before = (shown, hidden, pending.count)
            read(descriptor)
            if before == (shown, hidden, pending.count) { break }
        }
        show()
        if hidden > 0 { log("(\(hidden) more lines, of which the last \(tail.count):)") }
        for line in tail { log(line) }
        (hidden, tail) = (0, [])
    }
}
