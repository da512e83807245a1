import Glibc

/// How far the words of a target are from those of a source, by two profiles; names and formulas as in the literature on transfer (METHODS 9.1).
package struct LexicalMeasures: Sendable {
    /// A number, and how sure it is.
    package struct Value: Sendable, Equatable, Encodable {
        package var value: Double
        /// Standard error of a sketch; 0 when it is exact.
        package var error = 0.0
        /// What a sketch knows of the true number when its error has one sign: `at least`, `at most`.
        package var bound: String?

        package init(_ value: Double, error: Double = 0, bound: String? = nil) {
            (self.value, self.error, self.bound) = (value, error, bound)
        }

        /// Of what has none.
        package static let undefined = Value(.nan)
        package var isUndefined: Bool { value.isNaN }

        private enum CodingKeys: CodingKey { case value, error, bound }

        /// JSON has no name for what is not defined but `null`.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            if isUndefined {
                try container.encodeNil(forKey: .value)
            } else {
                try container.encode(value, forKey: .value)
            }
            try container.encode(error, forKey: .error)
            try container.encodeIfPresent(bound, forKey: .bound)
        }
    }

    /// Distinct words.
    package private(set) var sourceTypes = Value(0), targetTypes = Value(0)
    /// `|S and T| / |S or T|` of distinct words.
    package private(set) var jaccard = Value(0)
    /// `|S and T| / (|S| + |T|)` (Lin et al. 2019, LangRank).
    package private(set) var wordOverlap = Value(0)
    /// The share of the target's distinct words that the source has.
    package private(set) var typeCoverage = Value(0)
    /// The share of the target's running words that the source has.
    package private(set) var tokenCoverage = Value(0)
    /// `sum of min(p_S(w), p_T(w))`: one less the total variation distance of word frequencies.
    package private(set) var frequencyOverlap = Value(0)
    /// Divergence of character n-grams of words, orders 1 to 4, bits.
    package private(set) var jensenShannon = Value(0)
    /// `(1 - TTR_S / TTR_T)^2` of the type-token ratios (LangRank).
    package private(set) var ratioDistance = Value(0)
    /// Type-token ratio of the source over that of the target; 0 when one has no word.
    package private(set) var ratio = 0.0
    /// The share of the target's words that are written in the source's script.
    package private(set) var sameScript = Value(0)
    /// N-grams of running text, where both texts counted them; ``RunningNGrams/Divergence``.
    package private(set) var running: RunningNGrams.Divergence?
    /// Whether n-grams of running text are sketched, which makes their divergence smaller.
    package private(set) var isSketch = false
    /// Pieces, where both texts were cut.
    package private(set) var pieces: PieceCounts.Comparison?

    /// Distance of the n-grams: the square root of their divergence, a metric (Endres and Schindelin 2003).
    package var ngramDistance: Value {
        let root = jensenShannon.value.squareRoot()
        return Value(root, bound: jensenShannon.bound)
    }

    /// - Parameters:
    ///   - number: Which of the texts of the target's `foundIn` the source is; for sketches.
    ///   - seed: Of resamples.
    package init(source: TextProfile, target: TextProfile, number: Int, seed: UInt64 = 1) {
        let source = source.completed, target = target.completed
        if let first = source.running, let second = target.running { running = first.divergence(second, seed: seed) }
        if let first = source.pieces, let second = target.pieces {
            pieces = PieceCounts.compare(source: first, target: second)
        }
        let words = (source.wordCount, target.wordCount)
        if let script = source.scripts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key, words.1 > 0 {
            sameScript = Value(Double(target.scripts[script] ?? 0) / Double(words.1))
        }
        switch (source.contents, target.contents) {
        case (.exact(let s, let sGrams), .exact(let t, let tGrams)):
            let both = t.meeting(s)
            (sourceTypes, targetTypes) = (Value(Double(s.count)), Value(Double(t.count)))
            jaccard = Value(Self.share(both.types, s.count + t.count - both.types))
            typeCoverage = Value(Self.share(both.types, t.count))
            tokenCoverage = Value(Self.share(both.tokens, t.total))
            frequencyOverlap = Value(s.overlap(t))
            jensenShannon = Value(sGrams.jensenShannon(tGrams))
        case (.sketch(let s, let sCounts, let filter, let sGrams), .sketch(let t, let tCounts, _, let tGrams)):
            isSketch = true
            let meeting = s.meeting(t), types = (s.distinct, t.distinct)
            sourceTypes = Value(types.0.count, error: types.0.error)
            targetTypes = Value(types.1.count, error: types.1.error)
            let shared = meeting.share(meeting.both, of: meeting.union)
            jaccard = Value(shared.value, error: shared.error)
            let known = meeting.share(meeting.both, of: meeting.second)
            typeCoverage = Value(known.value, error: known.error)
            // Strangers that the filter takes for words of the source are taken out again.
            let rate = filter.falsePositiveRate, seen = Self.share(target.found[number], words.1)
            tokenCoverage = Value(
                max(0, (seen - rate) / (1 - rate)),
                error: (rate * (1 - seen) / Double(max(1, words.1))).squareRoot() + rate * 0.1)
            frequencyOverlap = Value(sCounts.overlap(tCounts), bound: "at most")
            jensenShannon = Value(sGrams.jensenShannon(tGrams), bound: "at least")
        default: preconditionFailure("an exact profile and a sketch are not compared")
        }
        wordOverlap = Value(
            jaccard.value / (1 + jaccard.value), error: jaccard.error / pow(1 + jaccard.value, 2))
        if words.0 > 0, words.1 > 0, targetTypes.value > 0 {
            ratio = sourceTypes.value / Double(words.0) / (targetTypes.value / Double(words.1))
            ratioDistance = Value((1 - ratio) * (1 - ratio))
            let error = ratio * (Self.relative(sourceTypes) + Self.relative(targetTypes)).squareRoot()
            ratioDistance.error = 2 * abs(1 - ratio) * error
        }
    }

    private static func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    /// Squared relative error.
    private static func relative(_ value: Value) -> Double { value.value == 0 ? 0 : pow(value.error / value.value, 2) }
}
