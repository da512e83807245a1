import Diagnostics
import Glibc

/// A gzip file, decompressed by the program `gzip`, which runs beside us and is started without a shell.
///
/// A file that is cut or damaged is noticed: gzip then ends with a status of its own, and reading fails instead of
/// ending. What follows the last member must be another member.
package final class GzipInput: ByteInput {
    package let name: String
    /// The file, which gzip reads through a descriptor that shares our position in it.
    private let file: Int32
    private let output: Int32
    private let fileByteCount: Int
    private var process: pid_t
    private var bytesRead = 0

    /// Whether a regular file begins with gzip's magic number.
    package static func isGzip(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var magic: UInt16 = 0
        return Directory.fileExists(path) && pread(descriptor, &magic, 2, 0) == 2
            && UInt16(littleEndian: magic) == 0x8B1F
    }

    package init(path: String) throws {
        name = path
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.system(.noInput, "open", path, SystemError.text(errno)) }
        var status = stat()
        fileByteCount = fstat(file, &status) == 0 ? Int(status.st_size) : 0
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            let reason = SystemError.text(errno)
            close(file)
            throw Failure.system(.inputOutput, "make a pipe for", path, reason)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[0]
        let code: Int32
        (code, process) = Self.start(input: file, output: ends[1])
        close(ends[1])
        guard code == 0 else {
            close(file)
            close(output)
            throw Failure.system(
                .inputOutput, "start the program gzip to read", path, SystemError.text(code),
                hint: "install it, or decompress the file first")
        }
    }

    deinit {
        close(output)
        close(file)
        if process > 0 {
            kill(process, SIGTERM)
            _ = waitForEnd()
        }
    }

    /// Share of the compressed file that gzip has read.
    package var fraction: Double? {
        fileByteCount > 0 ? Double(lseek(file, 0, SEEK_CUR)) / Double(fileByteCount) : nil
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            try Interruption.check("interrupted while reading \(name)")
            let count = Glibc.read(output, buffer.baseAddress, buffer.count)
            if count > 0 {
                bytesRead += count
                return count
            }
            if count < 0 {
                guard errno == EINTR else {
                    throw Failure.system(.inputOutput, "read", name, "\(SystemError.text(errno)) at byte \(bytesRead)")
                }
                continue
            }
            guard process > 0 else { return 0 }
            let status = waitForEnd()
            process = 0
            // A signal to the whole group ends gzip, too, and that is no fault of the file.
            try Interruption.check("interrupted while reading \(name)")
            guard status == 0 else {
                throw Failure(
                    .badData,
                    "\(name): gzip gave up after byte \(bytesRead) of the content; the file was cut or is damaged: "
                        + "check it with 'gzip -t', and fetch it again")
            }
            return 0
        }
    }

    private func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 { if errno != EINTR { return -1 } }
        return status
    }

    private static func start(input: Int32, output: Int32) -> (code: Int32, process: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // We ignore SIGPIPE; gzip must not, or it would outlive a reader that has enough.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var arguments = [strdup("gzip"), strdup("-dc"), nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, "gzip", &actions, &attributes, &arguments, environ)
        return (code, code == 0 ? process : 0)
    }
}
