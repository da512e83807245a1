import Diagnostics
import Glibc

/// A file mapped into memory for reading; pages come when they are touched.
///
/// `@unchecked Sendable` holds because the mapping is never written.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// The content; valid while this value lives.
    package let bytes: UnsafeRawBufferPointer
    private let slot: Int?

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
            throw Failure.system(.noInput, action, path, SystemError(errno), hint: hint)
        }
        defer { close(descriptor) }
        bytes = try Self.map(descriptor, path)
        slot = MappedRanges.add(bytes, path)
    }

    /// Maps what was written to a temporary file.
    ///
    /// - Parameter path: The name for messages.
    package init(_ file: UnnamedFile, path: String) throws {
        self.path = path
        bytes = try Self.map(file.descriptor, path)
        slot = MappedRanges.add(bytes, path)
    }

    deinit {
        MappedRanges.remove(slot)
        if bytes.count > 0 { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
    }

    /// Lets the system take the whole pages in a range out of this process; they come back when they are touched.
    package func release(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page, end = range.upperBound / page * page
        guard start < end, let base = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }

    private static func map(_ descriptor: Int32, _ path: String) throws -> UnsafeRawBufferPointer {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure.cannotMap(path)
        }
        guard status.st_size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else { throw Failure.system(.inputOutput, "map", path, SystemError(errno)) }
        return UnsafeRawBufferPointer(start: start, count: Int(status.st_size))
    }
}
