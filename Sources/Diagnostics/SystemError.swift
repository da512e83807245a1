import Glibc

/// The number that a system call left in `errno`, and its text.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    package let number: Int32

    package init(_ number: Int32) { self.number = number }

    package var description: String {
        switch number {
        case ENOENT: "no such file or directory"
        case EACCES: "permission denied"
        case ENOSPC: "no space left on device"
        case EROFS: "read-only file system"
        case EISDIR: "is a directory"
        case ENOTDIR: "a part of the path is not a directory"
        case EMFILE, ENFILE: "too many open files"
        case EFBIG: "file too large for the limit in force"
        case EDQUOT: "disk quota exceeded"
        default: "\(String(cString: strerror(number))) (error \(number))"
        }
    }
}
