import Glibc
import Synchronization

/// The round of work that is under way among computing threads; one at a time.
///
/// `@unchecked Sendable`: `body` is written while no item is open, and read only by whoever holds an item.
final class WorkBoard: @unchecked Sendable {
    private let isReserved = Atomic<Bool>(false)
    private let openItems = Atomic<UInt64>(0)
    /// Items of the round under way that are not done.
    private let pending = Atomic<Int>(0)
    private let end = SleepingPlace()
    private var body: @Sendable (Int, Int) -> Void = { _, _ in }

    /// Looks for the end of a round before its caller goes to sleep: items of some rounds take seconds.
    private static let lookCount = 256

    /// Items that nobody took: those from `front` on, and before `end`. The number of the round keeps an old view of it
    /// from taking a new item, and that of the caller a second thread from going by its number.
    private struct Items {
        var round: UInt64
        var caller: UInt64
        var front: UInt64
        var end: UInt64

        init(round: UInt64, caller: UInt64, end: UInt64) {
            (self.round, self.caller, front, self.end) = (round & 0xFFFF, caller, 0, end)
        }

        init(_ bits: UInt64) {
            (round, caller, front, end) = (bits >> 48, bits >> 40 & 0xFF, bits >> 20 & 0xF_FFFF, bits & 0xF_FFFF)
        }

        var bits: UInt64 { round << 48 | caller << 40 | front << 20 | end }
        var isEmpty: Bool { front == end }
    }

    /// Takes the board for a round; false when another is under way.
    func reserve() -> Bool {
        isReserved.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }

    /// Opens the items of a round, for which the board is reserved.
    func open(_ count: Int, caller: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        self.body = body
        pending.store(count, ordering: .relaxed)
        let round = Items(openItems.load(ordering: .relaxed)).round &+ 1
        openItems.store(
            Items(round: round, caller: UInt64(caller), end: UInt64(count)).bits, ordering: .sequentiallyConsistent)
    }

    /// Does items from the front, waits for those that others do, and gives the board back.
    func finish(as caller: Int) {
        while let item = take(as: caller, isCaller: true) { perform(item, caller) }
        var looks = 0
        while pending.load(ordering: .acquiring) > 0 {
            if looks < Self.lookCount {
                looks += 1
                sched_yield()
            } else {
                end.sleep { pending.load(ordering: .sequentiallyConsistent) > 0 }
            }
        }
        body = { _, _ in }
        isReserved.store(false, ordering: .releasing)
    }

    func hasWork(for thread: Int) -> Bool {
        let items = Items(openItems.load(ordering: .sequentiallyConsistent))
        return !items.isEmpty && items.caller != UInt64(thread)
    }

    /// Does items from the back until none is open; false when there was none.
    func help(as thread: Int) -> Bool {
        var hasHelped = false
        while let item = take(as: thread, isCaller: false) {
            perform(item, thread)
            hasHelped = true
        }
        return hasHelped
    }

    private func perform(_ item: Int, _ thread: Int) {
        body(item, thread)
        if pending.subtract(1, ordering: .sequentiallyConsistent).newValue == 0,
            end.sleeperCount.load(ordering: .sequentiallyConsistent) > 0
        {
            end.wakeAll()
        }
    }

    private func take(as thread: Int, isCaller: Bool) -> Int? {
        var bits = openItems.load(ordering: .acquiring)
        while true {
            var items = Items(bits)
            guard !items.isEmpty, isCaller || items.caller != UInt64(thread) else { return nil }
            let item = isCaller ? items.front : items.end - 1
            if isCaller { items.front += 1 } else { items.end -= 1 }
            // Fails when another thread took an item.
            let (isTaken, now) = openItems.compareExchange(
                expected: bits, desired: items.bits, ordering: .acquiringAndReleasing)
            if isTaken { return Int(item) }
            bits = now
        }
    }
}

/// Where threads wait for a reason to get up. `@unchecked Sendable`: made for use by several threads.
final class SleepingPlace: @unchecked Sendable {
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

    /// Wakes one of those that sleep; what it sees must be true for any of them.
    func wakeOne() {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func wakeAll() {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}
