/// The things with the smallest hashes, and how often each was seen: a uniform sample of what is distinct, in bounded memory (Cohen and Kaplan 2007, "Summarizing
/// data using bottom-k sketches"; coordinated, since all texts use the same hash).
///
/// A thing of the final sample was never above the limit while text was read, so its count is exact, and samples of parts of a text merge into that
/// of the whole, in any order. Memory: 64 bytes for each of the size.
package struct TypeSample: Sendable {
    private let size: Int
    private var counts: TypeCounts
    /// Nothing above was kept.
    private var limit = UInt64.max

    package init(size: Int) {
        precondition(size >= 16)
        self.size = size
        counts = TypeCounts(capacity: 2 * size)
    }

    /// Whether every distinct thing is in it.
    package var isComplete: Bool { limit == .max }

    package mutating func add(_ hash: UInt64, _ number: Int = 1) {
        guard hash <= limit else { return }
        counts.add(hash, number)
        if counts.count >= 2 * size { prune() }
    }

    package mutating func merge(_ other: TypeSample) {
        precondition(size == other.size)
        limit = min(limit, other.limit)
        for (hash, number) in other.counts.sorted { add(hash, number) }
        counts.keep(upTo: limit)
    }

    private mutating func prune() {
        guard counts.count > size else { return }
        limit = min(limit, counts.sorted[size - 1].hash)
        counts.keep(upTo: limit)
    }

    /// The sample in its final size.
    private var pruned: TypeSample {
        var copy = self
        copy.prune()
        return copy
    }

    /// Distinct things in all, and the standard error of that.
    package var distinct: (count: Double, error: Double) {
        let sample = pruned
        guard !sample.isComplete else { return (Double(sample.counts.count), 0) }
        let count = Double(sample.counts.count - 1) / (Double(sample.limit) * 0x1p-64)
        return (count, count / Double(size).squareRoot())
    }

    /// Both samples below the lower of their limits, where each is complete.
    package struct Meeting: Sendable {
        /// Distinct things of the first, of the second, and of both.
        package let first, second, both: Int
        package let isComplete: Bool

        package var union: Int { first + second - both }

        /// A share of sampled things, and its standard error.
        package func share(_ part: Int, of whole: Int) -> (value: Double, error: Double) {
            guard whole > 0 else { return (0, 0) }
            let value = Double(part) / Double(whole)
            return (value, isComplete ? 0 : (value * (1 - value) / Double(whole)).squareRoot())
        }
    }

    package func meeting(_ other: TypeSample) -> Meeting {
        let a = pruned, b = other.pruned, limit = min(a.limit, b.limit)
        let first = a.counts.sorted.filter { $0.hash <= limit }, second = b.counts.sorted.filter { $0.hash <= limit }
        return Meeting(
            first: first.count, second: second.count, both: first.count { b.counts.of($0.hash) > 0 },
            isComplete: a.isComplete && b.isComplete)
    }
}
