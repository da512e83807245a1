/// Lays a trie out in a double array. Linear in the bytes of the pieces.
struct PieceTrieBuilder {
    private let pieces: SortedPieces
    private var units: [PieceTrie.Unit] = []
    /// A ring of the units that are not used, through number 0.
    private var following: [Int32] = []
    private var preceding: [Int32] = []
    /// The free unit from which a place for several children is sought. Those before it were tried often enough in
    /// vain; they are for only children, whom any place suits.
    private var cursor: Int32 = 0
    /// How many vain tries move the cursor (the rule of J. Yata's darts-clone is of this kind).
    private static let patience = 8

    init(_ pieces: SortedPieces) { self.pieces = pieces }

    private struct Task {
        var node: Int32
        var pieces: Range<Int>
        var depth: Int
    }

    /// The units, of which 256 lie behind the greatest base.
    mutating func build() -> [PieceTrie.Unit] {
        // The first 256 but the root stay empty, so that no base is negative.
        units = Array(repeating: PieceTrie.Unit(), count: 256)
        following = Array(repeating: 0, count: 256)
        preceding = following
        grow()
        var tasks = [Task(node: PieceTrie.root, pieces: 0..<pieces.count, depth: 0)]
        var labels: [(byte: UInt8, start: Int)] = []
        while let task = tasks.popLast() {
            var first = task.pieces.lowerBound
            // The shortest comes first: it ends here.
            if first < task.pieces.upperBound, pieces.range(first).count == task.depth {
                units[Int(task.node)].value = pieces.values[first]
                first += 1
            }
            labels.removeAll(keepingCapacity: true)
            for piece in first..<task.pieces.upperBound {
                let byte = pieces.bytes[pieces.range(piece).lowerBound + task.depth]
                if labels.last?.byte != byte { labels.append((byte, piece)) }
            }
            guard !labels.isEmpty else { continue }
            let base = place(labels)
            units[Int(task.node)].base = Int32(base)
            for (position, label) in labels.enumerated() {
                let child = base + Int(label.byte)
                take(child)
                units[child].check = task.node
                let end = position + 1 < labels.count ? labels[position + 1].start : task.pieces.upperBound
                tasks.append(Task(node: Int32(child), pieces: label.start..<end, depth: task.depth + 1))
            }
        }
        let last = units.reduce(0) { max($0, Int($1.base)) }
        while units.count < last + 256 { units.append(PieceTrie.Unit()) }
        return units
    }

    /// A base from which all labels lead to units that are free.
    private mutating func place(_ labels: [(byte: UInt8, start: Int)]) -> Int {
        let least = Int(labels[0].byte)
        var free = labels.count == 1 ? Int(following[0]) : Int(cursor)
        var tries = 0
        while free != 0, !labels.allSatisfy({ isFree(free - least + Int($0.byte)) }) {
            free = Int(following[free])
            tries += 1
        }
        if free == 0 {
            free = units.count
            grow()
        }
        if tries > Self.patience || cursor == 0 { cursor = Int32(free) }
        let base = free - least
        while units.count < base + 256 { grow() }
        return base
    }

    private func isFree(_ unit: Int) -> Bool { unit >= units.count || units[unit].check == -1 }

    private mutating func grow() {
        for _ in 0..<256 {
            let unit = Int32(units.count), last = preceding[0]
            units.append(PieceTrie.Unit())
            following.append(0)
            preceding.append(last)
            following[Int(last)] = unit
            preceding[0] = unit
        }
    }

    private mutating func take(_ unit: Int) {
        if Int(cursor) == unit { cursor = following[unit] }
        following[Int(preceding[unit])] = following[unit]
        preceding[Int(following[unit])] = preceding[unit]
    }
}
