/// Counts of things in a fixed number of places, which hashes choose; things of one place are one.
///
/// Putting things together is a map of both texts, so that a Jensen-Shannon divergence can only become smaller (data processing inequality), and an
/// overlap larger. Counts of parts add up to those of the whole.
package struct HashedCounts: Sendable {
    private var counts: [UInt64]
    package private(set) var total = 0

    /// - Parameter logSize: 20 are 8 MiB.
    package init(logSize: Int = 20) {
        precondition((1...32).contains(logSize))
        counts = Array(repeating: 0, count: 1 << logSize)
    }

    package mutating func add(_ hash: UInt64, _ number: Int = 1) {
        counts[Self.place(hash, UInt64(counts.count - 1))] &+= UInt64(number)
        total += number
    }

    @inline(__always)
    private static func place(_ hash: UInt64, _ mask: UInt64) -> Int {
        // Not the low bits alone: samples of a text by its hashes must not empty places.
        Int(truncatingIfNeeded: (hash ^ hash >> 32) & mask)
    }

    /// Adds the same number for each of several hashes.
    package mutating func add(_ hashes: [UInt64], _ number: Int) {
        let mask = UInt64(counts.count - 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for hash in hashes { counts[Self.place(hash, mask)] &+= UInt64(number) }
        }
        total += number * hashes.count
    }

    /// What one place counts.
    func count(at place: Int) -> Int { Int(counts[place]) }

    package mutating func merge(_ other: HashedCounts) {
        precondition(counts.count == other.counts.count)
        for index in counts.indices { counts[index] &+= other.counts[index] }
        total += other.total
    }

    package func jensenShannon(_ other: HashedCounts) -> Double {
        CountPair.jensenShannon(pairs(other), totals: (total, other.total))
    }

    package func overlap(_ other: HashedCounts) -> Double {
        CountPair.overlap(pairs(other), totals: (total, other.total))
    }

    private func pairs(_ other: HashedCounts) -> some Sequence<(CountPair, Int)> {
        zip(counts, other.counts).lazy.map { (CountPair(first: $0, second: $1), 1) }
    }
}
