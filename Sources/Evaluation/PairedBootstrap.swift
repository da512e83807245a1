import Randomness
import Statistics

/// Paired bootstrap of the difference in F1 of two systems on the same test file.
///
/// Both systems are resampled with the same draws, so that hard sentences are hard for both. With sentences alone drawn
/// it treats the models as fixed and says nothing about training variance; ``Comparison/acrossSeeds`` draws the seeds
/// too.
///
/// - Note: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation"; the p-value by shifting the
///   distribution to a mean of zero is Noreen 1989, "Computer Intensive Methods for Testing Hypotheses".
package struct PairedBootstrap: Equatable, Sendable {
    /// What a comparison found; differences are first system minus second, in points of F1.
    package struct Comparison: Equatable, Sendable {
        package var difference: Double

        /// One-sided, sentences drawn: how likely a difference at least this large would be if the first system were no
        /// better.
        package var pValue: Double

        /// With the sentences drawn: what other sentences would have given these models.
        package var acrossSentences: Resampled

        /// With the seeds drawn as well as the sentences: what other seeds and other sentences would have given. Nil
        /// with one seed.
        package var acrossSeeds: Resampled?

        package var level: Double
        package var replicates: Int
        package var seed: UInt64
    }

    /// What replicates of a difference say of it.
    package struct Resampled: Equatable, Sendable {
        package var low: Double
        package var high: Double

        /// How likely a difference at least as large in either direction would be between equals.
        package var twoSidedPValue: Double
    }

    package var replicates: Int
    package var level: Double
    package var seed: UInt64

    /// - Precondition: `replicates` is positive and `level` lies between 0 and 1.
    package init(replicates: Int = 10_000, level: Double = 0.95, seed: UInt64) {
        precondition(replicates > 0, "replicates \(replicates) must be greater than zero")
        precondition(level > 0 && level < 1, "level \(level) must lie between 0 and 1")
        self.replicates = replicates
        self.level = level
        self.seed = seed
    }

    /// Compares two systems of one seed.
    ///
    /// - Parameters:
    ///   - first: Counts of each sentence of the system hoped to be better, see ``SpanScorer/sentenceTotals``.
    ///   - second: Counts of each sentence of the other one, in the same order.
    /// - Returns: The difference over all sentences, its interval and p-values.
    /// - Throws: ``EvaluationError`` when the systems were not scored on the same sentences.
    package func compare(
        _ first: [PhraseCounts],
        _ second: [PhraseCounts]
    ) throws(EvaluationError) -> Comparison {
        try compareSeeds([first], [second])
    }

    /// Compares two systems, each trained with several seeds.
    ///
    /// The statistic is the mean over the seeds of the difference in F1. A replicate draws sentences, the same for all
    /// seeds, since all were scored on the same; and for ``Comparison/acrossSeeds`` seeds too.
    ///
    /// - Parameters:
    ///   - first: Counts of each sentence, for each seed, of the system hoped to be better.
    ///   - second: Those of the other one, with the seeds and the sentences in the same order.
    /// - Throws: ``EvaluationError`` when they were not all scored on the same sentences.
    /// - Precondition: There is at least one seed, and as many for both.
    /// - Complexity: O(`replicates` · sentences · seeds) additions, eight at a time.
    /// - Note: Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 3.8, for drawing at two
    ///   levels. Between a handful of seeds such an interval is somewhat narrow: by sqrt(1 - 1/seeds) in the part that
    ///   comes from them.
    package func compareSeeds(
        _ first: [[PhraseCounts]],
        _ second: [[PhraseCounts]]
    ) throws(EvaluationError) -> Comparison {
        precondition(!first.isEmpty && first.count == second.count, "\(first.count) and \(second.count) seeds")
        for counts in first { _ = try PairedCounts.difference(first[0], counts) }
        var observed = 0.0
        for (one, other) in zip(first, second) { observed += try PairedCounts.difference(one, other) }
        observed /= Double(first.count)
        let rows = CountRows(first, second)
        var sentences = SplitMix64(seed: seed)
        return summary(observed: observed, seedCount: first.count) { _, differences in
            rows.setDifferences(&differences, drawnBy: &sentences)
        }
    }

    /// What the replicates say of a difference; draws seeds in each.
    ///
    /// - Parameter setDifferences: Called for each replicate in turn; sets the difference of every seed.
    func summary(
        observed: Double, seedCount: Int, _ setDifferences: (_ replicate: Int, _ differences: inout [Double]) -> Void
    ) -> Comparison {
        var seeds = SplitMix64(seed: ~seed)
        var differences = [Double](repeating: 0, count: seedCount)
        var means: [Double] = []
        var meansOfDrawn: [Double] = []
        means.reserveCapacity(replicates)
        for replicate in 0..<replicates {
            setDifferences(replicate, &differences)
            var sum = 0.0
            for difference in differences { sum += difference }
            means.append(sum / Double(seedCount))
            guard seedCount > 1 else { continue }
            var sumOfDrawn = 0.0
            for _ in differences.indices { sumOfDrawn += differences[seeds.index(below: seedCount)] }
            meansOfDrawn.append(sumOfDrawn / Double(seedCount))
        }
        let oneSided = means.count { $0 >= 2 * observed }
        return Comparison(
            difference: observed,
            pValue: Double(oneSided + 1) / Double(replicates + 1),
            acrossSentences: resampled(means, observed: observed),
            acrossSeeds: seedCount > 1 ? resampled(meansOfDrawn, observed: observed) : nil,
            level: level,
            replicates: replicates,
            seed: seed
        )
    }

    /// The interval of the replicates, and how many of them, shifted to a mean of zero, are as far from it as what was
    /// observed.
    private func resampled(_ differences: [Double], observed: Double) -> Resampled {
        // The shifted value is difference - observed. Doubling is exact in binary, subtracting is not, and ties count.
        let beyond = observed + observed.magnitude, below = observed - observed.magnitude
        let asFar = differences.count { $0 >= beyond || $0 <= below }
        let sorted = differences.sorted()
        return Resampled(
            low: Quantile.ofSorted((1 - level) / 2, sorted),
            high: Quantile.ofSorted((1 + level) / 2, sorted),
            twoSidedPValue: Double(asFar + 1) / Double(replicates + 1)
        )
    }
}

