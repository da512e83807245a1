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
/// Rows are multiplied by the query as they lie in the table and divided by their lengths, so the cosines are right for
/// rows that are not unit, and for 8-bit rows. Memory: one block per worker. The result does not depend on the number of
/// workers.
package struct NeighborSearch: Sendable {
    package let table: VectorTable
    /// Number of the language whose rows are looked at.
    package let language: UInt16

    /// Rows that a worker takes at a time.
    private static let chunkRowCount = 1 << 16
    /// Rows that are multiplied in one call, and passed over in one look when none of them is near enough.
    private static let blockRowCount = 64

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
        let query = FloatBuffer(query)
        let block = FloatBuffer(count: Self.blockRowCount * table.dimension)
        let dots = FloatBuffer(count: Self.blockRowCount), squares = FloatBuffer(count: Self.blockRowCount)
        let querySquare = Kernel.sumOfSquares(count: table.dimension, x: query.pointer)
        var rest = rows
        while let run = table.firstRun(ofLanguage: language, in: rest, count: Self.blockRowCount) {
            rest = run.upperBound..<rows.upperBound
            table.dot(run, query.pointer, block: block.pointer, dots: dots.pointer, squares: squares.pointer)
            guard best.mayTake(dots.pointer, squares.pointer, count: run.count, querySquare: querySquare) else {
                continue
            }
            for (index, row) in run.enumerated() where row != excluding {
                let similarity = Float(Double(dots[index]) / (Double(squares[index]) * querySquare).squareRoot())
                // A row of zeros points nowhere.
                if similarity.isFinite { best.insert(Neighbor(row: row, similarity: similarity)) }
            }
        }
    }
}

/// The largest of what comes by. A short sorted array: most candidates fail at its last element.
private struct BestNeighbors {
    let count: Int
    private(set) var sorted: [Neighbor] = []

    init(count: Int) { self.count = count }

    /// False when none of some rows, each given by its product with the query and its own sum of squares, is among the
    /// best: without a root and a division for each.
    ///
    /// A cosine is at least `last` when the product is above 0 and its square at least `last^2` times those of both
    /// lengths. One product on either side is rounded, and rounding changes no order: only `bound` has to be on the safe side.
    ///
    /// - Parameter count: Both buffers are read up to a multiple of 8.
    func mayTake(
        _ dots: UnsafePointer<Float>, _ squares: UnsafePointer<Float>, count: Int, querySquare: Double
    ) -> Bool {
        guard self.count > 0, sorted.count == self.count, sorted[self.count - 1].similarity > 0 else { return true }
        let last = Double(sorted[self.count - 1].similarity)
        let bound = max(0, Float(last * last * querySquare * (1 - 1e-6)).nextDown)
        // What lies behind the last row is from other rows: at worst these are looked at in vain.
        var isNear = SIMDMask<SIMD8<Int32>>(repeating: false)
        for index in stride(from: 0, to: count, by: 8) {
            let dots = UnsafeRawPointer(dots + index).loadUnaligned(as: SIMD8<Float>.self)
            let squares = UnsafeRawPointer(squares + index).loadUnaligned(as: SIMD8<Float>.self)
            isNear .|= (dots .> 0) .& (dots * dots .>= squares * bound)
        }
        return any(isNear)
    }

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
