/// Prefixes and suffixes counted in scalars, as byte ranges.
///
/// A scalar is counted by its leading byte: in ill-formed input, stray continuation bytes belong to what precedes them.
package enum ScalarAffix {
    /// The byte range of the first `scalarCount` scalars, or of everything when there are fewer.
    ///
    /// - Complexity: O(bytes of the prefix).
    package static func prefix(of bytes: UnsafeBufferPointer<UInt8>, scalarCount: Int) -> Range<Int> {
        guard scalarCount > 0 else { return 0..<0 }
        var seen = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] & 0xC0 != 0x80 || index == 0 {
                if seen == scalarCount { break }
                seen += 1
            }
            index += 1
        }
        return 0..<index
    }

    /// The byte range of the last `scalarCount` scalars, or of everything when there are fewer.
    ///
    /// - Complexity: O(bytes of the suffix).
    package static func suffix(of bytes: UnsafeBufferPointer<UInt8>, scalarCount: Int) -> Range<Int> {
        var seen = 0
        var index = bytes.count
        while index > 0, seen < scalarCount {
            index -= 1
            if bytes[index] & 0xC0 != 0x80 { seen += 1 }
        }
        return index..<bytes.count
    }
}
