import CUnicodeTables

/// Decoding and encoding of single scalars for hot loops.
package enum UTF8Scalar {
    /// Decodes the scalar that starts at `index`.
    ///
    /// Meant for valid UTF-8, safe for anything: it never reads at or past `end`, always consumes at least one byte,
    /// and takes a byte that begins no well-formed sequence as U+FFFD of length 1. So the result is a scalar always.
    ///
    /// - Precondition: `0 <= index < end`, and `end` bytes are readable. Not checked.
    @inline(__always)
    package static func decode(
        _ bytes: UnsafePointer<UInt8>, at index: Int, end: Int
    ) -> (scalar: UInt32, length: Int) {
        let decoded = nu_decode(bytes, index, end)
        return (decoded.scalar, Int(decoded.length))
    }

    /// Appends the UTF-8 form of a scalar.
    ///
    /// - Precondition: `scalar < 0x110000` and no surrogate. Not checked.
    @inline(__always)
    package static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        if scalar < 0x80 {
            output.append(UInt8(truncatingIfNeeded: scalar))
        } else if scalar < 0x800 {
            output.append(UInt8(truncatingIfNeeded: 0xC0 | scalar &>> 6))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        } else {
            if scalar < 0x10000 {
                output.append(UInt8(truncatingIfNeeded: 0xE0 | scalar &>> 12))
            } else {
                output.append(UInt8(truncatingIfNeeded: 0xF0 | scalar &>> 18))
                output.append(UInt8(truncatingIfNeeded: 0x80 | scalar &>> 12 & 0x3F))
            }
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar &>> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
    }
}
