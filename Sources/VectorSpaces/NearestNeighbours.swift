import Diagnostics
package import Kernels
package import Streams

/// The best candidates of every query, by exhaustive search.
package struct NearestNeighbours: Sendable {
    /// Neighbours of each query: as many as were asked for, or all candidates where there are fewer.
    package let neighbourCount: Int
    /// Numbers of candidates, `[queries, neighbourCount]`, best first; of equal scores the lower number comes first.
    package let numbers: [UInt32]
    /// Their scores.
    package let scores: [Float]

    /// Compares each query with every candidate; the score is the scalar product, or, with penalties, twice the
    /// scalar product less the candidate's penalty.
    ///
    /// Memory beside the result: some hundreds of KiB for each thread (``ProductBlocks``). The result depends neither on
    /// their number nor on the blocks. A score that is not a number is never among the best.
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
            (penalties?.count ?? candidateCount) == candidateCount && neighbourCount > 0,
            "\(neighbourCount) neighbours, \(candidateCount) candidates, \(penalties?.count ?? candidateCount) penalties"
        )
        let best = BestCandidates(queryCount: queryCount, k: min(neighbourCount, candidateCount))
        let factor: Float = penalties == nil ? 1 : 2
        let penalties = FloatBuffer(penalties ?? [Float](repeating: 0, count: candidateCount))
        let blocks = ProductBlocks(
            rows: queries, count: queryCount, columns: candidates, count: candidateCount, dimension: dimension)
        try blocks.forEachRow(threads) { query, candidates, products, _ in
            best.offer(
                products, candidates, factor: factor, penalties: penalties.pointer + candidates.lowerBound, query: query
            )
        }
        self.init(best)
    }

    /// The neighbours of the first rows among the second, and those of the second among the first, from the same
    /// products: half the work of two searches, with the same result.
    ///
    /// Memory beside the results and the blocks: for each thread the neighbours of the second rows that it has found,
    /// `8 * neighbourCount + 4` bytes each.
    package static func mutual(
        of first: FloatBuffer, count firstCount: Int, and second: FloatBuffer, count secondCount: Int, dimension: Int,
        neighbourCount: Int, threads: ComputeThreads
    ) throws -> (first: NearestNeighbours, second: NearestNeighbours) {
        precondition(neighbourCount > 0, "\(neighbourCount) neighbours")
        let forward = BestCandidates(queryCount: firstCount, k: min(neighbourCount, secondCount))
        let backward = (0..<threads.count).map { _ in
            ColumnBests(queryCount: secondCount, k: min(neighbourCount, firstCount))
        }
        let blocks = ProductBlocks(
            rows: first, count: firstCount, columns: second, count: secondCount, dimension: dimension)
        try blocks.forEachRow(threads) { query, candidates, products, thread in
            backward[thread].offer(products, candidates, of: query, forward)
        }
        for other in backward.dropFirst() { backward[0].merge(other) }
        return (.init(forward), .init(backward[0].best))
    }

    private init(_ best: BestCandidates) {
        neighbourCount = best.k
        numbers = Array(best.numbers)
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
