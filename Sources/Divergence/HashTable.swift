/// Numbers by a 64-bit hash that stands for a thing: the one table that is looked into for every token.
///
/// Open addressing with linear probing, at most half full; two of a million things share their hash with a probability of 3 in 10^8. Memory: 32 bytes
/// for each thing, up to 64 behind a growth. A look-up touches one line of memory, nearly always.
struct HashTable: Sendable {
    /// The key 0 marks a free place, whose value is 0.
    private var places: [(key: UInt64, value: Int)]
    /// Distinct hashes.
    private(set) var count = 0

    init(capacity: Int = 1 << 10) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        places = Array(repeating: (0, 0), count: size)
    }

    @inline(__always)
    private static func key(_ hash: UInt64) -> UInt64 { hash == 0 ? 1 : hash }

    @inline(__always)
    private static func place(_ key: UInt64, in places: UnsafeBufferPointer<(key: UInt64, value: Int)>) -> Int {
        let mask = places.count - 1
        // Not the hash's own bits: samples keep the smallest hashes, whose high bits are alike.
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 20) & mask
        while places[place].key != 0, places[place].key != key { place = (place &+ 1) & mask }
        return place
    }

    @inline(__always)
    private func place(_ key: UInt64) -> Int { places.withUnsafeBufferPointer { Self.place(key, in: $0) } }

    /// 0 for what is not there.
    @inline(__always)
    subscript(hash: UInt64) -> Int { places[place(Self.key(hash))].value }

    /// Replaces `values` by the values of hashes, in order; 0 for what is not there.
    ///
    /// A loop of nothing but look-ups: a processor waits for the memory of several of them at once.
    func look(up hashes: [UInt64], into values: inout [Int]) {
        values.removeAll(keepingCapacity: true)
        values.reserveCapacity(hashes.count)
        for hash in hashes { values.append(self[hash]) }
    }

    /// Adds to the value of a hash, which is 0 before it is there.
    ///
    /// - Returns: Whether it was not there before.
    @discardableResult
    @inline(__always)
    mutating func add(_ hash: UInt64, _ number: Int) -> Bool {
        let key = Self.key(hash), place = place(key), isNew = places[place].key == 0
        places[place].value += number
        if isNew { insert(key, at: place) }
        return isNew
    }

    /// Adds the same number to the values of several hashes.
    mutating func add(_ hashes: [UInt64], _ number: Int) {
        while 2 * (count + hashes.count) > places.count { grow() }
        var new = 0
        places.withUnsafeMutableBufferPointer { places in
            for hash in hashes {
                let key = Self.key(hash), place = Self.place(key, in: UnsafeBufferPointer(places))
                if places[place].key == 0 { new += 1 }
                places[place] = (key, places[place].value + number)
            }
        }
        count += new
    }

    @inline(never)
    private mutating func insert(_ key: UInt64, at place: Int) {
        places[place].key = key
        count += 1
        if 2 * count > places.count { grow() }
    }

    private mutating func grow() {
        var larger = HashTable(capacity: places.count)
        forEach { larger.add($0, $1) }
        self = larger
    }

    /// Forgets all, and keeps the memory.
    mutating func removeAll() {
        guard count > 0 else { return }
        places.withUnsafeMutableBufferPointer { $0.update(repeating: (0, 0)) }
        count = 0
    }

    /// In no order that means anything.
    @inline(__always)
    func forEach(_ body: (_ hash: UInt64, _ value: Int) -> Void) {
        for place in places where place.key != 0 { body(place.key, place.value) }
    }
}
