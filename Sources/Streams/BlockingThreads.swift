import DequeModule
import Glibc
import Locks

/// Threads for what blocks: reading, writing, waiting for a disk or another program. As many as block at the same time; one
/// that has nothing to do is used again.
///
/// What computes does not belong here: nobody counts these threads among `--jobs`.
package final class BlockingThreads: TaskExecutor {
    package static let shared = BlockingThreads()

    private struct State {
        var jobs = Deque<UnownedJob>()
        var idleCount = 0
    }

    private let state = Locked(State())
    private let work = Semaphore()

    private init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let needsThread = state.withLock { state in
            state.jobs.append(unowned)
            return state.jobs.count > state.idleCount
        }
        if needsThread { startThread(name: "block") { self.loop() } } else { work.signal() }
    }

    private func loop() {
        while true {
            let job = state.withLock { state in
                let job = state.jobs.popFirst()
                if job == nil { state.idleCount += 1 }
                return job
            }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else {
                work.wait()
                state.withLock { $0.idleCount -= 1 }
            }
        }
    }
}

/// Starts a thread that nobody joins; it ends when `body` returns.
///
/// - Parameter name: At most 15 bytes, for `ps -L` and debuggers.
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
        },
        Unmanaged.passRetained(
            Start {
                nameThread(name)
                body()
            }
        ).toOpaque())
    precondition(status == 0, "cannot start thread \(name): error \(status)")
    pthread_attr_destroy(&attributes)
}

/// Gives the calling thread a name; the function of glibc is an extension that Swift does not see.
private func nameThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = name.withCString { write(file, $0, strlen($0)) }
    close(file)
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
