import Glibc

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
        Distributions.jensenShannon(zip(counts, other.counts), totals: (total, other.total))
    }

    package func overlap(_ other: HashedCounts) -> Double {
        Distributions.overlap(zip(counts, other.counts), totals: (total, other.total))
    }
}

extension TypeCounts {
    package func jensenShannon(_ other: TypeCounts) -> Double {
        Distributions.jensenShannon(paired(other), totals: (total, other.total))
    }

    package func overlap(_ other: TypeCounts) -> Double {
        Distributions.overlap(paired(other), totals: (total, other.total))
    }

    /// The counts of everything that is in one of the two, in an order that depends on nothing else: first what is in this one.
    private func paired(_ other: TypeCounts) -> [(UInt64, UInt64)] {
        var pairs: [(UInt64, UInt64)] = [], strangers: [(UInt64, UInt64)] = [], next = 0
        pairs.reserveCapacity(count + other.count)
        let others = other.sorted
        for (hash, count) in sorted {
            while next < others.count, others[next].hash < hash {
                strangers.append((0, UInt64(others[next].count)))
                next += 1
            }
            let isShared = next < others.count && others[next].hash == hash
            pairs.append((UInt64(count), isShared ? UInt64(others[next].count) : 0))
            if isShared { next += 1 }
        }
        return pairs + strangers + others[next...].map { (0, UInt64($0.count)) }
    }
}

/// What is computed from two lists of counts of the same things.
enum Distributions {
    /// `1/2 KL(P, M) + 1/2 KL(Q, M)` with `M = (P + Q) / 2`, in bits, 0...1 (Lin 1991).
    static func jensenShannon(_ counts: some Sequence<(UInt64, UInt64)>, totals: (Int, Int)) -> Double {
        guard totals.0 > 0, totals.1 > 0 else { return 0 }
        var sum = 0.0
        for (a, b) in counts where a | b != 0 {
            let p = Double(a) / Double(totals.0), q = Double(b) / Double(totals.1), middle = (p + q) / 2
            if p > 0 { sum += p * log2(p / middle) }
            if q > 0 { sum += q * log2(q / middle) }
        }
        return min(1, max(0, sum / 2))
    }

    /// `sum min(P, Q)`: one less the total variation distance.
    static func overlap(_ counts: some Sequence<(UInt64, UInt64)>, totals: (Int, Int)) -> Double {
        guard totals.0 > 0, totals.1 > 0 else { return 0 }
        return counts.reduce(0) { $0 + min(Double($1.0) / Double(totals.0), Double($1.1) / Double(totals.1)) }
    }
}
