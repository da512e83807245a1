import DequeModule
import Glibc
import Locks

/// A task executor that owns its threads: one for work that blocks (reading, writing, waiting for a disk), as many as the
/// user gives us for work that computes.
///
/// Swift's default pool has one thread per core: a blocked `read` there would stop a computation, and a computation uses
/// all cores, whatever it was allowed. The threads end after ``stop()``, when the queue is empty.
package final class TaskThreads: TaskExecutor {
    private struct Queue {
        var jobs = Deque<UnownedJob>()
        var isStopped = false
    }

    private let queue = Locked(Queue())
    private let work = Semaphore()

    package let count: Int

    package init(name: String, count: Int = 1) {
        precondition(count > 0, "\(count) threads for \(name)")
        self.count = count
        for _ in 0..<count { startThread(name: name) { self.loop() } }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        queue.withLock { $0.jobs.append(unowned) }
        work.signal()
    }

    package func stop() {
        queue.withLock { $0.isStopped = true }
        for _ in 0..<count { work.signal() }
    }

    private func loop() {
        while true {
            work.wait()
            let (job, isStopped) = queue.withLock { ($0.jobs.popFirst(), $0.isStopped) }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else if isStopped {
                return
            }
        }
    }
}

/// Starts a thread that nobody joins; it ends when `body` returns.
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 4 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let status = pthread_create(
        &thread, &attributes,
        { context in
            if let context { Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Start(body)).toOpaque())
    precondition(status == 0, "cannot start thread \(name): error \(status)")
    pthread_attr_destroy(&attributes)
}

/// A POSIX semaphore. `@unchecked Sendable` holds because `sem_t` is made for use by several threads.
private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}
