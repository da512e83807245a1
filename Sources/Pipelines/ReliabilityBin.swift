/// Found entities whose scores lie close together: a point of a reliability diagram.
package struct ReliabilityBin: Codable, Equatable, Sendable {
    package var count: Int
    /// The mean of their scores, and the share of them that is right.
    package var score, right: Double

    package init(count: Int, score: Double, right: Double) {
        (self.count, self.score, self.right) = (count, score, right)
    }
}

extension [ReliabilityBin] {
    package var entityCount: Int { reduce(0) { $0 + $1.count } }

    /// The expected calibration error (Guo et al. 2017, section 2): how far scores are from the share that is right, as the
    /// mean over the entities of the distances of their bins; nil without an entity.
    package var calibrationError: Double? { meanDistance { abs($0) } }

    /// The mean score less the share that is right; above 0 a model is too sure. Nil without an entity.
    package var overconfidence: Double? { meanDistance { $0 } }

    private func meanDistance(_ distance: (Double) -> Double) -> Double? {
        guard entityCount > 0 else { return nil }
        return reduce(0) { $0 + Double($1.count) * distance($1.score - $1.right) } / Double(entityCount)
    }
}
