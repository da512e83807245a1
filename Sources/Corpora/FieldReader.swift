package import Diagnostics
package import Shards

/// Reads the lines of a small table as fields, whoever wrote it; empty lines are skipped.
///
/// Every error names the file and the line. Memory: one line, of at most `maximumLineByteCount` bytes.
package final class FieldReader {
    /// What stands between two fields.
    package enum Separator: Sendable {
        case tab, space
        /// RFC 4180, of one line: a field may stand between quotes, which are doubled within.
        case comma

        fileprivate var byte: UInt8 {
            switch self {
            case .tab: 0x09
            case .space: 0x20
            case .comma: 0x2C
            }
        }

        fileprivate var name: String {
            switch self {
            case .tab: "tabs"
            case .space: "single spaces"
            case .comma: "commas"
            }
        }
    }

    private let lines: LineReader
    private let separator: Separator
    private let maximumLineByteCount: Int
    private var line: [UInt8] = []
    package var name: String { lines.name }

    /// Larger numbers are none of a language, a measure or a tagger, and their squares would not stay numbers.
    private static let largestNumber = 1e15

    /// - Parameter path: Plain, `.gz` or `.zst`.
    package convenience init(path: String, _ separator: Separator, maximumLineByteCount: Int = 1 << 16) throws {
        self.init(try BufferedInput(FileInput(path: path)), separator, maximumLineByteCount: maximumLineByteCount)
    }

    package init(_ input: BufferedInput, _ separator: Separator, maximumLineByteCount: Int = 1 << 16) {
        lines = LineReader(input, maximumLineByteCount: maximumLineByteCount)
        (self.separator, self.maximumLineByteCount) = (separator, maximumLineByteCount)
    }

    /// The fields of the next line, nil at the end of the file.
    ///
    /// - Parameter count: How many there must be; nil: any number.
    /// - Throws: Also for a line that is too long, not UTF-8, or ends within quotes.
    package func next(_ count: Int? = nil) throws -> [String]? {
        repeat {
            line.removeAll(keepingCapacity: true)
            do {
                guard try lines.appendNext(to: &line) else { return nil }
            } catch  where lines.isTooLong {
                throw failure("longer than \(maximumLineByteCount) bytes; is it the right file?")
            }
            if lines.lineNumber == 1, line.starts(with: ByteOrderMark.bytes) {
                line.removeFirst(ByteOrderMark.bytes.count)
            }
        } while line.isEmpty
        let fields = try split().map { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Failure.lineIsNotUTF8(name, lines.lineNumber)
            }
            return text
        }
        if let count, fields.count != count {
            throw failure(
                "\(fields.count) field\(fields.count == 1 ? "" : "s"), and there must be \(count), with \(separator.name) between them"
            )
        }
        return fields
    }

    private func split() throws -> [[UInt8]] {
        var fields: [[UInt8]] = [[]], isQuoted = false, endsQuote = false
        for byte in line {
            if separator == .comma, byte == UInt8(ascii: "\"") {
                if endsQuote { fields[fields.count - 1].append(byte) }
                endsQuote = isQuoted
                isQuoted.toggle()
                continue
            }
            endsQuote = false
            if byte == separator.byte, !isQuoted { fields.append([]) } else { fields[fields.count - 1].append(byte) }
        }
        guard !isQuoted else { throw failure("the line ends within quotes") }
        return fields
    }

    /// A number of the line that was read last.
    ///
    /// - Parameters:
    ///   - text: As `1.5` or `1e-3`.
    ///   - column: Where it stands, from 1.
    package func number(_ text: String, column: Int) throws -> Double {
        guard let value = Double(text), value.magnitude <= Self.largestNumber else {
            throw failure("column \(column) is not a number; write it as 0.25, and at most 1e15")
        }
        return value
    }

    /// What is wrong with the line that was read last; with the first where none was read.
    package func failure(_ what: String) -> Failure { .badLine(name, max(lines.lineNumber, 1), what) }
}
