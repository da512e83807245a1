/// How often each of many things was seen, by a 64-bit hash that stands for it.
///
/// Open addressing, at most half full; two of a million things share their hash with a probability of 3 in 10^8. Memory: 32 bytes for each.
package struct TypeCounts: Sendable {
    /// 0 marks a free place.
    private var keys: [UInt64]
    private var counts: [Int]
    /// Distinct things.
    package private(set) var count = 0
    /// Of all of them.
    package private(set) var total = 0

    package init(capacity: Int = 1 << 10) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        keys = Array(repeating: 0, count: size)
        counts = Array(repeating: 0, count: size)
    }

    private static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

    private func place(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        // The low bits: samples keep the smallest hashes, whose high bits are alike.
        var place = Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
        while keys[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }

    /// - Returns: Whether it was not there before.
    @discardableResult
    package mutating func add(_ hash: UInt64, _ number: Int = 1) -> Bool {
        let key = Self.key(hash)
        let place = place(key)
        total += number
        counts[place] += number
        guard keys[place] == 0 else { return false }
        keys[place] = key
        count += 1
        if 2 * count > keys.count { grow() }
        return true
    }

    /// Forgets all, and keeps the memory.
    mutating func removeAll() {
        guard count > 0 else { return }
        for place in keys.indices { (keys[place], counts[place]) = (0, 0) }
        (count, total) = (0, 0)
    }

    package func of(_ hash: UInt64) -> Int { counts[place(Self.key(hash))] }

    package mutating func merge(_ other: TypeCounts) {
        for place in other.keys.indices where other.keys[place] != 0 { add(other.keys[place], other.counts[place]) }
    }

    /// Keeps those whose hash is at most `limit`.
    mutating func keep(upTo limit: UInt64) {
        var kept = TypeCounts(capacity: count)
        for place in keys.indices where keys[place] != 0 && keys[place] <= limit {
            kept.add(keys[place], counts[place])
        }
        self = kept
    }

    /// In ascending order of the hashes: whoever adds fractions adds them in the same order, however the counts came together.
    package var sorted: [(hash: UInt64, count: Int)] {
        keys.indices.filter { keys[$0] != 0 }.map { (keys[$0], counts[$0]) }.sorted { $0.0 < $1.0 }
    }

    private mutating func grow() {
        var larger = TypeCounts(capacity: keys.count)
        larger.merge(self)
        self = larger
    }
}
