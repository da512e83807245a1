import Diagnostics
import Locks
import Shards

/// What the process that does a unit says of itself, in a file beside what the unit makes (``UnitAttempt``): that it is at it, every 10 s, or why
/// it ended without it. The file goes when the unit is done.
package final class UnitNotes: Sendable {
    static let ending = ".attempt.json"

    let path: String
    /// Whether a process that is refused before it begins is remembered: where each unit is one process's, so that its place is known.
    private let namesRefused: Bool
    /// Whether what the unit makes is there.
    private let isDone: @Sendable () -> Bool
    let began = WallClock.now
    /// Whether the unit is being done here.
    private let isOurs = Locked(false)

    init(path: String, namesRefused: Bool, isDone: @escaping @Sendable () -> Bool) {
        (self.path, self.namesRefused, self.isDone) = (path, namesRefused, isDone)
    }

    /// What was said last.
    var last: UnitAttempt? { UnitAttempt(at: path) }

    func begin() throws {
        try isOurs.withLock {
            $0 = true
            try write(UnitAttempt(state: .running, began: began, hasBegun: true))
        }
    }

    /// Says that the unit is being done; does nothing when that cannot be said.
    package func beat(_ metrics: MetricsRecord) {
        // Locked to the end: what is written now must not come after what another thread does to the file.
        isOurs.withLock { isOurs in
            guard isOurs, !isDone() else { return }
            var attempt = UnitAttempt(state: .running, began: began, hasBegun: true)
            attempt.tokens = metrics.stages.last?.tokens ?? 0
            try? write(attempt)
        }
    }

    func end() throws {
        try isOurs.withLock {
            $0 = false
            try Directory.remove(path)
        }
    }

    /// Does what there is to do for the unit, and remembers why it failed, unless another process is at it, or has done it.
    package func noting(_ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            let wasOurs = isOurs.withLock { isOurs in
                defer { isOurs = false }
                return isOurs
            }
            let last = last
            if isDone() {
                // Who was quicker may have removed what was said here since.
                if wasOurs { try? Directory.remove(path) }
            } else if wasOurs || namesRefused, last?.isOfAnother != true {
                try? Directory.make(Directory.parent(of: path))
                try? write(UnitAttempt(failure: error, began: began, hasBegun: last?.hasBegun ?? false))
            }
            throw error
        }
    }

    private func write(_ attempt: UnitAttempt) throws { try AtomicFile.write(JSON.encode(attempt), to: path) }
}
