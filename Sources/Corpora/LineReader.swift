import Diagnostics
import Glibc
package import Shards

/// Reads lines from an input; a line ends with LF or CRLF, the last one may lack it.
package final class LineReader {
    /// 16 MiB: longer "lines" are nearly always files of another kind, and each must fit into memory.
    package static let defaultMaximumLineByteCount = 16 << 20

    private let input: BufferedInput
    private let maximumLineByteCount: Int
    package var name: String { input.name }
    /// Number of the line read last, from 1.
    package private(set) var lineNumber = 0
    /// Byte offset of the line read last in the decompressed input.
    package private(set) var lineOffset = 0
    /// Byte offset after the line read last.
    package var offset: Int { input.offset }
    /// Whether the line read last ended with LF, as all but the last one of a file do.
    package private(set) var hasLineEnd = true
    /// Share of the input that was read, from 0 to 1; nil when its size is not known.
    package var fraction: Double? { input.fraction }

    package init(_ input: BufferedInput, maximumLineByteCount: Int = defaultMaximumLineByteCount) {
        self.input = input
        self.maximumLineByteCount = maximumLineByteCount
    }

    /// Appends the next line without its end to `line`; false at the end of the input.
    package func appendNext(to line: inout [UInt8]) throws -> Bool {
        lineOffset = input.offset
        let start = line.count
        var isComplete = false
        while !isComplete {
            let count = try input.withAvailableBytes { bytes in
                guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
                let newline = memchr(base, 0x0A, bytes.count)
                isComplete = newline != nil
                let count = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
                line.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
                return count + (isComplete ? 1 : 0)
            }
            if count == 0 { break }
            input.consume(count)
            guard line.count - start <= maximumLineByteCount else {
                throw Failure.badLine(
                    name, lineNumber + 1,
                    "line longer than \(maximumLineByteCount) bytes (it begins at byte \(lineOffset)); "
                        + "split the text into lines, or raise the limit with --maximum-line-bytes")
            }
        }
        guard isComplete || line.count > start else { return false }
        lineNumber += 1
        hasLineEnd = isComplete
        if line.count > start && line[line.count - 1] == 0x0D { line.removeLast() }
        return true
    }
}
