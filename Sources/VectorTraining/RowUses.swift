import Kernels

/// The uses of rows in a round, those of one row together and in their order.
///
/// `@unchecked Sendable`: one thread fills and groups it, then any number may read.
final class RowUses: @unchecked Sendable {
    private static let digitBits = 11

    private(set) var rowCount = 0
    private var useCount = 0
    private var rows: [UInt32] = []
    private var useEnds: [UInt32] = []
    private var uses: [UInt32] = []
    private var centers: [UInt32] = []
    /// Row in the high half, number of the use in the low half.
    private var keys: [UInt64] = []
    private var spare: [UInt64] = []

    /// Takes the uses of a round and puts those of a row together.
    ///
    /// - Parameters:
    ///   - count: Uses.
    ///   - limit: Every row is below it.
    ///   - body: Calls its argument with row and center of every use.
    func fill(count: Int, limit: Int, _ body: ((_ row: UInt32, _ center: Int) -> Void) -> Void) {
        if keys.count < count {
            let size = max(count, 2 * keys.count)
            keys = [UInt64](repeating: 0, count: size)
            centers = [UInt32](repeating: 0, count: size)
            (spare, rows, useEnds, uses) = (keys, centers, centers, centers)
        }
        useCount = count
        keys.withUnsafeMutableBufferPointer { keys in
            centers.withUnsafeMutableBufferPointer { centers in
                var use = 0
                body { row, center in
                    keys[use] = UInt64(row) << 32 | UInt64(use)
                    centers[use] = UInt32(truncatingIfNeeded: center)
                    use += 1
                }
                precondition(use == count, "\(use) uses instead of \(count)")
            }
        }
        group(limit: limit)
    }

    /// Sorts the keys by row, stably, by digits, from the last one on.
    private func group(limit: Int) {
        let rowBits = Int.bitWidth - max(0, limit - 1).leadingZeroBitCount
        var isSpare = false
        keys.withUnsafeMutableBufferPointer { keys in
            spare.withUnsafeMutableBufferPointer { spare in
                for shift in stride(from: 32, to: 32 + rowBits, by: Self.digitBits) {
                    Self.sort(isSpare ? spare : keys, count: useCount, into: isSpare ? keys : spare, shift: shift)
                    isSpare.toggle()
                }
                collect(UnsafeBufferPointer(rebasing: (isSpare ? spare : keys)[..<useCount]))
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
