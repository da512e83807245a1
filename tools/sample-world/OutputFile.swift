import Glibc

/// Writes whole files and makes folders.
enum OutputFile {
    /// Writes all bytes to an open descriptor, however many calls that takes.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(SampleWorldError) {
        var offset = 0
        while offset < bytes.count {
            guard let base = bytes.baseAddress else { return }
            let written = Glibc.write(descriptor, base + offset, bytes.count - offset)
            if written < 0 {
                if errno == EINTR { continue }
                throw .system("write", path)
            }
            offset += written
        }
    }

    /// Makes a folder and the folders above it.
    static func makeFolder(_ path: String) throws(SampleWorldError) {
        var prefix = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            prefix += part
            if !prefix.isEmpty, mkdir(prefix, 0o777) != 0, errno != EEXIST { throw .system("make folder", prefix) }
            prefix += "/"
        }
    }

    /// Writes a file, replacing one of the same name.
    static func write(_ bytes: [UInt8], path: String) throws(SampleWorldError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system("create", path) }
        defer { _ = close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
    }

    /// Writes an array of bytes to an open descriptor.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(SampleWorldError) {
        try bytes.span.withUnsafeBytes { (buffer) throws(SampleWorldError) in
            try write(buffer, to: descriptor, path: path)
        }
    }
}
