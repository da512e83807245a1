import Foundation

/// The built program, run as a user runs it.
package enum Program {
    /// The one beside the test bundle, or `NERPIPE_BINARY`.
    package static let path: String = {
        if let path = ProcessInfo.processInfo.environment["NERPIPE_BINARY"] { return path }
        let runner =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return (runner as NSString).deletingLastPathComponent + "/nerpipe"
    }()

    /// Enough for the slowest command on a busy machine; a test that needs longer hangs.
    package static let timeLimitInSeconds = 60.0

    /// Runs nerpipe to its end.
    package static func run(_ arguments: [String], in folder: ScratchFolder, input: RunningProgram.Input = .nothing)
        async throws -> Outcome
    {
        try await Slots.shared.use { try await start(arguments, in: folder, input: input).wait() }
    }

    /// Runs a script of bash, in which `nerpipe` is the program under test.
    package static func shell(_ script: String, in folder: ScratchFolder) async throws -> Outcome {
        try await Slots.shared.use { try await startShell(script, in: folder).wait() }
    }

    /// Starts nerpipe; the caller waits, or ends it.
    package static func start(_ arguments: [String], in folder: ScratchFolder, input: RunningProgram.Input = .nothing)
        throws -> RunningProgram
    {
        try RunningProgram([path] + arguments, in: folder.path, input: input, seconds: timeLimitInSeconds)
    }

    package static func startShell(_ script: String, in folder: ScratchFolder) throws -> RunningProgram {
        try RunningProgram(["/bin/bash", "-c", script], in: folder.path, seconds: timeLimitInSeconds)
    }

    /// Whether another program is there, for tests that need it.
    package static func exists(_ name: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}

/// Lets only a few programs run at a time, so that time limits mean something however many tests run.
package actor Slots {
    package static let shared = Slots(3)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(_ count: Int) { free = count }

    package nonisolated func use<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result
    {
        await take()
        do {
            let result = try await body()
            await giveBack()
            return result
        } catch {
            await giveBack()
            throw error
        }
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
