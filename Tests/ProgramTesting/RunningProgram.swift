import Foundation
import Glibc

/// What a program left behind when it ended.
package struct Outcome: Sendable {
    /// Exit status; 128 + N after signal N, as shells count.
    package let status: Int32
    package let output: [UInt8]
    /// Standard error without the lines that only say how inputs are read; tests about them look at ``allErrors``.
    package var errors: String {
        allErrors.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !($0.contains(": reading ") && $0.contains(" as ")) && !$0.contains("\"message\":\"reading ") }
            .joined(separator: "\n")
    }
    package let allErrors: String
    package let timedOut: Bool

    package var text: String { String(decoding: output, as: UTF8.self) }
    /// Lines on standard error.
    package var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// A program under test, in a process group of its own so that a whole shell pipe can be killed at once.
///
/// Its standard output and error go to files, so nothing that it writes can block it, and to nobody else's descriptors.
package final class RunningProgram: Sendable {
    package enum Input: Sendable {
        case nothing
        case file(String)
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
        package init(description: String) { self.description = description }
    }

    private let process: pid_t
    private let folder: String
    private let deadline: ContinuousClock.Instant
    private let start = ContinuousClock.now

    /// Starts `arguments[0]`, an absolute path.
    ///
    /// - Parameter seconds: After this time ``wait()`` kills the group.
    package init(_ arguments: [String], in workFolder: String, input: Input = .nothing, seconds: Double) throws {
        folder = ScratchFolder.root + "output-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        deadline = start + .seconds(seconds)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let inputPath = if case .file(let path) = input { path } else { "/dev/null" }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder + "/out", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(
            &actions, STDERR_FILENO, folder + "/err", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)  // the test runner may ignore it, a shell in a pipe must not
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var blocked = sigset_t()
        sigemptyset(&blocked)  // the threads that run tests block signals, and a child would inherit that
        posix_spawnattr_setsigmask(&attributes, &blocked)
        var child: pid_t = 0
        // `env` changes the folder and becomes the program; the call for it is hidden in Glibc's module.
        let status = Self.withStrings(["/usr/bin/env", "-C", workFolder] + arguments) { arguments in
            Self.withStrings(Self.environment) {
                posix_spawn(&child, "/usr/bin/env", &actions, &attributes, arguments, $0)
            }
        }
        guard status == 0 else {
            throw Failure(description: "\(arguments[0]): cannot start: \(String(cString: strerror(status)))")
        }
        process = child
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Time since the start.
    package var age: Duration { ContinuousClock.now - start }

    /// Sends a signal to every process of the group.
    package func send(_ signal: Int32) { kill(-process, signal) }

    /// Sends a signal to the program alone; to what a script has become with `exec`.
    package func sendToLeader(_ signal: Int32) { kill(process, signal) }

    /// Waits until something is seen, and no longer than the program lives or may live.
    package func wait(_ condition: () -> Bool) async throws {
        while !condition() && !hasEnded && ContinuousClock.now < deadline {
            try await Task.sleep(for: .microseconds(300))
        }
    }

    /// Whether the program has come so far that it has a handler for a signal. Linux tells it.
    package func handles(_ signal: Int32) -> Bool { Self.handles(signal, process) }

    /// How many processes of the program have a handler for a signal, in a pipe of several.
    package func handlerCount(_ signal: Int32) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.count { getpgid($0) == process && Self.handles(signal, $0) }
    }

    private static func handles(_ signal: Int32, _ process: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        guard status.hasPrefix("Name:\tnerpipe\n"), let caught = status.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/)?.1
        else { return false }
        return (UInt64(caught, radix: 16) ?? 0) & 1 << UInt64(signal - 1) != 0
    }

    /// Looks without taking the status away.
    private var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information._sifields._sigchld.si_pid == process
    }

    /// Waits for the end, and for no longer than the time limit.
    package func wait() async throws -> Outcome {
        var status: Int32 = 0
        var timedOut = false
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process || ended < 0 && errno != EINTR { break }
            if ContinuousClock.now > deadline {
                timedOut = true
                send(SIGKILL)
            }
            try? await Task.sleep(for: .milliseconds(2))
        }
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: try read("out"),
            allErrors: String(decoding: try read("err"), as: UTF8.self), timedOut: timedOut)
    }

    private func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    /// The tests' own environment with the program in the path, and without what would change messages.
    private static let environment: [String] = {
        var variables = ProcessInfo.processInfo.environment
        variables["PATH"] =
            (Program.path as NSString).deletingLastPathComponent + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
        variables["LC_ALL"] = "C"
        variables["COLUMNS"] = "80"
        variables["SWIFT_BACKTRACE"] = "enable=no"
        return variables.map { "\($0.key)=\($0.value)" }
    }()

    private static func withStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result)
        -> Result
    {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }
}
