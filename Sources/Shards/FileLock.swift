import Diagnostics
import Glibc

/// Keeps two processes from writing the same output; the system gives the lock up however a process ends.
package final class FileLock {
    private let descriptor: Int32

    /// Locks a folder until this value goes.
    package init(folder path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.system(.cannotCreate, "open the folder", path, SystemError.text(errno))
        }
        do {
            try Self.take(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    static func take(_ descriptor: Int32, _ path: String) throws {
        // Some file systems of networks know no locks, and nothing better can be done then.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { return }
            throw Failure(
                .cannotCreate,
                "\(path): another process of nerpipe writes it now; wait until that has ended, or name another output")
        }
    }
}
