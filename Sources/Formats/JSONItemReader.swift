package import Corpora
import Diagnostics
package import Shards

/// Reads the items of a JSON list one after the other, `[{...}, {...}]`, so that a list need not fit into memory.
///
/// White space outside of strings becomes spaces, so that an item is one line wherever it is written. What an item holds
/// is checked by whoever scans it; that the list ends, and that nothing is behind it, here.
package final class JSONItemReader: RecordReader {
    private let input: BufferedInput
    private let maximumByteCount: Int
    package var name: String { input.name }
    package private(set) var lineNumber = 0
    package private(set) var lineOffset = 0
    package var offset: Int { input.offset }
    package let lineEnd = LineEnd()
    package private(set) var isTooLong = false

    private enum Place { case beforeList, beforeFirst, beforeItem, afterItem, end }
    private var place = Place.beforeList
    /// Line ends before the next byte.
    private var lineEndCount = 0
    /// Of the item that is being read.
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    package init(_ input: BufferedInput, maximumByteCount: Int = LineReader.defaultMaximumLineByteCount) {
        self.input = input
        self.maximumByteCount = maximumByteCount
    }

    package func appendNext(to record: inout [UInt8]) throws -> Bool {
        isTooLong = false
        while true {
            guard let byte = try peekVisible() else {
                guard place == .end || place == .beforeList else { throw Failure.listDoesNotEnd(name, line) }
                return false
            }
            switch place {
            case .beforeList:
                guard byte == UInt8(ascii: "[") else {
                    throw Failure.notInList(name, line, "the list must begin with '['")
                }
                input.consume(1)
                place = .beforeFirst
            case .beforeFirst where byte == UInt8(ascii: "]"), .afterItem where byte == UInt8(ascii: "]"):
                input.consume(1)
                place = .end
            case .beforeFirst, .beforeItem: return try appendItem(to: &record)
            case .afterItem:
                guard byte == UInt8(ascii: ",") else {
                    throw Failure.notInList(name, line, "',' or ']' must follow an item")
                }
                input.consume(1)
                place = .beforeItem
            case .end: throw Failure.notInList(name, line, "there is more behind the list")
            }
        }
    }

    private var line: Int { lineEndCount + 1 }

    private func appendItem(to record: inout [UInt8]) throws -> Bool {
        (lineOffset, lineNumber) = (input.offset, line)
        (depth, isInString, isEscaped) = (0, false, false)
        place = .afterItem
        let start = record.count
        let isComplete = try appendPart(to: &record, maximum: start + maximumByteCount)
        guard record.count > start else { throw Failure.notInList(name, line, "an item is missing") }
        guard isComplete else {
            isTooLong = true
            throw Failure.lineTooLong(
                name, lineNumber, maximumByteCount: maximumByteCount, offset: lineOffset, record: "item of the list")
        }
        return true
    }

    package func appendRest(to bytes: inout [UInt8], maximum: Int) throws -> Bool {
        guard try appendPart(to: &bytes, maximum: maximum) else { return false }
        bytes.append(0x0A)
        return true
    }

    /// Appends what there is of the item; false when there is more than `maximum`.
    private func appendPart(to record: inout [UInt8], maximum: Int) throws -> Bool {
        while true {
            guard record.count < maximum else { return false }
            var isAtEnd = false
            let count = try input.withAvailableBytes { bytes in
                var index = 0
                while index < bytes.count, record.count < maximum {
                    isAtEnd = endsItem(before: bytes[index])
                    if isAtEnd { break }
                    record.append(visible(bytes[index]))
                    index += 1
                }
                return (bytes.isEmpty, index)
            }
            input.consume(count.1)
            if isAtEnd { return true }
            if count.0 { throw Failure.listDoesNotEnd(name, line) }
        }
    }

    /// Whether the item ends before a byte, which is looked at when it does not.
    private func endsItem(before byte: UInt8) -> Bool {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if depth == 0 { return true }
            depth -= 1
        case UInt8(ascii: ","): return depth == 0
        default: break
        }
        return false
    }

    private func visible(_ byte: UInt8) -> UInt8 {
        if byte == 0x0A { lineEndCount += 1 }
        return !isInString && (byte == 0x0A || byte == 0x0D) ? 0x20 : byte
    }

    /// The next byte that is no white space (and no byte order mark at the beginning), still to be consumed; nil at the
    /// end.
    private func peekVisible() throws -> UInt8? {
        if input.offset == 0, try input.peek(3) == ByteOrderMark.bytes { input.consume(3) }
        while true {
            let (skipped, byte): (Int, UInt8?) = try input.withAvailableBytes { bytes in
                let index = bytes.firstIndex { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
                lineEndCount += bytes[..<(index ?? bytes.count)].count { $0 == 0x0A }
                return (index ?? bytes.count, index.map { bytes[$0] })
            }
            input.consume(skipped)
            if let byte { return byte }
            if skipped == 0 { return nil }
        }
    }
}
