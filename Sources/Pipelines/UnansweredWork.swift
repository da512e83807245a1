import Diagnostics
import Locks
import Streams

/// Work of stages that may never be done: a teacher that is another program can hang.
///
/// A stream carries a failure to whoever waits at it. Who waits for an answer learns of none, and would keep the pipeline from ending; so
/// the runner gives up what is under way (``giveUp()``) when ``PipelineRunner/patience`` is over after something failed or a signal came.
final class UnansweredWork: Sendable {
    private struct State {
        var isOver = false
        var lastNumber = 0
        /// What is under way: gives it up.
        var running: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Locked(State())

    /// Runs `body` on the computing threads and waits for it, or until it is given up.
    ///
    /// - Throws: `CancellationError` when it was given up. `body` is cancelled then, and not waited for: it may not notice.
    func run<Result: Sendable>(
        on threads: ComputeThreads, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let waiter = Locked<CheckedContinuation<Result, any Error>?>(nil)
        let answer = { @Sendable (result: Swift.Result<Result, any Error>) in
            waiter.withLock { $0.take() }?.resume(with: result)
        }
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        defer { state.withLock { $0.running[number] = nil } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.withLock { $0 = continuation }
                let task = Task(executorPreference: threads) {
                    do { answer(.success(try await body())) } catch { answer(.failure(error)) }
                }
                let giveUp = { @Sendable in
                    task.cancel()
                    answer(.failure(CancellationError()))
                }
                let isOver = state.withLock { state in
                    if !state.isOver { state.running[number] = giveUp }
                    return state.isOver
                }
                if isOver || Task.isCancelled { giveUp() }
            }
        } onCancel: {
            state.withLock { $0.running[number] }?()
        }
    }

    /// Gives up what is under way, and all that begins from now on.
    func giveUp() {
        let running = state.withLock { state in
            state.isOver = true
            return state.running.values.map(\.self)
        }
        for giveUp in running { giveUp() }
    }
}
