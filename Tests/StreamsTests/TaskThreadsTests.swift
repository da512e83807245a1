import Foundation
import Locks
import NERPipeTesting
import Streams
import Testing

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
