import Kernels

/// Cross-domain similarity local scaling: `2 cos(x, y) - r(x) - r(y)`, where `r` of a word is its mean cosine with its
/// nearest words in the other space, so that words that are near to everything stop being everybody's neighbour
/// (Conneau et al. 2018, "Word translation without parallel data", section 2.3).
package enum CSLS {
    /// Neighbours in a mean, in the paper and here.
    package static let neighbourCount = 10

    /// `r` of each of the first `count` rows of `space`, in their order, among the first `otherCount` of `other`.
    static func meanSimilarities(
        of space: FloatBuffer, _ count: Int, among other: FloatBuffer, _ otherCount: Int, dimension: Int, jobs: Int
    ) throws -> [Float] {
        try NearestNeighbours(
            of: space, count: count, among: other, count: otherCount, dimension: dimension,
            neighbourCount: neighbourCount, jobs: jobs
        ).meanScores
    }

    /// What the two spaces say of each other.
    struct MutualNeighbours {
        /// Rows that are each other's nearest by CSLS, in the order of the source rows.
        var pairs: [TranslationPair] = []
        /// Mean cosine between a source row, of the first 10,000, and its nearest target row by CSLS: the criterion of
        /// section 2.4, which needs no dictionary.
        var meanCosine = 0.0
    }

    /// Source words that the criterion looks at.
    private static let criterionWordCount = 10_000

    /// Rows are unit vectors, row-major, the source rows already mapped.
    static func mutualNeighbours(
        _ source: FloatBuffer, _ sourceCount: Int, _ target: FloatBuffer, _ targetCount: Int, dimension: Int, jobs: Int
    ) throws -> MutualNeighbours {
        let sourceMeans = try meanSimilarities(
            of: source, sourceCount, among: target, targetCount, dimension: dimension, jobs: jobs)
        let targetMeans = try meanSimilarities(
            of: target, targetCount, among: source, sourceCount, dimension: dimension, jobs: jobs)
        // The mean of the query itself is the same for all its candidates and decides nothing.
        let forward = try NearestNeighbours(
            of: source, count: sourceCount, among: target, count: targetCount, dimension: dimension,
            penalties: targetMeans, neighbourCount: 1, jobs: jobs)
        let backward = try NearestNeighbours(
            of: target, count: targetCount, among: source, count: sourceCount, dimension: dimension,
            penalties: sourceMeans, neighbourCount: 1, jobs: jobs)
        var result = MutualNeighbours()
        var cosines = 0.0
        var counted = 0
        for row in 0..<sourceCount {
            guard let (nearest, score) = forward.first(of: row) else { continue }
            if row < criterionWordCount {
                cosines += Double(score + targetMeans[nearest]) / 2
                counted += 1
            }
            if backward.first(of: nearest)?.number == row { result.pairs.append(.init(source: row, target: nearest)) }
        }
        result.meanCosine = cosines / Double(max(1, counted))
        return result
    }
}
