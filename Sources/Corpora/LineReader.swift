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
    /// Whether the end of the line that is being read was seen.
    private var isComplete = true
    /// Whether the line read last was refused because it is too long; its rest can be read by ``appendRest(to:maximum:)``.
    package private(set) var isTooLong = false
    /// Share of the input that was read, from 0 to 1; nil when its size is not known.
    package var fraction: Double? { input.fraction }

    package init(_ input: BufferedInput, maximumLineByteCount: Int = defaultMaximumLineByteCount) {
        self.input = input
        self.maximumLineByteCount = maximumLineByteCount
    }

    /// Appends the next line without its end to `line`; false at the end of the input.
    ///
    /// - Throws: Also when the line is too long; its beginning is then in `line`.
    package func appendNext(to line: inout [UInt8]) throws -> Bool {
        lineOffset = input.offset
        isTooLong = false
        let start = line.count
        isComplete = false
        while !isComplete {
            guard try appendAvailable(to: &line) else { break }
            guard line.count - start <= maximumLineByteCount else {
                lineNumber += 1
                isTooLong = true
                throw Failure.badLine(
                    name, lineNumber,
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

    /// Appends what follows of a line that was too long, with an LF where it ends; false when there is more than fits.
    package func appendRest(to bytes: inout [UInt8], maximum: Int) throws -> Bool {
        while !isComplete {
            guard bytes.count < maximum else { return false }
            guard try appendAvailable(to: &bytes) else { break }
        }
        bytes.append(0x0A)
        return true
    }

    /// Appends what is buffered, up to the end of the line; false at the end of the input.
    private func appendAvailable(to line: inout [UInt8]) throws -> Bool {
        let count = try input.withAvailableBytes { bytes in
            guard let base = bytes.baseAddress, bytes.count > 0 else { return 0 }
            let newline = memchr(base, 0x0A, bytes.count)
            isComplete = newline != nil
            let count = newline.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
            line.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
            return count + (isComplete ? 1 : 0)
        }
        input.consume(count)
        return count > 0
    }
}

extension LineReader {
    /// Hands every line to `body`, without a byte order mark; lines that are too long or that it calls bad data go to `bad`.
    package func forEachLine(_ bad: BadRecords, _ body: ([UInt8]) throws -> Void) throws {
        var line: [UInt8] = []
        while true {
            line.removeAll(keepingCapacity: true)
            do {
                guard try appendNext(to: &line) else { return }
            } catch let failure as Failure where isTooLong {
                try bad.reject(RejectedRecord(failure: failure, bytes: line))
                var isComplete = false
                while !isComplete {
                    line.removeAll(keepingCapacity: true)
                    isComplete = try appendRest(to: &line, maximum: 1 << 20)
                    try bad.reject(RejectedRecord(failure: nil, bytes: line))
                }
                continue
            }
            if lineNumber == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            do {
                try body(line)
            } catch let failure as Failure where failure.code == .badData {
                try bad.reject(RejectedRecord(failure: failure, bytes: line + [0x0A]))
            }
        }
    }
}
