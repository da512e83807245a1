import Foundation

/// An open file that is closed with the value.
final class FileDescriptor {
    let number: Int32
    struct CannotOpen: Error {}

    init(_ path: String) throws {
        number = open(path, O_RDONLY)
        if number < 0 { throw CannotOpen() }
    }

    deinit { close(number) }
}

/// Largest address space of this process so far, in KiB.
func peakAddressSpace() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
}