/// The counts of a sentence side by side, so that a drawn sentence is a few vector additions:
/// `[gold | correct, predicted of the first system, seed by seed | those of the second | 0 ...]`.
private struct CountRows {
    private typealias Lanes = SIMD8<Int>

    private let seedCount: Int
    private let sentenceCount: Int
    /// Vectors of a row.
    private let stride: Int
    private let rows: [Lanes]

    init(_ first: [[PhraseCounts]], _ second: [[PhraseCounts]]) {
        let (sentenceCount, stride) = (first[0].count, first.count / 2 + 1)
        var table = [Lanes](repeating: .zero, count: sentenceCount * stride)
        for sentence in 0..<sentenceCount {
            func set(_ value: Int, _ lane: Int) { table[sentence * stride + lane / 8][lane % 8] = value }
            set(first[0][sentence].gold, 0)
            for (number, system) in (first + second).enumerated() {
                set(system[sentence].correct, 1 + 2 * number)
                set(system[sentence].predicted, 2 + 2 * number)
            }
        }
        seedCount = first.count
        self.sentenceCount = sentenceCount
        self.stride = stride
        rows = table
    }

    /// Draws as many sentences as there are; sets, for each seed, F1 of the first less F1 of the second.
    func setDifferences(_ differences: inout [Double], drawnBy generator: inout SplitMix64) {
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: stride) { sums in
            sums.initialize(repeating: .zero)
            rows.withUnsafeBufferPointer { rows in
                for _ in 0..<sentenceCount {
                    let row = generator.index(below: sentenceCount) * stride
                    for part in 0..<stride { sums[part] &+= rows[row + part] }
                }
            }
            func sum(_ lane: Int) -> Int { sums[lane / 8][lane % 8] }
            func f1(_ number: Int) -> Double {
                PhraseCounts(correct: sum(1 + 2 * number), predicted: sum(2 + 2 * number), gold: sum(0)).f1
            }
            for number in 0..<seedCount { differences[number] = f1(number) - f1(seedCount + number) }
        }
    }
}
