extension ComputeThreads {
    /// Applies a function to every element of a stream, on all threads; the order of the results is the order of the input.
    ///
    /// Runs until `input` ends, then finishes `output`; to be called by a task that prefers these threads.
    ///
    /// The bound: at most ``count`` elements (three for two threads) are inside, being computed or computed and waiting
    /// for their turn, besides what the two streams hold. Whoever is ahead waits: a fast worker for the slow one
    /// before it, all of them for `output`. On failure `input` is closed, so that its sender wakes, and `output` ends
    /// with the error after the results before it; what is computed beyond that is cancelled, as all of it is when the
    /// calling task is.
    package func map<Input: Sendable, Output: Sendable>(
        _ input: BoundedStream<Input>, to output: BoundedStream<Output>.Sender,
        _ transform: @escaping @Sendable (Input) async throws -> Output
    ) async throws {
        try await output.finishing {
            guard count > 1 else {
                for try await element in input { try await output.send(try await transform(element)) }
                return
            }
            try await mapInParallel(input, to: output, transform)
        }
    }

    private func mapInParallel<Input: Sendable, Output: Sendable>(
        _ input: BoundedStream<Input>, to output: BoundedStream<Output>.Sender,
        _ transform: @escaping @Sendable (Input) async throws -> Output
    ) async throws {
        // The stream of running computations is what keeps the order. One computation is awaited outside of it and one
        // is started before there is room in it: hence two less than the threads, but it needs a place of its own.
        let (starter, running) = BoundedStream<Computation<Output>>.make(capacity: max(1, count - 2))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                // A failure of the input comes after the results before it, so it goes the same way.
                try? await starter.finishing {
                    for try await element in input {
                        try await starter.send(
                            Computation(Task(executorPreference: self) { try await transform(element) }))
                    }
                }
            }
            group.addTask { for try await computation in running { try await output.send(computation.value) } }
            // Not `waitForAll`, which would wait for an input that sends nothing any more.
            while try await group.next() != nil {}
        }
    }
}

/// A task of its own that is cancelled when nobody wants its result any more.
private final class Computation<Output: Sendable>: Sendable {
    private let task: Task<Output, any Error>

    init(_ task: Task<Output, any Error>) { self.task = task }

    deinit { task.cancel() }

    var value: Output {
        get async throws {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }
}
