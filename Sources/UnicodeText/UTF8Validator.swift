/// Finds and repairs ill-formed UTF-8.
///
/// - Note: The Unicode Standard, section 3.9: table 3-7 (well-formed byte sequences) and "U+FFFD Substitution of
///   Maximal Subparts"; the WHATWG Encoding Standard's UTF-8 decoder replaces the same ranges.
package enum UTF8Validator {
    /// The first ill-formed maximal subpart that begins at or after `start`, or `nil` when the rest is well-formed.
    ///
    /// - Parameter start: A scalar boundary; `0...bytes.count`.
    /// - Complexity: O(bytes looked at).
    package static func firstIllFormed(in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Range<Int>? {
        precondition(start >= 0 && start <= bytes.count, "start \(start) is outside 0...\(bytes.count)")
        guard let base = bytes.baseAddress else { return nil }
        let count = bytes.count
        var index = start
        while index < count {
            if base[index] < 0x80 {
                index += 1
                while index + 8 <= count {
                    let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
                    let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
                    if high != 0 {
                        index += high.trailingZeroBitCount >> 3
                        break
                    }
                    index += 8
                }
                continue
            }
            let (length, isWellFormed) = sequence(base, at: index, end: count)
            if !isWellFormed { return index..<index + length }
            index += length
        }
        return nil
    }

    /// Appends `bytes` to `output` with each ill-formed maximal subpart replaced by U+FFFD.
    ///
    /// - Returns: The number of replacements; when it is 0 the bytes were appended unchanged.
    /// - Complexity: O(`bytes.count`); the output grows by at most three times that.
    @discardableResult
    package static func replaceInvalid(in bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Int {
        var replacementCount = 0
        var copied = 0
        while let range = firstIllFormed(in: bytes, from: copied) {
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<range.lowerBound]))
            output.append(0xEF)
            output.append(0xBF)
            output.append(0xBD)
            replacementCount += 1
            copied = range.upperBound
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
        return replacementCount
    }

    /// Code points of `bytes`, each ill-formed maximal subpart counted as one.
    package static func codePointCount(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0, start = 0
        while true {
            let illFormed = firstIllFormed(in: bytes, from: start)
            let end = illFormed?.lowerBound ?? bytes.count
            count += bytes[start..<end].count { $0 & 0xC0 != 0x80 }
            guard let illFormed else { return count }
            count += 1
            start = illFormed.upperBound
        }
    }

    /// Length of the well-formed sequence, or of the ill-formed maximal subpart, at `index`.
    @inline(__always)
    private static func sequence(
        _ bytes: UnsafePointer<UInt8>, at index: Int, end: Int
    ) -> (length: Int, isWellFormed: Bool) {
        let lead = bytes[index]
        guard lead >= 0x80 else { return (1, true) }
        guard lead >= 0xC2, lead < 0xF5, index + 1 < end else { return (1, false) }
        let second = bytes[index + 1]
        let isSecondAllowed =
            switch lead {
            case 0xE0: second >= 0xA0 && second < 0xC0
            case 0xED: second >= 0x80 && second < 0xA0
            case 0xF0: second >= 0x90 && second < 0xC0
            case 0xF4: second >= 0x80 && second < 0x90
            default: second & 0xC0 == 0x80
            }
        guard isSecondAllowed else { return (1, false) }
        if lead < 0xE0 { return (2, true) }
        guard index + 2 < end, bytes[index + 2] & 0xC0 == 0x80 else { return (2, false) }
        if lead < 0xF0 { return (3, true) }
        guard index + 3 < end, bytes[index + 3] & 0xC0 == 0x80 else { return (3, false) }
        return (4, true)
    }
}
