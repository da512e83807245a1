import Kernels

/// The rows that are used in the rounds of a block, and the uses of each one together, in their order.
///
/// A row that is used has a place in its round, by the order in which rows come; so uses are grouped by counting those of each
/// place. `R` rows, `U` uses.
struct RowUses: ~Copyable {
    /// `[R]` row, and end of its uses in its round.
    private var rows = GrowingBuffer<UInt32>()
    private var useEnds = GrowingBuffer<UInt32>()
    /// `[U]` number of the use in its round, and its center.
    private var uses = GrowingBuffer<UInt32>()
    private var centers = GrowingBuffer<UInt16>()
    private var rounds: [(rowEnd: Int, useEnd: Int)] = []

    /// By row: its place in the round at hand, from 1; 0 has none.
    private let places: NumberBuffer
    /// Uses of the round at hand: the place of each row, and the end of each center's.
    private var placesOfUses = GrowingBuffer<UInt32>()
    private var centerEnds = GrowingBuffer<UInt32>()

    /// - Parameter rowCount: Every row is below it.
    init(rowCount: Int) { places = NumberBuffer(count: rowCount) }

    mutating func removeAll() {
        rows.removeAll()
        useEnds.removeAll()
        uses.removeAll()
        centers.removeAll()
        rounds.removeAll(keepingCapacity: true)
    }

    /// How often some rows together have been used in the round.
    func useCount(of used: UnsafeBufferPointer<UInt32>) -> Int {
        let counts = useEnds.pointer + (rounds.last?.rowEnd ?? 0)
        var count = 0
        for row in used {
            let place = Int(places.pointer[Int(row)])
            count &+= place == 0 ? 0 : Int(counts[place &- 1])
        }
        return count
    }

    /// Takes the rows that the next center uses.
    ///
    /// - Returns: How often the one that is used most is by now.
    @discardableResult
    mutating func append(_ used: UnsafeBufferPointer<UInt32>) -> Int {
        let start = rounds.last?.rowEnd ?? 0
        placesOfUses.reserve(used.count)
        rows.reserve(used.count)
        useEnds.reserve(used.count)
        let rows = rows.pointer + start, counts = useEnds.pointer + start
        let own = placesOfUses.pointer + placesOfUses.count
        var count = UInt32(self.rows.count - start), most: UInt32 = 0
        for (use, row) in used.enumerated() {
            // Without a branch, because nobody could guess which row is new.
            let known = places.pointer[Int(row)]
            let isNew: UInt32 = known == 0 ? 1 : 0, ifNew = 0 &- isNew
            count &+= isNew
            let place = known | count & ifNew, index = Int(place) &- 1
            let uses = counts[index] & ~ifNew
            places.pointer[Int(row)] = place
            rows[index] = row
            counts[index] = uses &+ 1
            own[use] = place
            most = max(most, uses &+ 1)
        }
        self.rows.count = start + Int(count)
        useEnds.count = self.rows.count
        placesOfUses.count += used.count
        centerEnds.reserve(1)
        centerEnds.append(UInt32(placesOfUses.count))
        return Int(most)
    }

    /// Groups the uses of the round.
    mutating func endRound() {
        let firstRow = rounds.last?.rowEnd ?? 0, firstUse = uses.count
        var sum: UInt32 = 0
        for place in firstRow..<rows.count {
            // The beginning, which the uses move to the end.
            (useEnds[place], sum) = (sum, sum + useEnds[place])
            places.pointer[Int(rows[place])] = 0
        }
        uses.extend(by: placesOfUses.count)
        centers.extend(by: placesOfUses.count)
        var use = 0
        for center in centerEnds.indices {
            while use < Int(centerEnds[center]) {
                let place = firstRow + Int(placesOfUses[use]) - 1
                let slot = firstUse + Int(useEnds[place])
                useEnds[place] += 1
                uses[slot] = UInt32(use)
                centers[slot] = UInt16(center)
                use += 1
            }
        }
        placesOfUses.removeAll()
        centerEnds.removeAll()
        rounds.append((rows.count, uses.count))
    }

    /// What the uses of a round ask for; valid until uses are appended.
    func moves(ofRound round: Int) -> SkipGramMoves {
        let start = round == 0 ? (rowEnd: 0, useEnd: 0) : rounds[round - 1]
        return SkipGramMoves(
            rowCount: rounds[round].rowEnd - start.rowEnd, rows: rows.pointer + start.rowEnd,
            useEnds: useEnds.pointer + start.rowEnd, uses: uses.pointer + start.useEnd,
            centers: centers.pointer + start.useEnd)
    }
}
