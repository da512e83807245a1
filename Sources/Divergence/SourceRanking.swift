import Glibc

/// Which source a target should learn from, by what can be known without labels of the target.
///
/// `strength + sum of weight * (what a measure says - its mean) / its deviation`, in standard deviations of a target's sources. The constants are a
/// ridge regression on Masakhane's ranks of 42 sources for 42 targets (Adelani et al. 2022; six with damaged text left out), with an effect of each
/// source, by `pipelines/ranking`; its README has the figures and how they were found: predicted for families whose targets were not
/// learnt from, Spearman and how often the best source is among the first three.
package struct SourceRanking: Sendable {
    /// A measure in the score.
    package struct Part: Sendable, Equatable {
        package let name: String
        package let points: Double
    }

    package struct Entry: Sendable, Equatable {
        package let source: String
        package let parts: [Part]
        package var points: Double { parts.reduce(0) { $0 + $1.points } }
    }

    /// What is known of one source and the target.
    package struct Evidence: Sendable {
        package var source: String
        package var jaccard: Double
        /// Type-token ratio of the source over that of the target.
        package var ratio: Double
        /// Of the table of typology: the set `geo`; nil without.
        package var geographicDistance: Double?
        /// How well the source teaches others, more is better, in any unit.
        package var strength: Double?

        package init(
            source: String, jaccard: Double, ratio: Double, geographicDistance: Double? = nil, strength: Double? = nil
        ) {
            (self.source, self.jaccard, self.ratio) = (source, jaccard, ratio)
            (self.geographicDistance, self.strength) = (geographicDistance, strength)
        }
    }

    /// Best first; of equal points in the order of the names.
    package let entries: [Entry]
    /// What of the evidence was not there for every source, and does not count.
    package let missing: [String]

    private struct Term {
        var weight, mean, deviation: Double
        func points(_ value: Double) -> Double { weight * (value - mean) / deviation }
    }

    /// - Parameter strengths: Of all sources of which one is known, those that are not compared too: their mean and deviation are the unit.
    package init(_ evidence: [Evidence], strengths: [Double] = []) {
        let hasPlace = evidence.allSatisfy { $0.geographicDistance != nil }
        let mean = strengths.reduce(0, +) / Double(max(1, strengths.count))
        let deviation =
            (strengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, strengths.count))).squareRoot()
        let hasStrength = deviation > 0 && evidence.allSatisfy { $0.strength != nil }
        missing = (hasStrength ? [] : ["strength"]) + (hasPlace ? [] : ["place"])
        let model = Model(strength: hasStrength, place: hasPlace)
        entries = evidence.map { one in
            var parts = [
                Part(name: "words", points: model.words.points(log(one.jaccard + Self.smallest))),
                Part(name: "variety", points: model.variety.points(-abs(log(max(one.ratio, 1e-9))))),
            ]
            if hasPlace, let distance = one.geographicDistance {
                parts.append(Part(name: "place", points: model.place.points(-distance)))
            }
            if hasStrength, let strength = one.strength {
                parts.append(Part(name: "strength", points: model.strengthWeight * (strength - mean) / deviation))
            }
            return Entry(source: one.source, parts: parts)
        }.sorted { ($1.points, $0.source) < ($0.points, $1.source) }
    }

    /// Added to an overlap before its logarithm is taken: some forty of the words of a short text.
    package static let smallest = 0.002

    /// How well such a score predicts ranks: mean Spearman over targets, and the share of targets whose best source is among the first three.
    package static func validation(missing: [String]) -> (correlation: Double, first: Double) {
        switch (missing.contains("strength"), missing.contains("place")) {
        case (false, false): (0.701, 0.47)
        case (false, true): (0.654, 0.33)
        case (true, false): (0.434, 0.42)
        case (true, true): (0.407, 0.39)
        }
    }

    /// What was fitted; without the strength of sources, and without their place, other weights are best.
    private struct Model {
        var words, variety, place: Term
        var strengthWeight: Double

        init(strength: Bool, place hasPlace: Bool) {
            let weights: (Double, Double, Double, Double) =
                switch (strength, hasPlace) {
                case (true, true): (0.291, 0.181, 0.242, 0.581)
                case (true, false): (0.430, 0.183, 0, 0.569)
                case (false, true): (0.365, 0.201, 0.159, 0)
                case (false, false): (0.404, 0.204, 0, 0)
                }
            words = Term(weight: weights.0, mean: -4.859, deviation: 0.866)
            variety = Term(weight: weights.1, mean: -0.431, deviation: 0.299)
            place = Term(weight: weights.2, mean: -0.055, deviation: 0.048)
            strengthWeight = weights.3
        }
    }
}
