import Kernels
import Streams

/// Cross-domain similarity local scaling: `2 cos(x, y) - r(x) - r(y)`, where `r` of a word is its mean cosine with its
/// nearest words in the other space, so that words that are near to everything stop being everybody's neighbour
/// (Conneau et al. 2018, "Word translation without parallel data", section 2.3).
package enum CSLS {
    /// Neighbours in a mean, in the paper and here.
    package static let neighbourCount = 10

    /// `r` of each of the first `count` rows of `space`, in their order, among the first `otherCount` of `other`.
    static func meanSimilarities(
        of space: FloatBuffer, _ count: Int, among other: FloatBuffer, _ otherCount: Int, dimension: Int,
        threads: ComputeThreads
    ) throws -> [Float] {
        try NearestNeighbours(
            of: space, count: count, among: other, count: otherCount, dimension: dimension,
            neighbourCount: neighbourCount, threads: threads
        ).meanScores
    }

    /// `r` of the first rows of either space among those of the other.
    static func meanSimilarities(
        of space: FloatBuffer, _ count: Int, and other: FloatBuffer, _ otherCount: Int, dimension: Int,
        threads: ComputeThreads
    ) throws -> (of: [Float], other: [Float]) {
        let (first, second) = try NearestNeighbours.mutual(
            of: space, count: count, and: other, count: otherCount, dimension: dimension,
            neighbourCount: neighbourCount, threads: threads)
        return (first.meanScores, second.meanScores)
    }

    /// What the two spaces say of each other.
    struct MutualNeighbours {
        /// Rows that are each other's nearest by CSLS, in the order of the source rows.
        var pairs: [TranslationPair] = []
        /// Mean cosine between a source row and its nearest target row by CSLS, where both are among the first 10,000:
        /// the criterion of section 2.4, which needs no dictionary.
        var meanCosine = 0.0
    }

    /// Words of either language that the criterion looks at.
    private static let criterionWordCount = 10_000

    /// The first rows of two spaces; unit vectors, row-major, the source rows already mapped.
    struct Rows {
        var source: FloatBuffer
        var sourceCount: Int
        var target: FloatBuffer
        var targetCount: Int
        var dimension: Int
    }

    /// Finds the neighbours of the first `wordCount` rows of either side among all, and keeps the pairs whose words are
    /// both among these.
    static func mutualNeighbours(in rows: Rows, wordCount: Int, threads: ComputeThreads) throws -> MutualNeighbours {
        let (N, M, D) = (rows.sourceCount, rows.targetCount, rows.dimension)
        let (sourceMeans, targetMeans) = try meanSimilarities(
            of: rows.source, N, and: rows.target, M, dimension: D, threads: threads)
        // The mean of the query itself is the same for all its candidates and decides nothing.
        let forward = try NearestNeighbours(
            of: rows.source, count: min(N, wordCount), among: rows.target, count: M, dimension: D,
            penalties: targetMeans, neighbourCount: 1, threads: threads)
        let backward = try NearestNeighbours(
            of: rows.target, count: min(M, wordCount), among: rows.source, count: N, dimension: D,
            penalties: sourceMeans, neighbourCount: 1, threads: threads)
        var result = MutualNeighbours()
        var cosines = 0.0
        var counted = 0
        for word in 0..<min(N, wordCount) {
            guard let (nearest, score) = forward.first(of: word) else { continue }
            if word < criterionWordCount && nearest < criterionWordCount {
                cosines += Double(score + targetMeans[nearest]) / 2
                counted += 1
            }
            if nearest < min(M, wordCount), backward.first(of: nearest)?.number == word {
                result.pairs.append(.init(source: word, target: nearest))
            }
        }
        result.meanCosine = cosines / Double(max(1, counted))
        return result
    }
}
