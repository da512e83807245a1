import Glibc
import Synchronization

/// Threads that help a caller through many short rounds of work, too short to start a task for each.
///
/// The caller works too, and a round is over when all its items are done: a helper that the system does not run in time
/// is not waited for. Between rounds helpers look for work for some microseconds, then sleep. One round at a time.
package final class WorkerTeam: Sendable {
    private let board = WorkBoard()
    /// Threads at work in a round, the caller included.
    package let size: Int

    package init(size: Int) {
        precondition(size > 0, "a team of \(size)")
        self.size = size
        for _ in 1..<max(size, 1) {
            let board = board
            startThread(name: "team") { board.help() }
        }
    }

    deinit { board.stop() }

    /// Runs `body` for every number below `count`, in any order and on any thread of the team, and returns when all are
    /// done.
    package func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        precondition(count >= 0 && count < 1 << 32, "\(count) items")
        guard size > 1, count > 1 else {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { board.run(count, $0) }
    }
}

/// The round of work that is under way; helpers keep it alive, and the end of their team ends them.
///
/// `@unchecked Sendable`: `body` and `itemCount` are written while no item is open, and read only by whoever holds an item.
private final class WorkBoard: @unchecked Sendable {
    /// Number of the round in the upper half, items of it that nobody took in the lower half.
    private let open = Atomic<UInt64>(0)
    /// Items of the round under way that are not done.
    private let pending = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let bed = SleepingPlace()
    private var body: @Sendable (Int) -> Void = { _ in }
    private var itemCount = 0

    /// Looks for new work before a helper goes to sleep: some 20 microseconds, longer than the pauses within an update.
    private static let lookCount = 64

    private var hasWork: Bool { open.load(ordering: .sequentiallyConsistent) & 0xFFFF_FFFF > 0 }

    func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        self.body = body
        itemCount = count
        pending.store(count, ordering: .relaxed)
        let round = open.load(ordering: .relaxed) >> 32 &+ 1
        open.store(round << 32 | UInt64(count), ordering: .sequentiallyConsistent)
        // Either a helper that lies down is counted here, or it sees the work.
        if bed.sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { bed.wakeAll() }
        work()
        while pending.load(ordering: .acquiring) > 0 { sched_yield() }
        self.body = { _ in }
    }

    func stop() {
        isStopped.store(true, ordering: .sequentiallyConsistent)
        bed.wakeAll()
    }

    /// Helps until the team stops.
    func help() {
        while !isStopped.load(ordering: .sequentiallyConsistent) {
            work()
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
    private func work() {
        var state = open.load(ordering: .acquiring)
        while state & 0xFFFF_FFFF > 0 {
            // Fails when another thread took an item; the number of the round keeps an old view from taking a new item.
            let (isTaken, now) = open.compareExchange(
                expected: state, desired: state - 1, ordering: .acquiringAndReleasing)
            guard isTaken else {
                state = now
                continue
            }
            body(itemCount - Int(state & 0xFFFF_FFFF))
            pending.subtract(1, ordering: .acquiringAndReleasing)
            state = open.load(ordering: .acquiring)
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
