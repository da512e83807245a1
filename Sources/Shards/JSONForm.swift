/// What `JSONDecoder` passes over in silence: keys that an object has twice, of which one would win (RFC 8259, section
/// 4, leaves open which), and numbers that are whole but are not written so (`7.0`, `7e0`).
package struct JSONForm {
    /// The first key that comes twice in its object.
    package private(set) var repeatedKey: String?
    /// Whether a number has a fraction or an exponent.
    package private(set) var hasFraction = false

    /// Reads a JSON text; of anything else, which a decoder refuses, it finds what it can.
    package init(_ bytes: [UInt8]) {
        /// Keys of the objects that are open; nil for an array.
        var open: [Set<[UInt8]>?] = []
        var isKey = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                isKey = bytes[index] == UInt8(ascii: "{")
                open.append(isKey ? [] : nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = open.popLast()
                isKey = false
            case UInt8(ascii: ","): isKey = open.last.map { $0 != nil } ?? false
            case UInt8(ascii: "\""):
                let string = Self.string(in: bytes, from: index)
                index += string.count - 1
                if isKey, open[open.count - 1]?.insert(Self.content(of: string)).inserted == false {
                    repeatedKey = repeatedKey ?? String(decoding: Self.content(of: string), as: UTF8.self)
                }
                isKey = false
            case UInt8(ascii: "-"), 0x30...0x39:
                let number = bytes[index...].prefix { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
                index += number.count - 1
                if number.contains(where: { ".eE".utf8.contains($0) }) { hasFraction = true }
            default: break
            }
            index += 1
        }
    }

    /// The string that begins at a quotation mark, both marks included.
    private static func string(in bytes: [UInt8], from start: Int) -> ArraySlice<UInt8> {
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return bytes[start..<min(end + 1, bytes.count)]
    }

    /// The bytes of a string without its marks, escapes resolved.
    private static func content(of string: ArraySlice<UInt8>) -> [UInt8] {
        guard string.contains(UInt8(ascii: "\\")), let text = try? JSON.decode(String.self, from: Array(string)) else {
            return Array(string.dropFirst().dropLast())
        }
        return Array(text.utf8)
    }
}
