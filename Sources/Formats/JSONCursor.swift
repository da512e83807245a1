import UnicodeText

/// Walks through a JSON text (RFC 8259).
///
/// An escaped surrogate without its partner becomes the bytes ED A0..BF xx, which are ill-formed UTF-8, so that the policy
/// for ill-formed text applies to it as well.
struct JSONCursor {
    static let maximumDepth = 64
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0

    mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func expect(_ byte: UInt8, _ what: String) throws(RecordProblem) {
        if !take(byte) { throw RecordProblem(what: "\(what) (byte \(index))") }
    }

    mutating func string(into out: inout [UInt8]) throws(RecordProblem) {
        try expect(UInt8(ascii: "\""), "a string is missing")
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20:
                throw RecordProblem(
                    what: "a control character stands in a string (byte \(index - 1)); it must be escaped")
            default: out.append(byte)
            }
        }
        throw RecordProblem(what: "a string does not end")
    }

    private mutating func escape(into out: inout [UInt8]) throws(RecordProblem) {
        guard index < bytes.count else { throw RecordProblem(what: "a string does not end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if 0xD800..<0xDC00 ~= scalar, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let mark = index
                index += 2
                let low = try hexadecimal()
                if 0xDC00..<0xE000 ~= low {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    index = mark
                }
            }
            if 0xD800..<0xE000 ~= scalar {
                out += [0xED, UInt8(0x80 | (scalar >> 6) & 0x3F), UInt8(0x80 | scalar & 0x3F)]
            } else {
                UTF8Scalar.append(scalar, to: &out)
            }
        default: throw RecordProblem(what: "unknown escape in a string (byte \(index - 1))")
        }
    }

    private mutating func hexadecimal() throws(RecordProblem) -> UInt32 {
        guard index + 4 <= bytes.count else { throw RecordProblem(what: "a \\u escape is cut") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[index]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw RecordProblem(what: "a \\u escape has a bad digit (byte \(index))")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }

    mutating func stringOrNumber(into out: inout [UInt8]) throws(RecordProblem) {
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "\"") { return try string(into: &out) }
        let start = index
        try skipValue(depth: 1)
        guard bytes[start] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[start]) else {
            throw RecordProblem(what: "\"id\" is neither a string nor a number")
        }
        out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
    }

    mutating func skipValue(depth: Int) throws(RecordProblem) {
        guard depth <= Self.maximumDepth else {
            throw RecordProblem(what: "values are nested deeper than \(Self.maximumDepth)")
        }
        skipSpace()
        guard index < bytes.count else { throw RecordProblem(what: "a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "\""):
            var ignored: [UInt8] = []
            try string(into: &ignored)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = bytes[index] == UInt8(ascii: "{")
            let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            index += 1
            if take(close) { return }
            repeat {
                if isObject {
                    var ignored: [UInt8] = []
                    try string(into: &ignored)
                    try expect(UInt8(ascii: ":"), "':' is missing after a key")
                }
                try skipValue(depth: depth + 1)
            } while take(UInt8(ascii: ","))
            try expect(close, "a list or object does not end")
        default:
            let start = index
            while index < bytes.count, ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x5D, 0x7D].contains(bytes[index]) {
                index += 1
            }
            let word = UnsafeBufferPointer(rebasing: bytes[start..<index])
            guard Self.isNumber(word) || ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) })
            else {
                throw RecordProblem(what: "a value is not JSON (byte \(start))")
            }
        }
    }

    /// The grammar of RFC 8259, section 6.
    private static func isNumber(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        func isAt(_ bytes: String) -> Bool { index < word.count && bytes.utf8.contains(word[index]) }
        func takeDigits() -> Bool {
            let start = index
            while isAt("0123456789") { index += 1 }
            return index > start
        }
        if isAt("-") { index += 1 }
        if isAt("0") { index += 1 } else if !takeDigits() { return false }
        if isAt(".") {
            index += 1
            if !takeDigits() { return false }
        }
        if isAt("eE") {
            index += 1
            if isAt("+-") { index += 1 }
            if !takeDigits() { return false }
        }
        return index == word.count
    }
}
