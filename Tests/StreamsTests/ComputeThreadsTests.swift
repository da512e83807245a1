import Foundation
import Locks
import NERPipeTesting
import Streams
import Testing

@Suite(.timeLimit(.minutes(5))) struct ComputeThreadsTests {
    struct Broken: Error, Equatable { var item = 0 }
    static var threadNumber: UInt { UInt(pthread_self()) }

    /// Two threads, and never a third: what a user means by two jobs.
    @Test func tasksAndRoundsShareTheThreads() async {
        let threads = ComputeThreads(count: 2)
        let numbers = await withTaskGroup(of: Set<UInt>.self) { group in
            let arrived = Locked(0)
            for _ in 0..<2 {
                group.addTask(executorPreference: threads) {
                    arrived.withLock { $0 += 1 }
                    while arrived.withLock({ $0 }) < 2 { sched_yield() }  // each needs a thread of its own
                    return [Self.threadNumber]
                }
            }
            for _ in 0..<40 {
                group.addTask(executorPreference: threads) {
                    await Task.yield()
                    let found = Locked(Set<UInt>())
                    threads.run(20) { _, _ in found.withLock { _ = $0.insert(Self.threadNumber) } }
                    let other = await Task(executorPreference: threads) { Self.threadNumber }.value
                    return found.withLock { $0.union([other]) }
                }
            }
            return await group.reduce(into: Set()) { $0.formUnion($1) }
        }
        #expect(numbers.count == 2)
        threads.stop()
    }

    @Test func stopLetsQueuedTasksFinish() async {
        let threads = ComputeThreads(count: 1)
        let entered = Gate()
        let release = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Int.self) { group in
            group.addTask(executorPreference: threads) {
                await entered.open()
                Self.block(on: release)
                return 1
            }
            await entered.pass()
            for _ in 0..<3 { group.addTask(executorPreference: threads) { 2 } }
            threads.stop()
            release.signal()
            #expect(await group.reduce(0, +) == 7)
        }
    }

    static func block(on semaphore: DispatchSemaphore) { semaphore.wait() }

    @Test(arguments: [1, 2, 3, 8]) func everyItemIsDoneOnceBeforeARoundEnds(_ size: Int) {
        let threads = ComputeThreads(count: size)
        for round in 0..<2000 {
            let count = round % 7
            let done = Locked([Int](repeating: 0, count: count))
            threads.run(count) { item, _ in done.withLock { $0[item] += 1 } }
            #expect(done.withLock { $0 } == [Int](repeating: 1, count: count))
        }
        threads.stop()
    }

    @Test(arguments: [1, 2, 3, 8]) func cutsShrinkTowardWhereCallerAndHelpersMeet(_ size: Int) {
        let threads = ComputeThreads(count: size)
        defer { threads.stop() }
        let cuts = threads.cuts, lengths = zip(cuts, cuts.dropFirst()).map { $1 - $0 }
        #expect(cuts.first == 0 && cuts.last == 1 && lengths.allSatisfy { $0 > 0 })
        guard size > 1, let shortest = lengths.min() else { return }
        #expect(lengths[0] > 7 * shortest && lengths[lengths.count - 1] > 7 * shortest)
        // The caller's share is done where the parts are shortest.
        #expect(cuts.contains { abs($0 - 1 / Double(size)) < 1e-9 })
    }

    /// Rounds far apart: the threads have gone to sleep in between.
    @Test func threadsWakeUp() {
        let threads = ComputeThreads(count: 3)
        for _ in 0..<20 {
            Thread.sleep(forTimeInterval: 0.01)
            let found = Locked(Set<Int>())
            let sum = Locked(0)
            threads.run(64) { item, thread in
                found.withLock { _ = $0.insert(thread) }
                sum.withLock { $0 += item }
            }
            #expect(sum.withLock { $0 } == 63 * 32)
            #expect(found.withLock { $0.isSubset(of: [0, 1, 2]) })
        }
        threads.stop()
    }

    @Test func itemsRunTogether() {
        let threads = ComputeThreads(count: 2)
        // Each of two items waits for the other: alone, neither would end.
        let arrived = Locked(0)
        for round in 1...50 {
            threads.run(2) { _, _ in
                arrived.withLock { $0 += 1 }
                while arrived.withLock({ $0 }) < 2 * round { sched_yield() }
            }
        }
        #expect(arrived.withLock { $0 } == 100)
        threads.stop()
    }

    /// What a thread keeps for itself is found by its number: no two may have the same at the same time, whoever opens
    /// the round.
    @Test(arguments: [false, true]) func numbersOfThreadsAreTheirOwn(_ isOneOfThem: Bool) async {
        let threads = ComputeThreads(count: 3)
        let isBusy = Locked([false, false, false])
        let work: @Sendable () -> Void = {
            for _ in 0..<300 {
                threads.run(12) { _, thread in
                    #expect(
                        isBusy.withLock { busy in
                            defer { busy[thread] = true }; return !busy[thread]
                        })
                    for _ in 0..<50 { sched_yield() }
                    isBusy.withLock { $0[thread] = false }
                }
            }
        }
        if isOneOfThem { await Task(executorPreference: threads) { work() }.value } else { work() }
        threads.stop()
    }

    /// A caller sleeps while others do what is left, and is woken.
    @Test func longItemsAreWaitedFor() {
        let threads = ComputeThreads(count: 2)
        let done = Locked(0)
        for _ in 0..<5 {
            threads.run(2) { item, _ in
                Thread.sleep(forTimeInterval: item == 0 ? 0.001 : 0.05)
                done.withLock { $0 += 1 }
            }
        }
        #expect(done.withLock { $0 } == 10)
        threads.stop()
    }

    @Test func aRoundWithinARoundIsDoneByItsCaller() {
        let threads = ComputeThreads(count: 3)
        let sum = Locked(0)
        threads.run(5) { outer, thread in
            threads.run(4) { inner, same in
                #expect(same == thread || thread == 0)
                sum.withLock { $0 += outer * 4 + inner }
            }
        }
        #expect(sum.withLock { $0 } == 19 * 10)
        threads.stop()
    }

    @Test(arguments: [1, 3]) func theFirstFailureIsThrownAndNoItemIsBegunAfterIt(_ size: Int) {
        let threads = ComputeThreads(count: size)
        #expect(throws: Broken(item: 0)) {
            try threads.run(4) { item, _ in
                if item == 0 { throw Broken(item: 0) }
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
        let begun = Locked(0)
        #expect(throws: Broken.self) {
            try threads.run(10_000) { item, _ in
                begun.withLock { $0 += 1 }
                throw Broken(item: item)
            }
        }
        #expect(begun.withLock { $0 } <= size)
        threads.stop()
    }

    @Test func threadsHaveNames() async {
        let name = await Task(executorPreference: ComputeThreads.of(2)) { Self.threadName }.value
        #expect(name == "compute")
        #expect(await Task(executorPreference: BlockingThreads.shared) { Self.threadName }.value == "block")
    }

    private static var threadName: String {
        let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        return name?.trimmingCharacters(in: .newlines) ?? ""
    }
}

@Suite(.timeLimit(.minutes(5))) struct BlockingThreadsTests {
    /// As many blocked threads as the machine has cores, and more: all have one, and Swift's pool goes on.
    @Test func whateverBlocksHasAThreadOfItsOwn() async {
        let count = ProcessInfo.processInfo.activeProcessorCount + 5
        let started = Locked(Set<UInt>())
        let release = DispatchSemaphore(value: 0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: BlockingThreads.shared) {
                    started.withLock { _ = $0.insert(ComputeThreadsTests.threadNumber) }
                    ComputeThreadsTests.block(on: release)
                }
            }
            #expect(await eventually { started.withLock { $0.count } == count })
            for _ in 0..<count { release.signal() }
        }
    }

    /// One task after the other needs one thread more at most, not one each.
    @Test func threadsAreUsedAgain() async {
        let found = Locked(Set<UInt>())
        for _ in 0..<200 {
            await Task(executorPreference: BlockingThreads.shared) {
                found.withLock { _ = $0.insert(ComputeThreadsTests.threadNumber) }
            }.value
        }
        #expect(found.withLock { $0.count } < 100)
    }
}
