/// Whether something was seen, in bounded memory: a Bloom filter (Bloom 1970) with double hashing (Kirsch and Mitzenmacher 2006).
///
/// What was seen is always found; what was not is taken for seen in ``falsePositiveRate`` of the cases. Filters of parts merge into that of the whole.
package struct TypeFilter: Sendable {
    private static let probeCount = 8
    private var words: [UInt64]

    /// - Parameter logBitCount: 25 are 4 MiB, and 1 in 2,000 wrong for two million things.
    package init(logBitCount: Int = 25) {
        precondition((6...40).contains(logBitCount))
        words = Array(repeating: 0, count: 1 << (logBitCount - 6))
    }

    private func places(_ hash: UInt64) -> some Sequence<Int> {
        let mask = UInt64(words.count * 64 - 1), step = hash >> 32 | 1
        return (0..<UInt64(Self.probeCount)).lazy.map { Int((hash &+ $0 &* step) & mask) }
    }

    package mutating func insert(_ hash: UInt64) {
        for place in places(hash) { words[place >> 6] |= 1 << UInt64(place & 63) }
    }

    package func contains(_ hash: UInt64) -> Bool {
        for place in places(hash) where words[place >> 6] & 1 << UInt64(place & 63) == 0 { return false }
        return true
    }

    package mutating func merge(_ other: TypeFilter) {
        precondition(words.count == other.words.count)
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// By how full it is.
    package var falsePositiveRate: Double {
        let ones = words.reduce(0) { $0 + $1.nonzeroBitCount }
        var rate = 1.0
        for _ in 0..<Self.probeCount { rate *= Double(ones) / Double(words.count * 64) }
        return rate
    }
}
