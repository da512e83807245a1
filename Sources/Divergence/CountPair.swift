import Glibc

/// How often something is in each of two texts.
struct CountPair: Hashable, Comparable {
    let first, second: UInt64

    static func < (a: CountPair, b: CountPair) -> Bool { (a.first, a.second) < (b.first, b.second) }

    /// `1/2 KL(P, M) + 1/2 KL(Q, M)` with `M = (P + Q) / 2`, in bits, 0...1 (Lin 1991).
    ///
    /// - Parameter pairs: Each with how many things have it.
    static func jensenShannon(_ pairs: some Sequence<(CountPair, Int)>, totals: (Int, Int)) -> Double {
        guard totals.0 > 0, totals.1 > 0 else { return 0 }
        var sum = 0.0
        for (pair, times) in pairs where pair.first | pair.second != 0 {
            let p = Double(pair.first) / Double(totals.0), q = Double(pair.second) / Double(totals.1)
            let middle = (p + q) / 2
            if p > 0 { sum += Double(times) * p * log2(p / middle) }
            if q > 0 { sum += Double(times) * q * log2(q / middle) }
        }
        return min(1, max(0, sum / 2))
    }

    /// `sum min(P, Q)`: one less the total variation distance.
    static func overlap(_ pairs: some Sequence<(CountPair, Int)>, totals: (Int, Int)) -> Double {
        guard totals.0 > 0, totals.1 > 0 else { return 0 }
        return pairs.reduce(0) { sum, element in
            let (pair, times) = element
            return sum + Double(times)
                * min(Double(pair.first) / Double(totals.0), Double(pair.second) / Double(totals.1))
        }
    }
}

extension TypeCounts {
    func jensenShannon(_ other: TypeCounts) -> Double {
        CountPair.jensenShannon(pairs(other), totals: (total, other.total))
    }

    func overlap(_ other: TypeCounts) -> Double {
        CountPair.overlap(pairs(other), totals: (total, other.total))
    }

    /// Things that are in both, and how often those are in this one.
    func meeting(_ other: TypeCounts) -> (types: Int, tokens: Int) {
        var types = 0, tokens = 0
        forEach { hash, count in
            guard other.of(hash) > 0 else { return }
            types += 1
            tokens += count
        }
        return (types, tokens)
    }

    /// Of everything that is in one of the two. Most things have the few smallest counts, so there are far fewer pairs than things; and their order is
    /// their own, however the counts came together.
    private func pairs(_ other: TypeCounts) -> [(CountPair, Int)] {
        var times: [CountPair: Int] = [:]
        forEach { times[CountPair(first: UInt64($1), second: UInt64(other.of($0))), default: 0] += 1 }
        other.forEach { hash, count in
            if of(hash) == 0 { times[CountPair(first: 0, second: UInt64(count)), default: 0] += 1 }
        }
        return times.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
