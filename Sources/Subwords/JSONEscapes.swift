import UnicodeText

/// The escapes of JSON strings (RFC 8259, section 7).
enum JSONEscapes {
    /// The byte that an escape of one letter stands for.
    static func plain(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: UInt32(byte | 0x20) - 0x57
        default: nil
        }
    }

    /// The bytes that a string stands for.
    ///
    /// - Parameters:
    ///   - raw: Between its marks; escapes are well-formed.
    ///   - halfPair: What is thrown for half a surrogate pair, given its place.
    static func resolved(_ raw: UnsafeBufferPointer<UInt8>, _ halfPair: (Int) -> any Error) throws -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var at = 0
        while at < raw.count {
            guard raw[at] == UInt8(ascii: "\\") else {
                out.append(raw[at])
                at += 1
                continue
            }
            if let byte = plain(raw[at + 1]) {
                out.append(byte)
                at += 2
                continue
            }
            var scalar = unit(raw, at)
            let start = at
            at += 6
            if scalar & 0xFC00 == 0xD800, at + 6 <= raw.count, raw[at] == UInt8(ascii: "\\"),
                raw[at + 1] == UInt8(ascii: "u"), unit(raw, at) & 0xFC00 == 0xDC00
            {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(raw, at) & 0x3FF
                at += 6
            }
            guard scalar & 0x1F_F800 != 0xD800 else { throw halfPair(start) }
            UTF8Scalar.append(scalar, to: &out)
        }
        return out
    }

    private static func unit(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32 {
        (2..<6).reduce(0) { $0 << 4 | (digit(raw[at + $1]) ?? 0) }
    }
}
