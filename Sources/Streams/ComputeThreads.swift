import DequeModule
import Glibc
import Locks
import Synchronization

/// The threads that compute. A command has one such pool, of `--jobs` threads, for everything that it computes.
///
/// Tasks run here that prefer it as their executor: the stages of pipelines, each with as many workers as there are threads.
/// Work too short to start a task for each piece is shared out in rounds (`run(_:_:)`): slices of an update, blocks of
/// a search. Who opens a round works too, and threads that are free help.
///
/// Swift's own pool has a thread for each core, whatever the user allowed; nothing that takes time runs there. What
/// blocks is for ``BlockingThreads``.
package final class ComputeThreads: TaskExecutor {
    package static let maximumCount = 256
    /// One thread, for those who ask for no more.
    package static let single = ComputeThreads(count: 1)

    package let count: Int
    private let jobs = Locked(Deque<UnownedJob>())
    private let jobCount = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let board = WorkBoard()
    private let bed = SleepingPlace()
    private let threads: Locked<[pthread_t?]>

    /// Looks for the next round before a thread that helped in one goes to sleep: some 20 microseconds, longer than the
    /// pauses within an update.
    private static let lookCount = 64

    /// Starts the threads, which run until ``stop()``.
    package init(count: Int) {
        precondition((1...Self.maximumCount).contains(count), "\(count) computing threads")
        self.count = count
        threads = Locked(Array(repeating: nil, count: count))
        for number in 0..<count { startThread(name: "compute") { self.loop(number) } }
    }

    /// Ends the threads when nothing is queued any more.
    package func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        bed.wakeAll()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        jobs.withLock { $0.append(unowned) }
        jobCount.add(1, ordering: .sequentiallyConsistent)
        // Either a thread that lies down is counted here, or it sees the job.
        if bed.sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { bed.wakeOne() }
    }

    /// Runs `body` for every number below `count`, in any order and on any of the threads, and returns when all are done.
    ///
    /// The caller does items from the front and helpers from the back, so that in rounds over the same data each thread
    /// mostly finds its part in its own cache. A thread that is busy is not waited for. A caller that is none of the
    /// threads stands in for the first of them. Within a round, and beside one, another is done by its caller alone.
    ///
    /// - Parameter body: Gets the item, and the number of the thread that does it, below ``count``: what a thread needs
    ///   for itself can be found by it.
    package func run(_ count: Int, _ body: @Sendable (_ item: Int, _ thread: Int) -> Void) {
        precondition(count >= 0 && count < 1 << 20, "\(count) items")
        let own = pthread_self()
        let caller = threads.withLock { $0.firstIndex { $0 == own } } ?? 0
        guard self.count > 1, count > 1, board.reserve() else {
            for item in 0..<count { body(item, caller) }
            return
        }
        withoutActuallyEscaping(body) { body in
            board.open(count, caller: caller, body)
            if bed.sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { bed.wakeAll() }
            board.finish(as: caller)
        }
    }

    /// The same with work that can fail. After a failure no item is begun; of several the one with the lowest number is
    /// thrown.
    package func run(_ count: Int, _ body: @Sendable (_ item: Int, _ thread: Int) throws -> Void) throws {
        let failure = Locked<(item: Int, error: any Error)?>(nil)
        run(count) { item, thread in
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try body(item, thread)
            } catch {
                failure.withLock { if item < $0?.item ?? .max { $0 = (item, error) } }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
    }

    private func loop(_ number: Int) {
        threads.withLock { $0[number] = pthread_self() }
        var looks = 0
        while true {
            if board.help(as: number) {
                looks = Self.lookCount
            } else if let job = nextJob() {
                job.runSynchronously(on: asUnownedTaskExecutor())
                looks = 0
            } else if looks > 0 {
                looks -= 1
                sched_yield()
            } else if isStopped.load(ordering: .sequentiallyConsistent) {
                return
            } else {
                bed.sleep { !hasWork(number) && !isStopped.load(ordering: .sequentiallyConsistent) }
            }
        }
    }

    private func hasWork(_ number: Int) -> Bool {
        board.hasWork(for: number) || jobCount.load(ordering: .sequentiallyConsistent) > 0
    }

    private func nextJob() -> UnownedJob? {
        guard jobCount.load(ordering: .relaxed) > 0, let job = jobs.withLock({ $0.popFirst() }) else { return nil }
        jobCount.subtract(1, ordering: .relaxed)
        return job
    }
}
