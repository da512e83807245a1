import Corpora
import Diagnostics
import Glibc
import Kernels
import Shards

/// Reads the text format of word2vec and fastText (`.vec`): a line `COUNT DIMENSION`, then `WORD NUMBER ...` lines,
/// most frequent first.
package final class VectorTextFile {
    package let path: String
    package let dimension: Int
    /// What the first line says.
    package let declaredCount: Int
    private let lines: LineReader
    private var line: [UInt8] = []
    private let vector: FloatBuffer
    package private(set) var count = 0
    /// Words without letters to look up by: an empty word is left out.
    package private(set) var emptyWordCount = 0

    package init(path: String) throws {
        self.path = path
        lines = LineReader(try BufferedInput(FileInput(path: path)), maximumLineByteCount: 1 << 20)
        guard try lines.appendNext(to: &line) else {
            throw Failure(.badData, "\(path): empty file; a vector file begins with a line 'COUNT DIMENSION'")
        }
        let fields = line.split(separator: 0x20).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard fields.count == 2, fields[0] >= 0, (1...65536).contains(fields[1]) else {
            throw Failure.badLine(path, 1, "not 'COUNT DIMENSION'; is this a word2vec or fastText text file?")
        }
        (declaredCount, dimension) = (fields[0], fields[1])
        vector = FloatBuffer(count: dimension)
    }

    /// Calls `body` with each word and its vector, in order; checks the count at the end.
    package func forEach(
        allowingWrongCount: Bool, _ body: (UnsafeBufferPointer<UInt8>, UnsafePointer<Float>) throws -> Void
    ) throws {
        while true {
            line.removeAll(keepingCapacity: true)
            guard try lines.appendNext(to: &line) else { break }
            if line.isEmpty { continue }
            let wordEnd = try parse()
            count += 1
            if wordEnd == 0 {
                emptyWordCount += 1
                continue
            }
            try line.withUnsafeBufferPointer { try body(.init(rebasing: $0[..<wordEnd]), vector.pointer) }
        }
        guard allowingWrongCount || count == declaredCount else {
            throw Failure.badLine(
                path, lines.lineNumber,
                "the first line promises \(declaredCount) words, \(count) are there; "
                    + "the file was cut or its header is wrong: fetch it again, or accept it with --allow-wrong-count")
        }
    }

    /// Parses the line from its end, so that a word may contain spaces; returns where the word ends.
    private func parse() throws -> Int {
        var end = line.count
        while end > 0 && line[end - 1] == 0x20 { end -= 1 }  // fastText ends its lines with a space
        return try line.withUnsafeBufferPointer { bytes in
            for field in stride(from: dimension - 1, through: 0, by: -1) {
                var start = end
                while start > 0 && bytes[start - 1] != 0x20 && bytes[start - 1] != 0x09 { start -= 1 }
                guard start > 0, start < end else {
                    throw Failure.badLine(
                        path, lines.lineNumber,
                        "\(dimension - 1 - field) numbers, the first line promises \(dimension); the line was cut or the header is wrong"
                    )
                }
                guard let value = Self.number(UnsafeBufferPointer(rebasing: bytes[start..<end])) else {
                    throw Failure.badLine(
                        path, lines.lineNumber,
                        "number \(field + 1) is not readable; the file is damaged, or the word has more fields than it should"
                    )
                }
                guard value.isFinite else {
                    throw Failure.badLine(
                        path, lines.lineNumber,
                        "number \(field + 1) is \(value.isNaN ? "NaN" : "infinite"); drop the line, or train the vectors again with a smaller learning rate"
                    )
                }
                vector[field] = value
                end = start - 1
            }
            return end
        }
    }

    /// A decimal number; the common short forms without the cost of `strtof`.
    static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Float? {
        var index = 0
        var isNegative = false
        if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
            isNegative = bytes[0] == UInt8(ascii: "-")
            index = 1
        }
        var mantissa: UInt64 = 0
        var digits = 0, decimals = 0
        var sawPoint = false
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x30 && byte <= 0x39 {
                mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
                digits += 1
                if sawPoint { decimals += 1 }
            } else if byte == UInt8(ascii: ".") && !sawPoint {
                sawPoint = true
            } else {
                break
            }
            index += 1
        }
        // Exact: up to 15 digits and a power of ten up to 22 are both exact doubles, and one division rounds once.
        if index == bytes.count && digits > 0 && digits <= 15 {
            let value = Double(mantissa) / powersOfTen[decimals]
            return Float(isNegative ? -value : value)
        }
        return Float(String(decoding: bytes, as: UTF8.self))
    }

    private static let powersOfTen: [Double] = (0...15).map { pow(10, Double($0)) }
}
