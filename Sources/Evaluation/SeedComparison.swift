/// Two systems on the same sentences, each trained with several seeds: means, spread, and what the sentences alone could
/// have done.
package struct SeedComparison: Equatable, Sendable {
    /// F1 of every seed, in percent.
    package let base: [Double]
    package let system: [Double]
    package let sentenceCount: Int
    /// Differences are system minus base.
    package let resampled: PairedBootstrap.Comparison

    /// - Parameters:
    ///   - base: Counts of each sentence, for each seed.
    ///   - system: The same sentences, the same seeds.
    /// - Throws: ``EvaluationError`` when they were not all scored on the same sentences.
    /// - Precondition: There is at least one seed, and as many for both.
    package init(
        base: [[PhraseCounts]], system: [[PhraseCounts]], test: PairedBootstrap
    ) throws(EvaluationError) {
        resampled = try test.compareSeeds(system, base)
        sentenceCount = base[0].count
        self.base = base.map(\.sum.f1)
        self.system = system.map(\.sum.f1)
    }

    init(base: [Double], system: [Double], sentenceCount: Int, resampled: PairedBootstrap.Comparison) {
        (self.base, self.system, self.sentenceCount, self.resampled) = (base, system, sentenceCount, resampled)
    }

    /// Of the differences seed by seed.
    package var differences: SeedSummary { SeedSummary(zip(system, base).map { $0 - $1 }) }

    /// One line of JSON, keys sorted, four decimals; a standard deviation that does not exist is null.
    package func jsonObject() -> String {
        JSONText.object([
            ("base", Self.json(base)),
            (
                "difference",
                .object([
                    ("acrossSeeds", Self.json(resampled.acrossSeeds)),
                    ("high", .number(resampled.acrossSentences.high)),
                    ("low", .number(resampled.acrossSentences.low)),
                    ("mean", .number(differences.mean)),
                    ("standardDeviation", .number(differences.standardDeviation ?? .nan)),
                ])
            ),
            ("level", .number(resampled.level)),
            ("pValue", .number(resampled.acrossSentences.twoSidedPValue)),
            ("replicates", .integer(resampled.replicates)),
            ("seed", .unsigned(resampled.seed)),
            ("seedCount", .integer(base.count)),
            ("sentenceCount", .integer(sentenceCount)),
            ("system", Self.json(system)),
        ]).text
    }

    private static func json(_ resampled: PairedBootstrap.Resampled?) -> JSONText {
        guard let resampled else { return .number(.nan) }
        return .object([
            ("high", .number(resampled.high)),
            ("low", .number(resampled.low)),
            ("pValue", .number(resampled.twoSidedPValue)),
        ])
    }

    private static func json(_ scores: [Double]) -> JSONText {
        let summary = SeedSummary(scores)
        return .object([
            ("f1", .list(scores.map { .number($0) })),
            ("mean", .number(summary.mean)),
            ("standardDeviation", .number(summary.standardDeviation ?? .nan)),
        ])
    }

    /// Some lines to read.
    package func table() -> String {
        let level = FixedDecimal.text(100 * resampled.level, decimals: 0)
        var lines = """
            base        \(Self.text(SeedSummary(base), signed: false))
            system      \(Self.text(SeedSummary(system), signed: false))
            difference  \(Self.text(differences, signed: true)), paired over \(base.count) \(base.count == 1 ? "seed" : "seeds")
            \(level) % CI     \(Self.text(resampled.acrossSentences)): \(resampled.replicates) replicates of \(sentenceCount) sentences, \
            seed \(resampled.seed)

            """
        if let both = resampled.acrossSeeds { lines += "            \(Self.text(both)): with the seeds drawn too\n" }
        return lines
    }

    private static func text(_ resampled: PairedBootstrap.Resampled) -> String {
        "\(signed(resampled.low)) to \(signed(resampled.high)), p \(FixedDecimal.text(resampled.twoSidedPValue, decimals: 4)) two-sided"
    }

    private static func text(_ summary: SeedSummary, signed isSigned: Bool) -> String {
        let mean = isSigned ? signed(summary.mean) : FixedDecimal.text(summary.mean, decimals: 2)
        return mean + (summary.standardDeviation.map { " ± " + FixedDecimal.text($0, decimals: 2) } ?? "")
    }

    private static func signed(_ value: Double) -> String {
        let text = FixedDecimal.text(value, decimals: 2)
        return text.hasPrefix("-") ? text : "+" + text
    }
}
