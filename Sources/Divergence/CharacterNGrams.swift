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
    @inline(__always)
    package static func forEach(
        of word: UnsafeBufferPointer<UInt8>, _ scalars: inout [UInt32], _ body: (UInt64) -> Void
    ) {
        scalars.removeAll(keepingCapacity: true)
        scalars.append(begin)
        append(word, to: &scalars)
        scalars.append(end)
        forEach(of: scalars, orders: orders, body)
    }

    /// Appends the scalars of UTF-8.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to scalars: inout [UInt32]) {
        guard let base = text.baseAddress else { return }
        var index = 0
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: text.count)
            scalars.append(scalar)
            index += length
        }
    }

    /// Calls `body` with a hash of each run of scalars of these lengths.
    @inline(__always)
    static func forEach(of scalars: [UInt32], orders: ClosedRange<Int>, _ body: (UInt64) -> Void) {
        scalars.withUnsafeBufferPointer { scalars in
            for start in 0..<scalars.count {
                var hash: UInt64 = 0, order = 0
                let longest = min(orders.upperBound, scalars.count - start)
                while order < longest {
                    hash = (hash ^ UInt64(scalars[start + order])) &* 0xFF51_AFD7_ED55_8CCD
                    hash ^= hash >> 33
                    order += 1
                    if order >= orders.lowerBound { body((hash ^ UInt64(order)) &* 0xC4CE_B9FE_1A85_EC53) }
                }
            }
        }
    }
}
