import Diagnostics
import Glibc

/// Keeps two processes from writing the same output; the system gives the lock up however a process ends.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Locks a folder until this value goes.
    ///
    /// - Parameter wait: How long to wait for another process that has the lock.
    package init(folder path: String, wait: Duration = .zero) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.system(.cannotCreate, "open the folder", path, SystemError(errno))
        }
        do {
            try Self.take(descriptor, path, wait: wait)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    static func take(_ descriptor: Int32, _ path: String, wait: Duration) throws {
        let start = ContinuousClock.now
        // Some file systems of networks know no locks, and nothing better can be done then.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return }
            try Interruption.check("\(path): interrupted while waiting for another process that writes it")
            if ContinuousClock.now - start < wait {
                usleep(50_000)
                continue
            }
            throw Failure.outputIsBeingWritten(path)
        }
    }
}
