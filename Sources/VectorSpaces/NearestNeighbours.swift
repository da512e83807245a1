import Diagnostics
package import Kernels
import Locks
package import Streams

/// The best candidates of every query, by exhaustive search.
package struct NearestNeighbours: Sendable {
    /// Neighbours of each query: as many as were asked for, or all candidates where there are fewer.
    package let neighbourCount: Int
    /// Numbers of candidates, `[queries, neighbourCount]`, best first; of equal scores the lower number comes first.
    package private(set) var numbers: [UInt32]
    /// Their scores.
    package private(set) var scores: [Float]

    /// Queries that a thread compares at a time, and candidates of one product: 1 MiB of scores, and a candidate's
    /// packing is paid by many queries.
    private static let queryBlock = 1024
    private static let candidateBlock = 256

    /// Compares each query with every candidate; the score is the scalar product, or, with penalties, twice the
    /// scalar product less the candidate's penalty.
    ///
    /// Memory beside the result: some 2 MiB for each thread. The result depends neither on their number nor on the blocks. A
    /// score that is not a number is never among the best.
    ///
    /// - Parameters:
    ///   - queries: Row-major `[queryCount, dimension]`.
    ///   - queryCount: Number of queries.
    ///   - candidates: Row-major `[candidateCount, dimension]`.
    ///   - candidateCount: Number of candidates.
    ///   - dimension: Width of a row.
    ///   - penalties: One number per candidate.
    ///   - neighbourCount: How many of the best to keep, at least 1.
    ///   - threads: What computes.
    /// - Throws: `Failure` when a signal asked to stop.
    package init(
        of queries: FloatBuffer, count queryCount: Int, among candidates: FloatBuffer, count candidateCount: Int,
        dimension: Int, penalties: [Float]? = nil, neighbourCount: Int, threads: ComputeThreads
    ) throws {
        precondition(
            queries.count >= queryCount * dimension && candidates.count >= candidateCount * dimension
                && (penalties?.count ?? candidateCount) == candidateCount && neighbourCount > 0
                && candidateCount < UInt32.max,
            "\(neighbourCount) neighbours of \(queryCount) in \(queries.count) floats, "
                + "\(candidateCount) in \(candidates.count), \(penalties?.count ?? candidateCount) penalties")
        let k = min(neighbourCount, candidateCount)
        let best = Best(queryCount: queryCount, k: k)
        let search = Search(
            queries: queries, candidates: candidates, candidateCount: candidateCount, dimension: dimension,
            penalties: FloatBuffer(penalties ?? [Float](repeating: 0, count: candidateCount)),
            factor: penalties == nil ? 1 : 2, best: best)
        let blockCount = k == 0 ? 0 : (queryCount + Self.queryBlock - 1) / Self.queryBlock
        let scratches = Pool<Scratch>()
        try threads.run(blockCount) { block, _ in
            try Interruption.check("stopped in the search for neighbours, nothing is written")
            let start = block * Self.queryBlock
            scratches.withElement({
                Scratch(dimension, queryBlock: Self.queryBlock, candidateBlock: Self.candidateBlock)
            }) {
                search.run(start..<min(start + Self.queryBlock, queryCount), candidateBlock: Self.candidateBlock, $0)
            }
        }
        self.neighbourCount = k
        numbers = best.numbers
        scores = best.scores.array
    }

    /// The best candidate of a query, or nil when there is none.
    package func first(of query: Int) -> (number: Int, score: Float)? {
        guard neighbourCount > 0, numbers[query * neighbourCount] != .max else { return nil }
        return (Int(numbers[query * neighbourCount]), scores[query * neighbourCount])
    }

    /// The mean of each query's scores, summed in double precision; 0 without candidates.
    package var meanScores: [Float] {
        guard neighbourCount > 0 else { return [Float](repeating: 0, count: scores.count) }
        return stride(from: 0, to: scores.count, by: neighbourCount).map { start in
            Float(scores[start..<start + neighbourCount].reduce(0.0) { $0 + Double($1) } / Double(neighbourCount))
        }
    }
}

/// What a thread works in.
private final class Scratch {
    var packed: PackedMatrix
    let products: FloatBuffer

    init(_ dimension: Int, queryBlock: Int, candidateBlock: Int) {
        packed = PackedMatrix(rowCount: dimension, columnCount: candidateBlock)
        products = FloatBuffer(count: queryBlock * candidateBlock)
    }
}

/// The best so far of all queries. `@unchecked Sendable` holds because each block of queries has its own elements.
private final class Best: @unchecked Sendable {
    let k: Int
    let scores: FloatBuffer
    private let storage: UnsafeMutableBufferPointer<UInt32>

    init(queryCount: Int, k: Int) {
        self.k = k
        scores = FloatBuffer(count: queryCount * k)
        scores.pointer.update(repeating: -.infinity, count: scores.count)
        storage = .allocate(capacity: queryCount * k)
        storage.initialize(repeating: .max)
    }

    deinit { storage.deallocate() }

    var numbers: [UInt32] { Array(storage) }

    /// Takes in `count` products of a query, those with the candidates from `first` on.
    @inline(__always)
    func offer(
        _ products: UnsafePointer<Float>, count: Int, factor: Float, penalties: UnsafePointer<Float>, first: Int,
        query: Int
    ) {
        let scores = scores.pointer + query * k
        let numbers = storage.baseAddress! + query * k
        var worst = scores[k - 1]
        var index = 0
        while true {
            index += Kernel.firstAbove(
                worst, count: count - index, x: products + index, factor: factor, penalties: penalties + index)
            guard index < count else { return }
            let score = factor * products[index] - penalties[index]
            var place = k - 1
            while place > 0 && scores[place - 1] < score {
                scores[place] = scores[place - 1]
                numbers[place] = numbers[place - 1]
                place -= 1
            }
            scores[place] = score
            numbers[place] = UInt32(truncatingIfNeeded: first + index)
            worst = scores[k - 1]
            index += 1
        }
    }
}

private struct Search: Sendable {
    let queries: FloatBuffer
    let candidates: FloatBuffer
    let candidateCount: Int
    let dimension: Int
    let penalties: FloatBuffer
    let factor: Float
    let best: Best

    func run(_ block: Range<Int>, candidateBlock: Int, _ scratch: Scratch) {
        for start in stride(from: 0, to: candidateCount, by: candidateBlock) {
            let count = min(candidateBlock, candidateCount - start)
            scratch.packed.repack(
                candidates.pointer + start * dimension, rowCount: dimension, columnCount: count, rowStride: 1,
                columnStride: dimension)
            Kernel.multiply(
                rowCount: block.count, a: queries.pointer + block.lowerBound * dimension, aRowStride: dimension,
                b: scratch.packed, c: scratch.products.pointer, cStride: candidateBlock)
            for query in block {
                best.offer(
                    scratch.products.pointer + (query - block.lowerBound) * candidateBlock, count: count,
                    factor: factor, penalties: penalties.pointer + start, first: start, query: query)
            }
        }
    }
}
