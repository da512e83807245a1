import Diagnostics
import Glibc

/// Keeps two processes from writing the same output; the system gives the lock up however a process ends.
package final class FileLock: Sendable {
    package let descriptor: Int32

    /// Locks a folder until this value goes.
    ///
    /// - Parameter wait: How long to wait for another process that has the lock.
    package init(folder path: String, wait: Duration = .zero) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.system(.cannotCreate, "open the folder", path, SystemError(errno))
        }
        // What is thrown here ends in `deinit`, which closes.
        try Self.take(descriptor, path, wait: wait)
    }

    /// Locks a file, which is made when it is not there, until this value goes, and until nobody has a copy of its descriptor.
    ///
    /// - Returns: nil when another process has the lock.
    package init?(file path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure.cannotCreate(path, SystemError(errno)) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return }
            return nil
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
