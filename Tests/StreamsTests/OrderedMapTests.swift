import Locks
import NERPipeTesting
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct OrderedMapTests {
    struct Broken: Error {}
    typealias Sender = BoundedStream<Int>.Sender

    static func feed(_ sender: Sender, _ values: Range<Int>, sent: Locked<Int> = Locked(0)) -> Task<Void, any Error> {
        Task {
            for value in values {
                try await sender.send(value)
                sent.withLock { $0 += 1 }
            }
            sender.finish()
        }
    }

    /// Runs a map between two streams; what is to be sent goes into `sender`.
    static func start(
        _ workers: Int, capacity: Int, _ transform: @escaping @Sendable (Int) throws -> Int = { $0 }
    ) -> (sender: Sender, output: BoundedStream<Int>, runner: Task<Void, any Error>) {
        let (sender, input) = BoundedStream<Int>.make(capacity: capacity)
        let (results, output) = BoundedStream<Int>.make(capacity: capacity)
        return (sender, output, Task { try await ComputeThreads.of(workers).map(input, to: results, transform) })
    }

    static func collect(_ stream: BoundedStream<Int>) async -> (values: [Int], failure: (any Error)?) {
        var values: [Int] = []
        do {
            for try await value in stream { values.append(value) }
        } catch { return (values, error) }
        return (values, nil)
    }

    /// Work whose length depends on the value, up and down.
    static func work(_ value: Int) -> Int {
        var sum = 0
        for step in 0..<(value * 7919 % 97) * 200 { sum = (sum &+ step) & 1 }
        return value * 2 + sum * 0
    }

    @Test(arguments: [1, 2, 3, 8])
    func orderOfTheInputIsKept(_ workers: Int) async throws {
        let (sender, output, runner) = Self.start(workers, capacity: 3) { Self.work($0) }
        let feeder = Self.feed(sender, 0..<300)
        let result = await Self.collect(output)
        #expect(result.values == (0..<300).map { $0 * 2 })
        #expect(result.failure == nil)
        try await feeder.value
        try await runner.value
    }

    @Test(arguments: [1, 2, 3, 6])
    func slowReaderBoundsWhatIsInside(_ workers: Int) async throws {
        let (sender, output, runner) = Self.start(workers, capacity: 2)
        let sent = Locked(0)
        let feeder = Self.feed(sender, 0..<100, sent: sent)
        // Nobody reads: the senders come to rest with both streams and the workers full.
        var last = -1
        #expect(
            await eventually {
                for _ in 0..<2000 { await Task.yield() }
                let now = sent.withLock { $0 }
                defer { last = now }
                return now == last
            })
        // Two streams of two, and at most three inside with two workers (else as many as there are workers).
        #expect(sent.withLock { $0 } <= 2 + 2 + max(workers, 3))
        #expect(sent.withLock { $0 } >= 4)
        #expect(await Self.collect(output).values == Array(0..<100))
        try await feeder.value
        try await runner.value
    }

    @Test(arguments: [1, 2, 5])
    func failureComesAfterTheResultsBeforeItAndWakesTheSender(_ workers: Int) async throws {
        let (sender, output, runner) = Self.start(workers, capacity: 1) { value in
            if value == 37 { throw Broken() }
            return Self.work(value)
        }
        let feeder = Self.feed(sender, 0..<1000)
        let result = await Self.collect(output)
        #expect(result.values == (0..<37).map { $0 * 2 })
        #expect(result.failure is Broken)
        await #expect(throws: Broken.self) { try await runner.value }
        await #expect(throws: BrokenStream.noReceiver) { try await feeder.value }
    }

    @Test(arguments: [1, 2, 5])
    func failureOfTheInputPassesThrough(_ workers: Int) async {
        let (sender, output, runner) = Self.start(workers, capacity: 1)
        let feeder = Task {
            for value in 0..<20 { try await sender.send(value) }
            sender.finish(throwing: Broken())
        }
        let result = await Self.collect(output)
        #expect(result.values == Array(0..<20))
        #expect(result.failure is Broken)
        await #expect(throws: Broken.self) { try await runner.value }
        await #expect(throws: Never.self) { try await feeder.value }
    }

    @Test(arguments: [1, 2, 5])
    func readerThatGoesAwayStopsTheSender(_ workers: Int) async throws {
        let (sender, output, runner) = Self.start(workers, capacity: 1)
        let feeder = Self.feed(sender, 0..<1000)
        for try await value in output {
            #expect(value == 0)
            break
        }
        await #expect(throws: BrokenStream.noReceiver) { try await runner.value }
        await #expect(throws: BrokenStream.noReceiver) { try await feeder.value }
    }

    /// The input sends nothing and does not end: nobody must wait for it.
    @Test(arguments: [1, 2, 5])
    func readerThatGoesAwayEndsItWhileTheInputIsSilent(_ workers: Int) async throws {
        let (sender, output, runner) = Self.start(workers, capacity: 1) { if $0 == 1 { throw Broken() } else { $0 } }
        try await sender.send(0)
        try await sender.send(1)
        #expect(await Self.collect(output).values == [0])
        await #expect(throws: Broken.self) { try await runner.value }
        await #expect(throws: BrokenStream.noReceiver) { try await sender.send(2) }
    }

    @Test(arguments: [1, 3])
    func cancellationEndsItAndItsNeighbours(_ workers: Int) async {
        let (sender, output, runner) = Self.start(workers, capacity: 1)
        let feeder = Self.feed(sender, 0..<1000)
        for _ in 0..<200 { await Task.yield() }
        runner.cancel()
        _ = await runner.result
        await #expect(throws: (any Error).self) { try await feeder.value }
        #expect(await Self.collect(output).values.count < 1000)
    }

    /// Computations that end only when they are cancelled, of whom nobody wants results any more.
    @Test(arguments: [2, 3, 6])
    func whatIsComputedBeyondAFailureIsCancelled(_ workers: Int) async throws {
        let (sender, input) = BoundedStream<Int>.make(capacity: 8)
        let (results, output) = BoundedStream<Int>.make(capacity: 8)
        let begun = Locked(0), cancelled = Locked(0)
        for value in 0..<6 { try await sender.send(value) }
        let gate = Gate()
        let runner = Task {
            try await ComputeThreads.of(workers).map(input, to: results) { value in
                if value == 0 {
                    await gate.pass()
                    throw Broken()
                }
                begun.withLock { $0 += 1 }
                do { try await Task.sleep(for: .seconds(3600)) } catch { cancelled.withLock { $0 += 1 } }
                return value
            }
        }
        #expect(await eventually { begun.withLock { $0 } > 0 })
        await gate.open()
        await #expect(throws: Broken.self) { try await runner.value }
        #expect(await eventually { begun.withLock { $0 } == cancelled.withLock { $0 } })
        #expect(await Self.collect(output).values.isEmpty)
    }

    @Test(arguments: [1, 2, 5])
    func cancellationReachesWhatIsComputed(_ workers: Int) async throws {
        let (sender, input) = BoundedStream<Int>.make(capacity: 8)
        let (results, output) = BoundedStream<Int>.make(capacity: 8)
        let begun = Locked(0)
        for value in 0..<6 { try await sender.send(value) }
        let runner = Task {
            try await ComputeThreads.of(workers).map(input, to: results) { value in
                begun.withLock { $0 += 1 }
                try await Task.sleep(for: .seconds(3600))
                return value
            }
        }
        #expect(await eventually { begun.withLock { $0 } > 0 })
        runner.cancel()
        await #expect(throws: CancellationError.self) { try await runner.value }
        #expect(await Self.collect(output).values.isEmpty)
    }
}
