import Glibc
import Synchronization

/// Threads that help a caller through many short rounds of work, too short to start a task for each.
///
/// The caller works too, and a round is over when all its items are done: a helper that the system does not run in time
/// is not waited for. The caller takes items from the front and helpers from the back, so that in rounds over the same data
/// each thread mostly finds its part in its own cache. Between rounds helpers look for work for some microseconds, then
/// sleep. One round at a time.
package final class WorkerTeam: Sendable {
    private let board = WorkBoard()
    /// Threads at work in a round, the caller included.
    package let size: Int

    package init(size: Int) {
        precondition(size > 0, "a team of \(size)")
        self.size = size
        for worker in 1..<max(size, 1) {
            let board = board
            startThread(name: "team") { board.help(as: worker) }
        }
    }

    deinit { board.stop() }

    /// Runs `body` for every number below `count`, in any order and on any thread of the team, and returns when all are
    /// done.
    ///
    /// - Parameter body: Gets the item, and the number of the thread that does it, from 0 to ``size`` - 1: what a thread
    ///   needs for itself can be found by it.
    package func run(_ count: Int, _ body: @Sendable (_ item: Int, _ worker: Int) -> Void) {
        precondition(count >= 0 && count < 1 << 20, "\(count) items")
        guard size > 1, count > 1 else {
            for index in 0..<count { body(index, 0) }
            return
        }
        withoutActuallyEscaping(body) { board.run(count, $0) }
    }
}

/// The round of work that is under way; helpers keep it alive, and the end of their team ends them.
///
/// `@unchecked Sendable`: `body` is written while no item is open, and read only by whoever holds an item.
private final class WorkBoard: @unchecked Sendable {
    private let open = Atomic<UInt64>(0)
    /// Items of the round under way that are not done.
    private let pending = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let bed = SleepingPlace()
    private var body: @Sendable (Int, Int) -> Void = { _, _ in }

    /// Looks for new work before a helper goes to sleep: some 20 microseconds, longer than the pauses within an update.
    private static let lookCount = 64

    /// Items that nobody took: those from `front` on, and before `end`.
    private struct OpenItems {
        var round: UInt64
        var front: UInt64
        var end: UInt64

        init(round: UInt64, front: UInt64, end: UInt64) { (self.round, self.front, self.end) = (round, front, end) }

        init(_ bits: UInt64) { self.init(round: bits >> 40, front: bits >> 20 & 0xF_FFFF, end: bits & 0xF_FFFF) }

        /// The number of the round keeps an old view of it from taking a new item.
        var bits: UInt64 { (round & 0xFF_FFFF) << 40 | front << 20 | end }
        var isEmpty: Bool { front == end }
    }

    private var hasWork: Bool { !OpenItems(open.load(ordering: .sequentiallyConsistent)).isEmpty }

    func run(_ count: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        self.body = body
        pending.store(count, ordering: .relaxed)
        let round = OpenItems(open.load(ordering: .relaxed)).round &+ 1
        open.store(
            OpenItems(round: round, front: 0, end: UInt64(count)).bits, ordering: .sequentiallyConsistent)
        // Either a helper that lies down is counted here, or it sees the work.
        if bed.sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { bed.wakeAll() }
        work(as: 0)
        while pending.load(ordering: .acquiring) > 0 { sched_yield() }
        self.body = { _, _ in }
    }

    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        bed.wakeAll()
    }

    /// Helps until the team stops.
    func help(as worker: Int) {
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            work(as: worker)
            var looks = 0
            while !hasWork && looks < Self.lookCount {
                looks += 1
                sched_yield()
            }
            guard !hasWork else { continue }
            bed.sleep { !hasWork && !isStopped.load(ordering: .sequentiallyConsistent) }
        }
    }

    /// Takes and does items until none is open.
    private func work(as worker: Int) {
        var bits = open.load(ordering: .acquiring)
        while true {
            var items = OpenItems(bits)
            guard !items.isEmpty else { return }
            let item = worker == 0 ? items.front : items.end - 1
            if worker == 0 { items.front += 1 } else { items.end -= 1 }
            // Fails when another thread took an item.
            let (isTaken, now) = open.compareExchange(
                expected: bits, desired: items.bits, ordering: .acquiringAndReleasing)
            guard isTaken else {
                bits = now
                continue
            }
            body(Int(item), worker)
            pending.subtract(1, ordering: .acquiringAndReleasing)
            bits = open.load(ordering: .acquiring)
        }
    }
}

/// Where threads wait for a reason to get up. `@unchecked Sendable`: made for use by several threads.
private final class SleepingPlace: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Counted before they look whether to sleep.
    let sleeperCount = Atomic<Int>(0)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Sleeps as long as `isQuiet` says so.
    func sleep(while isQuiet: () -> Bool) {
        pthread_mutex_lock(mutex)
        sleeperCount.add(1, ordering: .sequentiallyConsistent)
        while isQuiet() { pthread_cond_wait(condition, mutex) }
        sleeperCount.subtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
    }

    func wakeAll() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
