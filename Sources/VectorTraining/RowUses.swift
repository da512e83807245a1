import Kernels

/// The uses of rows in a round, those of one row together and in their order.
///
/// `@unchecked Sendable`: one thread fills and groups it, then any number may read.
final class RowUses: @unchecked Sendable {
    private static let digitBits = 11

    private(set) var rowCount = 0
    private var rows: [UInt32] = []
    private var useEnds: [UInt32] = []
    private var uses: [UInt32] = []
    private var centers: [UInt32] = []
    /// Row in the high half, number of the use in the low half.
    private var keys: [UInt64] = []
    private var spare: [UInt64] = []

    func removeAll() {
        keys.removeAll(keepingCapacity: true)
        centers.removeAll(keepingCapacity: true)
    }

    func append(row: UInt32, center: Int) {
        keys.append(UInt64(row) << 32 | UInt64(keys.count))
        centers.append(UInt32(truncatingIfNeeded: center))
    }

    /// Sorts them by row, stably (by digits, from the last one on).
    ///
    /// - Parameter limit: Every row is below it.
    func group(limit: Int) {
        let rowBits = Int.bitWidth - max(0, limit - 1).leadingZeroBitCount
        if spare.count < keys.count { spare = [UInt64](repeating: 0, count: max(keys.count, 2 * spare.count)) }
        var isSpare = false
        keys.withUnsafeMutableBufferPointer { keys in
            spare.withUnsafeMutableBufferPointer { spare in
                for shift in stride(from: 32, to: 32 + rowBits, by: Self.digitBits) {
                    Self.sort(isSpare ? spare : keys, count: keys.count, into: isSpare ? keys : spare, shift: shift)
                    isSpare.toggle()
                }
                collect(UnsafeBufferPointer(rebasing: (isSpare ? spare : keys)[..<keys.count]))
            }
        }
    }

    private static func sort(
        _ keys: UnsafeMutableBufferPointer<UInt64>, count: Int, into sorted: UnsafeMutableBufferPointer<UInt64>,
        shift: Int
    ) {
        let mask = UInt64(1 << digitBits - 1)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << digitBits) { places in
            places.initialize(repeating: 0)
            for index in 0..<count { places[Int(keys[index] >> UInt64(shift) & mask)] += 1 }
            var sum = 0
            for digit in places.indices { (places[digit], sum) = (sum, sum + places[digit]) }
            for index in 0..<count {
                let digit = Int(keys[index] >> UInt64(shift) & mask)
                sorted[places[digit]] = keys[index]
                places[digit] += 1
            }
        }
    }

    private func collect(_ keys: UnsafeBufferPointer<UInt64>) {
        if uses.count < keys.count {
            let size = max(keys.count, 2 * uses.count)
            rows = [UInt32](repeating: 0, count: size)
            (useEnds, uses) = (rows, rows)
        }
        rowCount = 0
        rows.withUnsafeMutableBufferPointer { rows in
            useEnds.withUnsafeMutableBufferPointer { useEnds in
                uses.withUnsafeMutableBufferPointer { uses in
                    var count = 0
                    for (index, key) in keys.enumerated() {
                        let row = UInt32(key >> 32)
                        if count == 0 || rows[count - 1] != row {
                            rows[count] = row
                            count += 1
                        }
                        uses[index] = UInt32(truncatingIfNeeded: key)
                        useEnds[count - 1] = UInt32(index + 1)
                    }
                    rowCount = count
                }
            }
        }
    }

    func withMoves(_ body: (SkipGramMoves) -> Void) {
        rows.withUnsafeBufferPointer { rows in
            useEnds.withUnsafeBufferPointer { useEnds in
                uses.withUnsafeBufferPointer { uses in
                    centers.withUnsafeBufferPointer { centers in
                        guard let rows = rows.baseAddress, let useEnds = useEnds.baseAddress,
                            let uses = uses.baseAddress, let centers = centers.baseAddress
                        else { return }
                        body(SkipGramMoves(rows: rows, useEnds: useEnds, uses: uses, centers: centers))
                    }
                }
            }
        }
    }
}
