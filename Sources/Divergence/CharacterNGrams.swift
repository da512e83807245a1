import UnicodeText

/// The character n-grams of a word between its borders: `<word>`, orders 1 to 4, of Unicode scalars.
package enum CharacterNGrams {
    package static let orders = 1...4
    private static let begin: UInt32 = 0x11_0000, end: UInt32 = 0x11_0001

    /// Calls `body` with a hash for each; n-grams that are equal have equal ones.
    ///
    /// - Parameters:
    ///   - word: UTF-8.
    ///   - scalars: Room that is used again.
    package static func forEach(
        of word: UnsafeBufferPointer<UInt8>, _ scalars: inout [UInt32], _ body: (UInt64) -> Void
    ) {
        scalars.removeAll(keepingCapacity: true)
        scalars.append(begin)
        var index = 0
        if let base = word.baseAddress {
            while index < word.count {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: word.count)
                scalars.append(scalar)
                index += length
            }
        }
        scalars.append(end)
        for start in scalars.indices {
            var hash: UInt64 = 0
            for order in 1...min(orders.upperBound, scalars.count - start) {
                hash = (hash ^ UInt64(scalars[start + order - 1])) &* 0xFF51_AFD7_ED55_8CCD
                hash ^= hash >> 33
                body((hash ^ UInt64(order)) &* 0xC4CE_B9FE_1A85_EC53)
            }
        }
    }
}
