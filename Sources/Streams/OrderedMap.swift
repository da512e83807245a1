/// Applies a function to every element of a stream with several workers; the order of the results is the order of the
/// input.
package enum OrderedMap {
    /// Runs until `input` ends, then finishes `output`.
    ///
    /// The bound: at most `workers` elements (three for two workers) are inside, being computed or computed and waiting
    /// for their turn, besides what the two streams hold. Whoever is ahead waits: a fast worker for the slow one
    /// before it, all of them for `output`. On failure `input` is closed, so that its sender wakes, and `output` ends
    /// with the error after the results before it.
    ///
    /// - Parameter executor: Where the computations run; nil: on Swift's pool.
    package static func run<Input: Sendable, Output: Sendable>(
        _ workers: Int, from input: BoundedStream<Input>, to output: BoundedStream<Output>.Sender,
        on executor: (any TaskExecutor)? = nil, _ transform: @escaping @Sendable (Input) throws -> Output
    ) async throws {
        precondition(workers > 0, "workers (\(workers)) must be greater than zero")
        try await output.finishing {
            guard workers > 1 else {
                for try await element in input { try await output.send(transform(element)) }
                return
            }
            try await runInParallel(workers, from: input, to: output, on: executor, transform)
        }
    }

    private static func runInParallel<Input: Sendable, Output: Sendable>(
        _ workers: Int, from input: BoundedStream<Input>, to output: BoundedStream<Output>.Sender,
        on executor: (any TaskExecutor)?, _ transform: @escaping @Sendable (Input) throws -> Output
    ) async throws {
        // The stream of running computations is what keeps the order. One computation is awaited outside of it and one
        // is started before there is room in it: hence two less than the workers, but it needs a place of its own.
        let (starter, running) = BoundedStream<Task<Output, any Error>>.make(capacity: max(1, workers - 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // A failure of the input comes after the results before it, so it goes the same way.
                try? await starter.finishing {
                    for try await element in input {
                        try await starter.send(Task(executorPreference: executor) { try transform(element) })
                    }
                }
            }
            group.addTask { for try await task in running { try await output.send(task.value) } }
            // Not `waitForAll`, which would wait for an input that sends nothing any more.
            while try await group.next() != nil {}
        }
    }
}
