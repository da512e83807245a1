import Foundation
import Locks
import NERPipeTesting
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct OrderedWorkersTests {
    struct Broken: Error {}

    static func feed(_ channel: BoundedChannel<Int>, _ values: Range<Int>, sent: Locked<Int> = Locked(0)) -> Task<
        Void, any Error
    > {
        Task {
            for value in values {
                try await channel.send(value)
                sent.withLock { $0 += 1 }
            }
            channel.finish()
        }
    }

    static func collect(_ channel: BoundedChannel<Int>) async -> (values: [Int], failure: (any Error)?) {
        var values: [Int] = []
        do {
            while let value = try await channel.next() { values.append(value) }
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
        let input = BoundedChannel<Int>(capacity: 3), output = BoundedChannel<Int>(capacity: 3)
        let feeder = Self.feed(input, 0..<300)
        let runner = Task { try await OrderedWorkers.run(workers, from: input, to: output) { Self.work($0) } }
        let result = await Self.collect(output)
        #expect(result.values == (0..<300).map { $0 * 2 })
        #expect(result.failure == nil)
        try await feeder.value
        try await runner.value
    }

    @Test(arguments: [1, 2, 3, 6])
    func slowReaderBoundsWhatIsInside(_ workers: Int) async throws {
        let input = BoundedChannel<Int>(capacity: 2), output = BoundedChannel<Int>(capacity: 2)
        let sent = Locked(0)
        let feeder = Self.feed(input, 0..<100, sent: sent)
        let runner = Task { try await OrderedWorkers.run(workers, from: input, to: output) { $0 } }
        // Nobody reads: the senders come to rest with both channels and the workers full.
        var last = -1
        #expect(
            await eventually {
                for _ in 0..<2000 { await Task.yield() }
                let now = sent.withLock { $0 }
                defer { last = now }
                return now == last
            })
        // Two channels of two, and at most three inside with two workers (else as many as there are workers).
        #expect(sent.withLock { $0 } <= 2 + 2 + max(workers, 3))
        #expect(sent.withLock { $0 } >= 4)
        #expect(await Self.collect(output).values == Array(0..<100))
        try await feeder.value
        try await runner.value
    }

    @Test(arguments: [1, 2, 5])
    func failureComesAfterTheResultsBeforeItAndWakesTheSender(_ workers: Int) async throws {
        let input = BoundedChannel<Int>(capacity: 1), output = BoundedChannel<Int>(capacity: 1)
        let feeder = Self.feed(input, 0..<1000)
        let runner = Task {
            try await OrderedWorkers.run(workers, from: input, to: output) { value in
                if value == 37 { throw Broken() }
                return Self.work(value)
            }
        }
        let result = await Self.collect(output)
        #expect(result.values == (0..<37).map { $0 * 2 })
        #expect(result.failure is Broken)
        await #expect(throws: Broken.self) { try await runner.value }
        await #expect(throws: ChannelClosed.self) { try await feeder.value }
    }

    @Test(arguments: [1, 2, 5])
    func failureOfTheInputPassesThrough(_ workers: Int) async {
        let input = BoundedChannel<Int>(capacity: 1), output = BoundedChannel<Int>(capacity: 1)
        let feeder = Task {
            for value in 0..<20 { try await input.send(value) }
            input.finish(throwing: Broken())
        }
        let runner = Task { try await OrderedWorkers.run(workers, from: input, to: output) { $0 } }
        let result = await Self.collect(output)
        #expect(result.values == Array(0..<20))
        #expect(result.failure is Broken)
        await #expect(throws: Broken.self) { try await runner.value }
        await #expect(throws: Never.self) { try await feeder.value }
    }

    @Test(arguments: [1, 2, 5])
    func readerThatGoesAwayStopsTheSender(_ workers: Int) async throws {
        let input = BoundedChannel<Int>(capacity: 1), output = BoundedChannel<Int>(capacity: 1)
        let feeder = Self.feed(input, 0..<1000)
        let runner = Task { try await OrderedWorkers.run(workers, from: input, to: output) { $0 } }
        #expect(try await output.next() == 0)
        output.close()
        await #expect(throws: ChannelClosed.self) { try await runner.value }
        await #expect(throws: ChannelClosed.self) { try await feeder.value }
    }

    @Test(arguments: [1, 3])
    func cancellationEndsItAndItsNeighbours(_ workers: Int) async {
        let input = BoundedChannel<Int>(capacity: 1), output = BoundedChannel<Int>(capacity: 1)
        let feeder = Self.feed(input, 0..<1000)
        let runner = Task { try await OrderedWorkers.run(workers, from: input, to: output) { $0 } }
        for _ in 0..<200 { await Task.yield() }
        runner.cancel()
        _ = await runner.result
        await #expect(throws: (any Error).self) { try await feeder.value }
        #expect(await Self.collect(output).values.count < 1000)
    }
}

@Suite(.timeLimit(.minutes(5))) struct TaskThreadsTests {
    static var threadNumber: UInt { UInt(pthread_self()) }

    @Test func tasksRunOnTheThreadAndNotInThePool() async {
        let thread = TaskThreads(name: "test")
        let numbers = await withTaskGroup(of: UInt.self) { group in
            for _ in 0..<20 {
                group.addTask(executorPreference: thread) {
                    await Task.yield()
                    return Self.threadNumber
                }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers.count == 1)
        let pool = await withTaskGroup(of: UInt.self) { group in
            for _ in 0..<50 { group.addTask { Self.threadNumber } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(pool.isDisjoint(with: numbers))
        thread.stop()
    }

    /// As many blocked threads as the machine has cores, and more: the pool goes on computing.
    @Test func blockedThreadsDoNotHoldUpThePool() async {
        let count = ProcessInfo.processInfo.activeProcessorCount + 2
        let threads = (0..<count).map { TaskThreads(name: "blocked \($0)") }
        let started = Locked(0)
        let release = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Void.self) { group in
            for thread in threads {
                group.addTask(executorPreference: thread) {
                    started.withLock { $0 += 1 }
                    Self.block(on: release)
                }
            }
            #expect(await eventually { started.withLock { $0 } == count })
            for _ in 0..<count { release.signal() }
        }
        for thread in threads { thread.stop() }
    }

    private static func block(on semaphore: DispatchSemaphore) { semaphore.wait() }

    /// Two threads, and never a third: what a user means by two jobs.
    @Test func tasksShareTheThreads() async {
        let threads = TaskThreads(name: "two", count: 2)
        let numbers = await withTaskGroup(of: UInt.self) { group in
            let arrived = Locked(0)
            for _ in 0..<2 {
                group.addTask(executorPreference: threads) {
                    arrived.withLock { $0 += 1 }
                    while arrived.withLock({ $0 }) < 2 { sched_yield() }  // each needs a thread of its own
                    return Self.threadNumber
                }
            }
            for _ in 0..<40 {
                group.addTask(executorPreference: threads) {
                    await Task.yield()
                    return await Task(executorPreference: threads) { Self.threadNumber }.value
                }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers.count == 2)
        threads.stop()
    }

    @Test func stopLetsQueuedTasksFinish() async {
        let thread = TaskThreads(name: "stopped")
        let entered = Gate()
        let release = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Int.self) { group in
            group.addTask(executorPreference: thread) {
                await entered.open()
                Self.block(on: release)
                return 1
            }
            await entered.pass()
            for _ in 0..<3 { group.addTask(executorPreference: thread) { 2 } }
            thread.stop()
            release.signal()
            #expect(await group.reduce(0, +) == 7)
        }
    }
}
