import Kernels
import NERPipeTesting
import Testing

@testable import VectorSpaces

struct NearestNeighboursTests {
    /// Small whole numbers: the products are exact, and many are equal.
    func wholeNumbers(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in Float(Int.random(in: -2...2, using: &random)) }
    }

    /// All candidates sorted by score and then by number.
    func plain(_ queries: [Float], _ candidates: [Float], _ D: Int, penalties: [Float]?, k: Int) -> [[UInt32]] {
        let N = candidates.count / D
        return (0..<queries.count / D).map { query in
            let scores = (0..<N).map { n in
                let product = (0..<D).reduce(Float(0)) { $0 + queries[query * D + $1] * candidates[n * D + $1] }
                return penalties.map { 2 * product - $0[n] } ?? product
            }
            return (0..<N).sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(k).map { UInt32($0) }
        }
    }

    /// Fewer candidates than neighbours, blocks filled exactly and not, one and many queries.
    @Test(arguments: [(1, 3, 5), (7, 256, 10), (33, 700, 10), (1025, 300, 3), (5, 0, 2), (0, 4, 2)])
    func findsWhatSortingFinds(_ queryCount: Int, _ candidateCount: Int, _ k: Int) throws {
        let D = 6
        var random = SeededGenerator(seed: UInt64(candidateCount + k))
        let queries = wholeNumbers(queryCount * D, &random), candidates = wholeNumbers(candidateCount * D, &random)
        for penalties in [nil, wholeNumbers(candidateCount, &random)] {
            let expected = plain(queries, candidates, D, penalties: penalties, k: k)
            for jobs in [1, 3] {
                let found = try NearestNeighbours(
                    of: FloatBuffer(queries), count: queryCount, among: FloatBuffer(candidates), count: candidateCount,
                    dimension: D, penalties: penalties, neighbourCount: k, threads: .of(jobs))
                #expect(found.neighbourCount == min(k, candidateCount))
                #expect(found.numbers == expected.flatMap { $0 })
                #expect(found.scores.count == found.numbers.count)
            }
        }
    }

    /// Both directions from the same products, with many equal scores, whichever thread sees which rows.
    @Test(arguments: [(1, 3, 5), (7, 256, 10), (700, 33, 10), (1025, 300, 3), (900, 900, 10), (5, 0, 2), (0, 4, 2)])
    func bothDirectionsAreThoseOfTwoSearches(_ count: Int, _ otherCount: Int, _ k: Int) throws {
        let D = 6
        var random = SeededGenerator(seed: UInt64(count + k))
        let rows = FloatBuffer(wholeNumbers(count * D, &random)),
            others = FloatBuffer(wholeNumbers(otherCount * D, &random))
        if count > 2 && otherCount > 2 { (rows[0], others[D]) = (.nan, .infinity) }
        func search(_ a: FloatBuffer, _ n: Int, _ b: FloatBuffer, _ m: Int) throws -> NearestNeighbours {
            try NearestNeighbours(of: a, count: n, among: b, count: m, dimension: D, neighbourCount: k, threads: .of(1))
        }
        let forward = try search(rows, count, others, otherCount),
            backward = try search(others, otherCount, rows, count)
        for jobs in [1, 3] {
            let found = try NearestNeighbours.mutual(
                of: rows, count: count, and: others, count: otherCount, dimension: D, neighbourCount: k,
                threads: .of(jobs))
            #expect(found.first.numbers == forward.numbers && found.second.numbers == backward.numbers)
            #expect(found.first.scores == forward.scores && found.second.scores == backward.scores)
        }
    }

    @Test func scoresAndMeansAreThoseOfTheNeighbours() throws {
        let found = try NearestNeighbours(
            of: FloatBuffer([1, 2]), count: 1, among: FloatBuffer([1, 0, 0, 1, 1, 1, -1, 0]), count: 4, dimension: 2,
            penalties: [0, 0, 4, -1], neighbourCount: 3, threads: .of(1))
        #expect(found.numbers == [1, 0, 2])
        #expect(found.scores == [4, 2, 2])
        #expect(found.meanScores == [Float(8.0 / 3)])
        #expect(found.first(of: 0)?.number == 1)
    }

    @Test func whatIsNotANumberIsNobodysNeighbour() throws {
        let found = try NearestNeighbours(
            of: FloatBuffer([1, .nan]), count: 2, among: FloatBuffer([.nan, -3, 2]), count: 3, dimension: 1,
            neighbourCount: 2, threads: .of(1))
        #expect(Array(found.numbers[..<2]) == [2, 1])
        #expect(found.first(of: 1) == nil)
    }
}
