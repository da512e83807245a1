import Diagnostics
import Glibc

/// A temporary file without a name, for what does not fit into memory; it disappears with the value, however the
/// process ends.
package final class UnnamedFile {
    private let neighbour: String
    let descriptor: Int32
    package private(set) var byteCount = 0

    /// Makes a file on the file system where `neighbour` lies or will lie.
    package init(beside neighbour: String) throws {
        self.neighbour = neighbour
        // A device or pipe has no room beside it.
        let folder = Directory.isSpecialFile(neighbour) ? "/tmp" : Directory.parent(of: neighbour)
        var descriptor = open(folder, O_RDWR | O_CLOEXEC | 0o20200000 /* O_TMPFILE */, 0o600)
        if descriptor < 0 {
            // Not every file system can make a file without a name; then it loses its name at once.
            var template = Array("\(folder)/.nerpipe-XXXXXX".utf8CString)
            descriptor = mkstemp(&template)
            if descriptor >= 0 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                unlink(template)
            }
        }
        guard descriptor >= 0 else {
            throw Failure.cannotCreate(folder, SystemError(errno), action: "make a temporary file in")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try StandardOutput.writeAll(bytes, to: descriptor, name: "temporary file beside \(neighbour)")
        byteCount += bytes.count
    }

    /// Fills `buffer` with the bytes at `offset`.
    ///
    /// - Precondition: they were written.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        precondition(offset >= 0 && offset + buffer.count <= byteCount, "\(offset) + \(buffer.count) of \(byteCount)")
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, offset + done)
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                throw Failure.cannotReadTemporary(beside: neighbour, count == 0 ? nil : SystemError(errno))
            }
        }
    }
}
