import Diagnostics
import Glibc

/// A file mapped into memory for reading; pages come when they are touched.
///
/// `@unchecked Sendable` holds because the mapping is never written.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// The content; valid while this value lives.
    package let bytes: UnsafeRawBufferPointer
    /// What is mapped: the file, or the archive it is in.
    private let mapped: UnsafeRawBufferPointer
    private let slot: Int?
    /// Of the file or the archive, for ``read(_:into:)``; -1 when it was closed.
    private let descriptor: Int32

    /// Maps a regular file, or a member of a ``StoredArchive``.
    ///
    /// - Parameters:
    ///   - action: What is said to have failed when it cannot be opened.
    ///   - hint: What to do then.
    ///   - isRead: Parts of it will be read, by ``read(_:into:)``: it stays open.
    package init(
        path: String, action: String = "open", hint: String = "check the path and its permissions", isRead: Bool = false
    ) throws {
        self.path = path
        var descriptor = open(path, O_RDONLY | O_CLOEXEC), member: StoredArchive.Member?
        let error = SystemError(errno)
        if descriptor < 0, error == SystemError(ENOTDIR) {
            member = try StoredArchive.member(at: path)
            descriptor = member.map { open($0.archive, O_RDONLY | O_CLOEXEC) } ?? -1
        }
        guard descriptor >= 0 else { throw Failure.system(.noInput, action, path, error, hint: hint) }
        var staysOpen = false
        defer { if !staysOpen { close(descriptor) } }
        mapped = try Self.map(descriptor, path)
        if let range = member?.bytes {
            // Between two looks another archive may have taken its place.
            guard range.upperBound <= mapped.count else { throw Failure.cannotMap(path) }
            bytes = UnsafeRawBufferPointer(rebasing: mapped[range])
        } else {
            bytes = mapped
        }
        slot = MappedRanges.add(mapped, path)
        staysOpen = isRead
        self.descriptor = isRead ? descriptor : -1
    }

    /// Maps what was written to a temporary file.
    ///
    /// - Parameter path: The name for messages.
    package init(_ file: UnnamedFile, path: String) throws {
        self.path = path
        bytes = try Self.map(file.descriptor, path)
        mapped = bytes
        slot = MappedRanges.add(bytes, path)
        descriptor = -1
    }

    deinit {
        MappedRanges.remove(slot)
        if descriptor >= 0 { close(descriptor) }
        if mapped.count > 0 { munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress), mapped.count) }
    }

    /// Lets the system take the whole pages in a range out of this process; they come back when they are touched.
    package func release(_ range: Range<Int>) {
        guard let base = mapped.baseAddress, let first = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE))), shift = first - base
        let start = (shift + range.lowerBound + page - 1) / page * page, end = (shift + range.upperBound) / page * page
        guard start < end else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }

    /// Copies bytes of the content without touching the mapping, which takes whole pages, and those beside them, into this
    /// process.
    ///
    /// - Precondition: The file was opened to be read from, and the bytes lie within ``bytes``. Not checked.
    package func read(_ offset: Int, into out: UnsafeMutableRawBufferPointer) {
        guard let base = mapped.baseAddress, let first = bytes.baseAddress else { return }
        let place = offset + (first - base)
        if pread(descriptor, out.baseAddress, out.count, off_t(place)) == out.count { return }
        // What cannot be read, or was interrupted: touched, it comes, or the reason is told.
        out.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + out.count]))
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
