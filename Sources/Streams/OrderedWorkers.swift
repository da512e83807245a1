/// Applies a function to every element of a channel with several workers; the order of the results is the order of the
/// input.
package enum OrderedWorkers {
    /// Runs until `input` ends, then finishes `output`.
    ///
    /// The bound: at most `workers` elements (three for two workers) are inside, being computed or computed and waiting
    /// for their turn, besides what the two channels hold. Whoever is ahead waits: a fast worker for the slow one
    /// before it, all of them for `output`. On failure `input` is closed, so that its sender wakes, and `output` ends
    /// with the error after the results before it.
    ///
    /// - Parameter executor: Where the computations run; nil: on Swift's pool.
    package static func run<Input: Sendable, Output: Sendable>(
        _ workers: Int, from input: BoundedChannel<Input>, to output: BoundedChannel<Output>,
        on executor: (any TaskExecutor)? = nil, _ transform: @escaping @Sendable (Input) throws -> Output
    ) async throws {
        precondition(workers > 0, "workers (\(workers)) must be greater than zero")
        do {
            try await workers == 1
                ? runAlone(from: input, to: output, transform)
                : runInParallel(workers, from: input, to: output, on: executor, transform)
            output.finish()
        } catch {
            input.close()
            output.finish(throwing: error)
            throw error
        }
    }

    private static func runAlone<Input: Sendable, Output: Sendable>(
        from input: BoundedChannel<Input>, to output: BoundedChannel<Output>,
        _ transform: @Sendable (Input) throws -> Output
    ) async throws {
        while let element = try await input.next() { try await output.send(transform(element)) }
    }

    private static func runInParallel<Input: Sendable, Output: Sendable>(
        _ workers: Int, from input: BoundedChannel<Input>, to output: BoundedChannel<Output>,
        on executor: (any TaskExecutor)?, _ transform: @escaping @Sendable (Input) throws -> Output
    ) async throws {
        // The queue of running computations is what keeps the order. One computation is awaited outside of the queue
        // and one is started before there is room in it: hence two less than the workers, but the queue needs a place
        // of its own.
        let running = BoundedChannel<Task<Output, any Error>>(capacity: max(1, workers - 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    while let element = try await input.next() {
                        try await running.send(Task(executorPreference: executor) { try transform(element) })
                    }
                    running.finish()
                } catch is ChannelClosed {
                    running.finish()  // the other task closed it, and has the reason
                } catch {
                    running.finish(throwing: error)
                }
            }
            group.addTask {
                do {
                    while let task = try await running.next() { try await output.send(task.value) }
                } catch {
                    running.close()
                    input.close()
                    throw error
                }
            }
            try await group.waitForAll()
        }
    }
}
