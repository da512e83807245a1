/// Which strings of bytes are pieces: a trie in a double array. A step costs one look at twelve bytes.
///
/// The children of node `n` are at `units[n].base + byte`, and such a unit is a child if its `check` is `n`.
///
/// - Note: J. Aoe 1989, "An Efficient Digital Search Algorithm by Using a Double-Array Structure".
struct PieceTrie: Sendable {
    struct Unit {
        var base: Int32 = 0
        /// The parent; -1 in a unit that is not used.
        var check: Int32 = -1
        /// The piece that ends here, or -1.
        var value: Int32 = -1
    }

    static let root: Int32 = 0
    private var units: [Unit]

    /// - Parameter pieces: In ascending order of their bytes, none twice, none empty.
    init(_ pieces: SortedPieces) {
        var builder = PieceTrieBuilder(pieces)
        units = builder.build()
    }

    /// The child of a node by a byte, or -1.
    @inline(__always)
    static func child(_ units: UnsafeBufferPointer<Unit>, of node: Int32, by byte: UInt8) -> Int32 {
        // There are 256 units behind the greatest base.
        let at = Int(units[Int(node)].base) + Int(byte)
        return units[at].check == node ? Int32(truncatingIfNeeded: at) : -1
    }

    @inline(__always)
    func withUnits<Result>(_ body: (UnsafeBufferPointer<Unit>) throws -> Result) rethrows -> Result {
        try units.withUnsafeBufferPointer(body)
    }

    /// The node that a string leads to from another, or -1.
    func node(of bytes: some Sequence<UInt8>, from start: Int32 = root) -> Int32 {
        withUnits { units in
            var node = start
            for byte in bytes where node >= 0 { node = Self.child(units, of: node, by: byte) }
            return node
        }
    }

    /// The number of a piece, or nil.
    func value(of bytes: some Sequence<UInt8>) -> Int? {
        let node = node(of: bytes)
        guard node > 0, units[Int(node)].value >= 0 else { return nil }
        return Int(units[Int(node)].value)
    }

    /// The longest piece that `bytes[start..<end]` begin with, going on from a node.
    @inline(__always)
    func longest(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, node first: Int32 = root
    ) -> (value: Int, end: Int)? {
        withUnits { units in
            var node = first, found: (value: Int, end: Int)?, at = start
            while at < end {
                node = Self.child(units, of: node, by: bytes[at])
                if node < 0 { break }
                at += 1
                if units[Int(node)].value >= 0 { found = (Int(units[Int(node)].value), at) }
            }
            return found
        }
    }
}

/// Pieces end to end in ascending order of their bytes, each with its number.
struct SortedPieces {
    private(set) var bytes: [UInt8] = []
    /// Where each piece ends.
    private(set) var ends: [Int] = []
    private(set) var values: [Int32] = []

    var count: Int { values.count }

    /// Sorts pieces. Of equal ones the last is kept, and their number is told.
    ///
    /// - Parameters:
    ///   - bytes: The pieces end to end, where `ends` says; empty ones are left out.
    ///   - values: Their numbers.
    init(_ bytes: [UInt8], ends: [Int], values: [Int32]) {
        let order = Self.order(bytes, ends)
        self.bytes.reserveCapacity(bytes.count)
        for (position, piece) in order.enumerated() {
            let range = Self.range(piece, ends)
            if range.isEmpty { continue }
            // The order is stable by number, so the last of equal ones comes last.
            if position + 1 < order.count, bytes[range] == bytes[Self.range(order[position + 1], ends)] { continue }
            self.bytes += bytes[range]
            self.ends.append(self.bytes.count)
            self.values.append(values[piece])
        }
    }

    func range(_ piece: Int) -> Range<Int> { Self.range(piece, ends) }

    private static func range(_ piece: Int, _ ends: [Int]) -> Range<Int> {
        (piece == 0 ? 0 : ends[piece - 1])..<ends[piece]
    }

    /// The pieces by their first eight bytes, then the rest, then their number.
    private static func order(_ bytes: [UInt8], _ ends: [Int]) -> [Int] {
        var keys: [(prefix: UInt64, piece: Int)] = []
        keys.reserveCapacity(ends.count)
        for piece in ends.indices {
            let range = range(piece, ends)
            var prefix: UInt64 = 0
            for offset in 0..<8 {
                let at = range.lowerBound + offset
                prefix = prefix << 8 | (at < range.upperBound ? UInt64(bytes[at]) : 0)
            }
            keys.append((prefix, piece))
        }
        bytes.withUnsafeBufferPointer { bytes in
            keys.sort { first, second in
                if first.prefix != second.prefix { return first.prefix < second.prefix }
                let one = range(first.piece, ends), other = range(second.piece, ends)
                if bytes[one].elementsEqual(bytes[other]) { return first.piece < second.piece }
                return bytes[one].lexicographicallyPrecedes(bytes[other])
            }
        }
        return keys.map(\.piece)
    }
}
