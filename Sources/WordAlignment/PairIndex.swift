import Kernels
import Streams

/// Numbers of the word pairs that meet in some line, from 1, those that meet first in front; 0 is the number of pairs for which there was no room.
///
/// Most pairs of words meet once. Numbered so, what is kept of them lies in the order of the lines, and is read from one end to
/// the other. The pairs of a source word belong to one of a few tables, each of which is filled by one thread; which one that is
/// changes no number.
///
/// `@unchecked Sendable`: a table is used by one thread at a time while it is filled.
final class PairIndex: @unchecked Sendable {
    static let tableCount = 4
    /// The largest power of two of slots whose numbers are `UInt32`s.
    static let largestSlotCount = 1 << 31

    private let tables: [PairTable]

    /// - Parameter maximumSlotCount: Of all tables, see ``PairTable``.
    init(maximumSlotCount: Int) {
        tables = (0..<Self.tableCount).map { _ in
            PairTable(maximumSlotCount: max(1, maximumSlotCount / Self.tableCount))
        }
    }

    /// Every number is below it; not every number below it is one.
    var end: Int { (tables.map(\.count).max() ?? 0) * Self.tableCount + 1 }

    /// Times that a pair found no room.
    var refusedCount: Int { tables.reduce(0) { $0 + $1.refusedCount } }

    /// Pairs of each table, by which ``isNumber(_:_:)`` tells.
    var counts: [Int] { tables.map(\.count) }

    static func isNumber(_ number: Int, _ counts: [Int]) -> Bool {
        number > 0 && (number - 1) / tableCount < counts[(number - 1) % tableCount]
    }

    /// Numbers the pairs of a table in the lines of a block, and gives a number to those that have none.
    func insert(_ block: PairedLines, table number: Int) {
        let table = tables[number]
        forEachWord(of: block, number) { source, targets, cells in
            table.bringNear(source, targets)
            for (j, target) in targets.enumerated() { cells[j] = Self.number(table.insert(source, target), number) }
        }
    }

    /// Numbers the pairs that have a number.
    func find(_ lines: EncodedLines) -> PairedLines {
        let block = PairedLines(lines)
        for (number, table) in tables.enumerated() {
            forEachWord(of: block, number) { source, targets, cells in
                table.bringNear(source, targets)
                for (j, target) in targets.enumerated() { cells[j] = Self.number(table.find(source, target), number) }
            }
        }
        return block
    }

    /// Calls `body` with every pair and its number, in no order, on all threads.
    func forEach(
        _ threads: ComputeThreads, _ body: @Sendable (_ number: Int, _ source: UInt32, _ target: UInt32) -> Void
    ) {
        threads.run(Self.tableCount) { table, _ in
            tables[table].forEach { body(Int(Self.number(UInt32($0), table)), $1, $2) }
        }
    }

    @inline(__always)
    private static func number(_ local: UInt32?, _ table: Int) -> UInt32 {
        local.map { $0 * UInt32(tableCount) + UInt32(table) + 1 } ?? 0
    }

    /// Calls `body` with every source word of a table, the target words of its line and the cells of its pairs.
    @inline(__always)
    private func forEachWord(
        of block: PairedLines, _ table: Int,
        _ body: (UInt32, _ targets: UnsafeBufferPointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>) -> Void
    ) {
        let lines = block.lines
        lines.source.withUnsafeBufferPointer { source in
            lines.target.withUnsafeBufferPointer { target in
                var cell = 0
                for line in 0..<lines.lineCount {
                    let targets = UnsafeBufferPointer(rebasing: target[lines.targetRange(line)])
                    for word in source[lines.sourceRange(line)] {
                        if Int(word &* 0x9E37_79B9 >> 16) % Self.tableCount == table {
                            body(word, targets, block.cells.pointer + cell)
                        }
                        cell += targets.count
                    }
                }
            }
        }
    }
}
