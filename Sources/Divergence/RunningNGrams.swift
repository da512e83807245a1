import CXXHash
import Glibc
import Randomness

/// The character n-grams of running text, orders 3 to 5: words in their comparable forms with one space between them, before and behind a sentence,
/// so that n-grams reach over the borders of words.
///
/// Sentences are dealt into 20 groups by their content, so that a text can be resampled after it was read (a bootstrap of groups; Efron and
/// Tibshirani 1993, section 8.5): memory is that of 20 counts, whatever the number of resamples, and the groups are the same however a text is cut.
package struct RunningNGrams: Sendable {
    package static let orders = 3...5
    package static let groupCount = 20, resampleCount = 20
    /// Places of the counts of a group: 40 MiB for all.
    private static let logSize = 18
    /// Tells its random numbers from those of others.
    private static let purpose: UInt64 = 0x7275_6E6E_696E_67

    private enum Counts: Sendable {
        case exact([TypeCounts])
        case sketch([HashedCounts])

        mutating func add(_ scalars: [UInt32], to group: Int) {
            switch consume self {
            case .exact(var groups):
                CharacterNGrams.forEach(of: scalars, orders: RunningNGrams.orders) { groups[group].add($0) }
                self = .exact(groups)
            case .sketch(var groups):
                CharacterNGrams.forEach(of: scalars, orders: RunningNGrams.orders) { groups[group].add($0) }
                self = .sketch(groups)
            }
        }

        mutating func merge(_ other: Counts) {
            switch (consume self, other) {
            case (.exact(var groups), .exact(let others)):
                for index in groups.indices { groups[index].merge(others[index]) }
                self = .exact(groups)
            case (.sketch(var groups), .sketch(let others)):
                for index in groups.indices { groups[index].merge(others[index]) }
                self = .sketch(groups)
            default: preconditionFailure("exact counts and a sketch do not merge")
            }
        }
    }

    private var counts: Counts

    /// - Parameter isExact: Whether every n-gram is counted; otherwise hashes choose one of 2^18 places.
    init(isExact: Bool) {
        counts =
            isExact
            ? .exact(Array(repeating: TypeCounts(), count: Self.groupCount))
            : .sketch(Array(repeating: HashedCounts(logSize: Self.logSize), count: Self.groupCount))
    }

    /// - Parameter sentence: Forms of its words, a space before each and behind the last.
    mutating func add(sentence: [UInt8]) {
        guard sentence.count > 1 else { return }
        let group = Int(XXH3_64bits(sentence, sentence.count) >> 32) % Self.groupCount
        var scalars: [UInt32] = []
        scalars.reserveCapacity(sentence.count)
        sentence.withUnsafeBufferPointer { CharacterNGrams.append($0, to: &scalars) }
        counts.add(scalars, to: group)
    }

    mutating func merge(_ other: RunningNGrams) { counts.merge(other.counts) }

    /// What is known of a divergence.
    package struct Divergence: Sendable, Equatable {
        /// Of the whole texts, bits, 0...1.
        package var whole: Double
        /// Mean and standard deviation over the resamples; nil when there are not two that have n-grams of both texts.
        package var resampled: (mean: Double, deviation: Double)?

        package static func == (a: Self, b: Self) -> Bool {
            a.whole == b.whole && a.resampled?.mean == b.resampled?.mean
                && a.resampled?.deviation == b.resampled?.deviation
        }
    }

    /// The Jensen-Shannon divergence, of the whole and of resamples of both texts.
    ///
    /// Resamples have fewer different n-grams than the texts, so their mean lies above what the whole has.
    package func divergence(_ other: RunningNGrams, seed: UInt64) -> Divergence {
        // The whole first.
        var weights = [(Array(repeating: 1, count: Self.groupCount), Array(repeating: 1, count: Self.groupCount))]
        for number in 0..<Self.resampleCount {
            weights.append((Self.draw(seed, number, side: 0), Self.draw(seed, number, side: 1)))
        }
        var sums = weights.map { Sum(($0.0, totals), ($0.1, other.totals)) }
        forEachPlace(with: other) { first, second in
            for index in sums.indices { sums[index].add(first, second, weights[index]) }
        }
        let values = sums.dropFirst().compactMap(\.divergence)
        var result = Divergence(whole: sums[0].divergence ?? 0)
        if values.count > 1 {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            result.resampled = (mean, (squares / Double(values.count - 1)).squareRoot())
        }
        return result
    }

    /// How often each group is drawn.
    private static func draw(_ seed: UInt64, _ number: Int, side: UInt64) -> [Int] {
        var random = RandomSource(seed: seed, stream: .selection, Self.purpose, UInt64(number), side)
        var times = Array(repeating: 0, count: groupCount)
        for _ in 0..<groupCount { times[random.below(groupCount)] += 1 }
        return times
    }

    private var totals: [Int] {
        switch counts {
        case .exact(let groups): groups.map(\.total)
        case .sketch(let groups): groups.map(\.total)
        }
    }

    /// Calls `body` with the counts by group of everything that is in one of both, always in the same order.
    private func forEachPlace(with other: RunningNGrams, _ body: ([Int], [Int]) -> Void) {
        var first = Array(repeating: 0, count: Self.groupCount), second = first
        switch (counts, other.counts) {
        case (.exact(let groups), .exact(let others)):
            var all = TypeCounts()
            for group in groups + others { all.merge(group) }
            for (hash, _) in all.sorted {
                for index in 0..<Self.groupCount {
                    (first[index], second[index]) = (groups[index].of(hash), others[index].of(hash))
                }
                body(first, second)
            }
        case (.sketch(let groups), .sketch(let others)):
            for place in 0..<1 << Self.logSize {
                var isEmpty = true
                for index in 0..<Self.groupCount {
                    (first[index], second[index]) = (groups[index].count(at: place), others[index].count(at: place))
                    isEmpty = isEmpty && first[index] | second[index] == 0
                }
                if !isEmpty { body(first, second) }
            }
        default: preconditionFailure("exact counts and a sketch are not compared")
        }
    }

    /// A divergence that is being added up.
    private struct Sum {
        private let totals: (Double, Double)
        private var sum = 0.0

        init(_ first: (weights: [Int], totals: [Int]), _ second: (weights: [Int], totals: [Int])) {
            func total(_ side: (weights: [Int], totals: [Int])) -> Double {
                Double(zip(side.weights, side.totals).reduce(0) { $0 + $1.0 * $1.1 })
            }
            totals = (total(first), total(second))
        }

        @inline(__always)
        mutating func add(_ first: [Int], _ second: [Int], _ weights: ([Int], [Int])) {
            var a = 0, b = 0
            for index in 0..<first.count {
                a += first[index] * weights.0[index]
                b += second[index] * weights.1[index]
            }
            guard totals.0 > 0, totals.1 > 0 else { return }
            let p = Double(a) / totals.0, q = Double(b) / totals.1, middle = (p + q) / 2
            if p > 0 { sum += p * log2(p / middle) }
            if q > 0 { sum += q * log2(q / middle) }
        }

        var divergence: Double? { totals.0 > 0 && totals.1 > 0 ? min(1, max(0, sum / 2)) : nil }
    }
}
