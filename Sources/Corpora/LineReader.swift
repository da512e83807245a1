import Diagnostics
import Glibc
package import Shards

/// Reads lines from an input; a line ends with LF or CRLF, the last one may lack it.
package final class LineReader: RecordReader {
    /// 16 MiB: longer "lines" are nearly always files of another kind, and each must fit into memory.
    package static let defaultMaximumLineByteCount = 16 << 20

    private let input: BufferedInput
    private let maximumLineByteCount: Int
    package var name: String { input.name }
    package let place: String
    /// Number of the line read last, from 1.
    package private(set) var lineNumber = 0
    /// Byte offset of the line read last in the decompressed input.
    package private(set) var lineOffset = 0
    /// Byte offset after the line read last.
    package var offset: Int { input.offset }
    /// How the line read last ended; without LF only the last one of a file.
    package private(set) var lineEnd = LineEnd()
    package var hasLineEnd: Bool { lineEnd.hasLF }
    /// Whether the end of the line that is being read was seen.
    private var isComplete = true
    /// Whether the line read last was refused because it is too long; its rest can be read by ``appendRest(to:maximum:)``.
    package private(set) var isTooLong = false
    /// Share of the input that was read, from 0 to 1; nil when its size is not known.
    package var fraction: Double? { input.fraction }

    package init(_ input: BufferedInput, maximumLineByteCount: Int = defaultMaximumLineByteCount) {
        self.input = input
        self.maximumLineByteCount = maximumLineByteCount
        place = input.offset == 0 ? input.name : "\(input.name), from byte \(input.offset) on"
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
                throw Failure.lineTooLong(place, lineNumber, maximumByteCount: maximumLineByteCount, offset: lineOffset)
            }
        }
        guard isComplete || line.count > start else { return false }
        lineNumber += 1
        lineEnd = LineEnd(hasCR: line.count > start && line[line.count - 1] == 0x0D, hasLF: isComplete)
        if lineEnd.hasCR { line.removeLast() }
        return true
    }

    /// The first bytes of the input, up to `count`, of which nothing was read yet.
    package func peek(_ count: Int) throws -> [UInt8] { try input.peek(count) }

    /// Appends what follows of a line that was too long, with its LF if it has one; false when there is more than fits.
    package func appendRest(to bytes: inout [UInt8], maximum: Int) throws -> Bool {
        while !isComplete {
            guard bytes.count < maximum else { return false }
            guard try appendAvailable(to: &bytes) else { return true }
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

/// How a line ended.
package struct LineEnd: Equatable, Sendable {
    package var hasCR = false
    package var hasLF = true

    package init(hasCR: Bool = false, hasLF: Bool = true) { (self.hasCR, self.hasLF) = (hasCR, hasLF) }

    package var bytes: [UInt8] { (hasCR ? [0x0D] : []) + (hasLF ? [0x0A] : []) }
    /// What must stand between this line and another one that is not of the same file.
    package var separator: [UInt8] { hasLF ? [] : [0x0A] }
}

/// The byte order mark, which no line begins with for whoever reads it.
package enum ByteOrderMark {
    package static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
}
