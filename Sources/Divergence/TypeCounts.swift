/// How often each of many things was seen, by a 64-bit hash that stands for it (``HashTable``).
package struct TypeCounts: Sendable {
    private var table: HashTable
    /// Of all of them.
    package private(set) var total = 0

    package init(capacity: Int = 1 << 10) { table = HashTable(capacity: capacity) }

    /// Distinct things.
    package var count: Int { table.count }

    @inline(__always)
    package mutating func add(_ hash: UInt64, _ number: Int = 1) {
        total += number
        table.add(hash, number)
    }

    /// Adds the same number for each of several hashes.
    mutating func add(_ hashes: [UInt64], _ number: Int) {
        total += number * hashes.count
        table.add(hashes, number)
    }

    package func of(_ hash: UInt64) -> Int { table[hash] }

    package mutating func merge(_ other: TypeCounts) {
        other.table.forEach { add($0, $1) }
    }

    /// In no order that means anything.
    @inline(__always)
    func forEach(_ body: (_ hash: UInt64, _ count: Int) -> Void) { table.forEach(body) }

    /// Keeps those whose hash is at most `limit`.
    mutating func keep(upTo limit: UInt64) {
        var kept = TypeCounts(capacity: count)
        table.forEach { hash, count in
            if hash <= limit { kept.add(hash, count) }
        }
        self = kept
    }

    /// In ascending order of the hashes: whoever adds fractions adds them in the same order, however the counts came together.
    package var sorted: [(hash: UInt64, count: Int)] {
        var all: [(hash: UInt64, count: Int)] = []
        all.reserveCapacity(count)
        table.forEach { all.append(($0, $1)) }
        all.sort { $0.hash < $1.hash }
        return all
    }
}
