import Glibc
import Locks
import Shards

/// One line of progress for all processes of a shell pipe that have the same terminal.
///
/// Who binds the name of the process group owns the line; the others send it what they would have shown, and stay quiet. The name is an abstract
/// socket of Linux: it leaves no file, and is free again as soon as its process is gone, however that ended; who next wants to show something
/// then owns the line. Where there are no such sockets everybody is alone.
package final class SharedProgressLine: Sendable {
    private struct Message: Codable {
        var process: Int32
        var parts: ProgressParts
    }

    private struct State {
        var socket: Int32 = -1
        var isOwner = false
        /// What the others sent last, by process, and when.
        var others: [Int32: (parts: ProgressParts, time: ContinuousClock.Instant)] = [:]
    }

    /// What came longer ago is of a process that is gone.
    private static let patience = Duration.seconds(5)
    private static let maximumByteCount = 8192

    private let name: String
    private let process: Int32
    private let state = Locked(State())

    /// - Parameters:
    ///   - name: Of the terminal and the process group.
    ///   - process: Orders the parts; in a shell pipe, from its beginning to its end.
    package init(name: String, process: Int32 = getpid()) { (self.name, self.process) = (name, process) }

    /// The line of the processes that a shell started together, on the terminal of standard error.
    package static var ofThisTerminal: SharedProgressLine {
        var status = stat()
        fstat(STDERR_FILENO, &status)
        return SharedProgressLine(name: "nerpipe-progress-\(getuid())-\(status.st_rdev)-\(getpgrp())")
    }

    deinit { _ = end() }

    /// The line with what everybody has to say; nil when another process shows it.
    package func text(_ own: ProgressParts, width: Int?) -> String? {
        state.withLock { state in
            if !state.isOwner, !claim(&state) {
                send(own, state.socket)
                return nil
            }
            receive(&state)
            let all = state.others.mapValues(\.parts).merging([process: own]) { $1 }
            return ProgressLine.joined(all.sorted { $0.key < $1.key }.map(\.value), width)
        }
    }

    /// Gives the line up.
    ///
    /// - Returns: Whether it was ours, and has to be cleared.
    package func end() -> Bool {
        state.withLock { state in
            if state.socket >= 0 { close(state.socket) }
            defer { state = State() }
            return state.isOwner
        }
    }

    private func claim(_ state: inout State) -> Bool {
        if state.socket < 0 {
            state.socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        }
        let socket = state.socket
        state.isOwner = socket < 0 || withAddress { bind(socket, $0, $1) } == 0 || errno != EADDRINUSE
        return state.isOwner
    }

    private func send(_ own: ProgressParts, _ socket: Int32) {
        guard let bytes = try? JSON.encode(Message(process: process, parts: own)), bytes.count <= Self.maximumByteCount
        else { return }
        _ = withAddress { address, length in
            bytes.withUnsafeBytes {
                sendto(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
            }
        }
    }

    private func receive(_ state: inout State) {
        var bytes = [UInt8](repeating: 0, count: Self.maximumByteCount)
        while state.socket >= 0 {
            let count = bytes.withUnsafeMutableBytes { recv(state.socket, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { break }
            // Anybody may send something: no letter of it may command the terminal.
            guard let message = try? JSON.decode(Message.self, from: Array(bytes[..<count])) else { continue }
            state.others[message.process] = (message.parts.printable, .now)
        }
        state.others = state.others.filter { .now - $0.value.time < Self.patience }
    }

    private func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A zero in front: a name, and no path.
        let bytes = Array("\0\(name)".utf8.prefix(MemoryLayout.size(ofValue: address.sun_path)))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
