import Kernels
import Locks
package import Streams
package import Vectors

/// A row and how near it is.
package struct Neighbor: Equatable, Sendable {
    package var row: Int
    /// Cosine, from -1 to 1.
    package var similarity: Float
}

/// Finds the rows of a language that point where a vector does, by looking at all of them.
///
/// Blocks of rows are widened to floats, multiplied by the query and divided by their lengths, so the cosines are right
/// for rows that are not unit, and for 8-bit rows. Memory: one block per worker. The result does not depend on the
/// number of workers.
package struct NeighborSearch: Sendable {
    package let table: VectorTable
    /// Number of the language whose rows are looked at.
    package let language: UInt16

    /// Rows that a worker takes at a time.
    private static let chunkRowCount = 1 << 16
    /// Some tens of KiB of floats, which stay in the nearest cache.
    private static let blockRowCount = 32

    package init(_ table: VectorTable, language: UInt16) {
        self.table = table
        self.language = language
    }

    /// The `count` rows with the largest cosines, largest first; of equal ones the smaller row first.
    ///
    /// - Parameters:
    ///   - query: `[dimension]`, not zero.
    ///   - excluding: A row that is left out: the query's own.
    package func nearest(
        to query: [Float], count: Int, excluding: Int? = nil, threads: ComputeThreads = .single
    ) -> [Neighbor] {
        precondition(query.count == table.dimension, "a query of \(query.count) numbers for \(table.dimension)")
        let chunkCount = (table.rowCount + Self.chunkRowCount - 1) / Self.chunkRowCount
        let found = Locked(BestNeighbors(count: count))
        threads.run(chunkCount) { chunk, _ in
            let start = chunk * Self.chunkRowCount
            var best = BestNeighbors(count: count)
            search(start..<min(start + Self.chunkRowCount, table.rowCount), query, excluding, into: &best)
            found.withLock { for neighbor in best.sorted { $0.insert(neighbor) } }
        }
        return found.withLock { $0.sorted }
    }

    private func search(_ rows: Range<Int>, _ query: [Float], _ excluding: Int?, into best: inout BestNeighbors) {
        let D = table.dimension
        let query = FloatBuffer(query)
        let block = FloatBuffer(count: Self.blockRowCount * D)
        let dots = FloatBuffer(count: Self.blockRowCount), squares = FloatBuffer(count: Self.blockRowCount)
        let querySquare = Kernel.sumOfSquares(count: D, x: query.pointer)
        var numbers: [UInt32] = []
        var next = rows.lowerBound
        while next < rows.upperBound {
            numbers.removeAll(keepingCapacity: true)
            while next < rows.upperBound && numbers.count < Self.blockRowCount {
                if table.language(ofRow: next) == language && next != excluding { numbers.append(UInt32(next)) }
                next += 1
            }
            numbers.withUnsafeBufferPointer { table.gather($0, scale: 1, into: block.pointer, stride: D) }
            Kernel.dotRows(
                rowCount: numbers.count, columnCount: D, x: block.pointer, xStride: D, q: query.pointer,
                dots: dots.pointer, squares: squares.pointer)
            for (index, number) in numbers.enumerated() {
                let similarity = Float(Double(dots[index]) / (Double(squares[index]) * querySquare).squareRoot())
                // A row of zeros points nowhere.
                if similarity.isFinite { best.insert(Neighbor(row: Int(number), similarity: similarity)) }
            }
        }
    }
}

/// The largest of what comes by. A short sorted array: most candidates fail at its last element.
private struct BestNeighbors {
    let count: Int
    private(set) var sorted: [Neighbor] = []

    init(count: Int) { self.count = count }

    mutating func insert(_ neighbor: Neighbor) {
        func precedes(_ other: Neighbor) -> Bool {
            (neighbor.similarity, other.row) > (other.similarity, neighbor.row)
        }
        guard count > 0 else { return }
        if sorted.count == count {
            guard precedes(sorted[count - 1]) else { return }
            sorted.removeLast()
        }
        let place = sorted.lastIndex { !precedes($0) }.map { $0 + 1 } ?? 0
        sorted.insert(neighbor, at: place)
    }
}
