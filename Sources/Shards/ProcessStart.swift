package import Glibc
import Locks

/// Starting other programs, one at a time: one that is started while another's pipes are made, and not yet closed to
/// strangers, would inherit them and hold them open.
package enum ProcessStart {
    private static let turn = Locked(())

    package static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        try turn.withLock { _ in try body() }
    }

    /// A pipe that no program inherits, when it is made ``alone(_:)``; nil when there is none, and `errno` says why.
    package static func makePipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Starts a program in a group of its own: Ctrl-C is for us, and we end it when we end. Its output goes to `/dev/null`
    /// where none is given.
    ///
    /// - Parameters:
    ///   - program: Looked for in `PATH` when it has no slash.
    ///   - words: What it is called, and its arguments.
    ///   - kept: Our descriptor that it has too, as number 3, with the lock that is on it.
    ///   - environment: Variables beside ours, or in place of them.
    /// - Returns: The process, or the error as an `errno`.
    package static func spawn(
        _ program: String, _ words: [String], input: Int32, output: Int32? = nil, errors: Int32? = nil,
        kept: Int32? = nil, environment: [String: String] = [:]
    ) -> (code: Int32, process: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        for (descriptor, number) in [(output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, number)
            } else {
                posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
            }
        }
        if let kept { posix_spawn_file_actions_adddup2(&actions, kept, 3) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore these; a program that inherited that would outlive a reader that has enough.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        var variables = Self.variables(with: environment).map { strdup($0) } + [nil]
        defer { for variable in variables { free(variable) } }
        let code = posix_spawnp(&process, program, &actions, &attributes, &arguments, &variables)
        return (code, process)
    }

    /// `NAME=VALUE` of our environment, with some in place of ours.
    private static func variables(with own: [String: String]) -> [String] {
        var texts: [String] = [], place = environ
        while let pointer = place.pointee {
            let text = String(cString: pointer), name = text.prefix { $0 != "=" }
            if own[String(name)] == nil { texts.append(text) }
            place += 1
        }
        return texts + own.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
