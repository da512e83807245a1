package import Glibc
import Locks

/// What ends a group of processes when we are gone, however that came.
///
/// A shell waits for the end of a pipe that only we hold, SIGKILL included, and kills two seconds later what is left of
/// the group. And a group that is still alive when we exit is killed at once.
package struct ProcessGuard: Sendable {
    private let group, process: pid_t
    private let pipe: Int32

    /// `read` returns when we are gone, or say that all is well.
    private static let script = #"read -r word; [ "$word" = well ] && exit; sleep 2; kill -9 -"$1" 2>/dev/null"#

    /// - Parameter pipe: Both ends; they belong to the guard from now on.
    /// - Returns: The guard, or the error as an `errno`.
    package static func start(over group: pid_t, pipe: (read: Int32, write: Int32)) -> (
        code: Int32, guardian: ProcessGuard
    ) {
        LiveGroups.insert(group)
        let (code, process) = ProcessStart.spawn(
            "/bin/sh", ["sh", "-c", script, "nerpipe-guard", "\(group)"], input: pipe.read)
        close(pipe.read)
        if code != 0 {
            LiveGroups.remove(group)
            close(pipe.write)
        }
        return (code, ProcessGuard(group: group, process: process, pipe: pipe.write))
    }

    /// The group has ended: nothing is left to be killed.
    package func dismiss() {
        LiveGroups.remove(group)
        _ = "well\n".withCString { write(pipe, $0, 5) }
        close(pipe)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
}

/// Groups that are alive, to be killed when the process ends before whoever started them comes to it.
private enum LiveGroups {
    private static let groups: Locked<Set<pid_t>> = {
        atexit { LiveGroups.killAll() }
        return Locked([])
    }()

    static func insert(_ group: pid_t) { groups.withLock { _ = $0.insert(group) } }
    static func remove(_ group: pid_t) { groups.withLock { _ = $0.remove(group) } }
    private static func killAll() { for group in groups.withLock({ $0 }) { kill(-group, SIGKILL) } }
}
