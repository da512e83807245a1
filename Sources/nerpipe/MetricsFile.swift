import Diagnostics
import Glibc
import Pipelines
import Shards

/// The file of `--metrics`: a record is one write to its end, so that processes may share it.
struct MetricsFile: Sendable {
    let path: String

    /// Makes the file, or says why it cannot be; what was torn off in it stays a line of its own.
    func begin() throws {
        guard let descriptor = open() else {
            throw Failure.system(
                .cannotCreate, "append to", path, SystemError(errno), hint: "name another file with --metrics")
        }
        defer { close(descriptor) }
        var last = UInt8(ascii: "\n"), status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 {
            _ = pread(descriptor, &last, 1, status.st_size - 1)
        }
        if last != UInt8(ascii: "\n") { append([UInt8(ascii: "\n")], to: descriptor) }
    }

    /// Nothing ends because a number could not be written.
    func append(_ record: MetricsRecord) {
        guard let bytes = try? JSON.encode(record), let descriptor = open() else { return }
        append(bytes + [UInt8(ascii: "\n")], to: descriptor)
        close(descriptor)
    }

    private func append(_ bytes: [UInt8], to descriptor: Int32) {
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private func open() -> Int32? {
        // To read as well, for the end of it; a pipe or a device may be for writing alone.
        for mode in [O_RDWR, O_WRONLY] {
            let descriptor = Glibc.open(path, mode | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            if descriptor >= 0 { return descriptor }
        }
        return nil
    }
}
