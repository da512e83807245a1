/// Writes JSON (RFC 8259) with keys in the order they are given; UTF-8 stays as it is.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() {}

    private mutating func begin(_ key: StaticString?) {
        if needsComma { bytes += ", ".utf8 }
        needsComma = true
        guard let key else { return }
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer { bytes += $0 }
        bytes += "\": ".utf8
    }

    mutating func object(_ key: StaticString? = nil, _ body: (inout JSONText) -> Void) {
        enclose(key, "{", "}", body)
    }

    mutating func list(_ key: StaticString? = nil, _ body: (inout JSONText) -> Void) {
        enclose(key, "[", "]", body)
    }

    private mutating func enclose(
        _ key: StaticString?, _ open: StaticString, _ close: StaticString, _ body: (inout JSONText) -> Void
    ) {
        begin(key)
        open.withUTF8Buffer { bytes += $0 }
        needsComma = false
        body(&self)
        close.withUTF8Buffer { bytes += $0 }
        needsComma = true
    }

    mutating func string(_ key: StaticString? = nil, _ value: some Sequence<UInt8>) {
        begin(key)
        Self.append(value, to: &bytes)
    }

    mutating func string(_ key: StaticString? = nil, _ value: String) { string(key, value.utf8) }

    /// A number, `true` or `false`.
    mutating func word(_ key: StaticString? = nil, _ value: some CustomStringConvertible) {
        begin(key)
        bytes += value.description.utf8
    }

    /// A probability with four decimals.
    static func rounded(_ probability: Float) -> Double { (Double(probability) * 10000).rounded() / 10000 }

    /// A string with its marks.
    static func append(_ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20: bytes += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
