import Diagnostics
import Glibc

/// A file mapped into memory for reading; pages come when they are touched.
///
/// `@unchecked Sendable` holds because the mapping is never written.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// The content; valid while this value lives.
    package let bytes: UnsafeRawBufferPointer

    /// Maps a regular file.
    ///
    /// - Parameters:
    ///   - action: What is said to have failed when it cannot be opened.
    ///   - hint: What to do then.
    package init(
        path: String, action: String = "open", hint: String = "check the path and its permissions"
    ) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure.system(.noInput, action, path, SystemError.text(errno), hint: hint)
        }
        defer { close(descriptor) }
        bytes = try Self.map(descriptor, path)
    }

    /// Maps what was written to a temporary file.
    ///
    /// - Parameter path: The name for messages.
    package init(_ file: UnnamedFile, path: String) throws {
        self.path = path
        bytes = try Self.map(file.descriptor, path)
    }

    deinit { if bytes.count > 0 { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) } }

    private static func map(_ descriptor: Int32, _ path: String) throws -> UnsafeRawBufferPointer {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.noInput, "\(path): is no regular file, and only such a file can be mapped; copy it into one")
        }
        guard status.st_size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else { throw Failure.system(.inputOutput, "map", path, SystemError.text(errno)) }
        return UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }
}
