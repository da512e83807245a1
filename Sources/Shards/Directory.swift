import Diagnostics
import Glibc

/// The few operations on folders that nerpipe needs.
package enum Directory {
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether there is a regular file, or a member of a ``StoredArchive``.
    package static func fileExists(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return errno == ENOTDIR && (try? StoredArchive.member(at: path)) != nil
        }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a path leads to a device, pipe or socket, or to a file that is open under a name of the system's.
    package static func isSpecialFile(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
            || ["/dev/std", "/dev/fd/", "/proc/"].contains { path.hasPrefix($0) }
    }

    /// Whether an input can be read once only: standard input, a pipe, a device.
    package static func isReadOnce(_ path: String) -> Bool { path == "-" || isSpecialFile(path) }

    /// Makes a folder and those above it.
    package static func make(_ path: String) throws {
        if exists(path) { return }
        let parent = parent(of: path)
        if parent != path { try make(parent) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST && exists(path) else {
            throw Failure.system(
                .cannotCreate, "create the folder", path, SystemError(errno == EEXIST ? ENOTDIR : errno))
        }
    }

    /// Names in a folder, sorted; empty when it does not exist.
    package static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The size of a file.
    package static func byteCount(of path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Failure.system(.inputOutput, "examine", path, SystemError(errno)) }
        return Int(status.st_size)
    }

    /// When a file was changed last, in seconds since 1970; nil when there is none.
    package static func changed(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    package static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw Failure.cannotRemove(path, SystemError(errno))
        }
    }

    /// Removes a folder of files; not recursive, because nerpipe makes no nested work folders.
    package static func removeFolder(_ path: String) throws {
        for name in names(in: path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else {
            throw Failure.cannotRemove(path, SystemError(errno))
        }
    }

    /// Removes a folder and all that is in it; links are removed, not followed.
    package static func removeTree(_ path: String) throws {
        for name in names(in: path) {
            let place = "\(path)/\(name)"
            var status = stat()
            if lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                try removeTree(place)
            } else {
                try remove(place)
            }
        }
        guard rmdir(path) == 0 || errno == ENOENT else { throw Failure.cannotRemove(path, SystemError(errno)) }
    }

    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a rename durable. Some file systems cannot sync a folder, and nothing better can be done then.
    package static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Paths that match a shell pattern, sorted; the pattern itself when nothing matches, so that the message names it.
    package static func expand(_ pattern: String) -> [String] {
        guard pattern.contains(where: { "*?[".contains($0) }), !fileExists(pattern) else { return [pattern] }
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob(pattern, 0, nil, &matches) == 0 else { return [pattern] }
        return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Reads a small file whole, or a member of a ``StoredArchive``.
    package static func contents(of path: String, maximumByteCount: Int = 1 << 26) throws -> [UInt8] {
        if !exists(parent(of: path)), fileExists(path) {
            let file = try MappedFile(path: path)
            guard file.bytes.count <= maximumByteCount else { throw Failure.largerThanItsKind(path, maximumByteCount) }
            return Array(file.bytes)
        }
        let input = try FileInput(path: path)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try input.read(into: $0) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maximumByteCount else {
                throw Failure.largerThanItsKind(path, maximumByteCount)
            }
        }
    }
}
