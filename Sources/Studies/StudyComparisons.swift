import Diagnostics
import Evaluation
import Locks
import Pipelines
package import Streams

/// Scores compared with others, target by target: what `nerpipe compare` says of each pair.
package struct StudyComparisons: Sendable {
    struct Pair: Hashable {
        let name, base: String
    }

    /// Of one pair on one target.
    struct Found: Sendable {
        /// Name less base by seed, to four decimals as `nerpipe compare --json` prints the scores.
        let differences: [(seed: String, value: Double)]
        /// The interval of the mean difference, with seeds and sentences drawn; of the sentences alone where there is
        /// one seed.
        let low, high: Double
        /// Two-sided, to four decimals; with the seeds drawn where there are several.
        let pValue: Double

        var mean: Double { ExactMean.of(differences.map(\.value)) }
    }

    /// A pair on one of its targets, with the p-value corrected over these (Holm).
    struct Cell: Sendable {
        let target: String
        let found: Found
        let corrected: Double

        /// 1: better, -1: worse, 0: cannot be told.
        var mark: Int { corrected >= StudyComparisons.level ? 0 : found.mean > 0 ? 1 : -1 }
    }

    static let level = 0.05
    private let targets: [String]
    private let found: [Pair: [String: Found]]

    /// Compares pairs of names on every target that both have.
    ///
    /// - Parameter threads: The targets are shared out among them.
    package init(
        _ scores: StudyScores, pairs: [(name: String, base: String)], threads: ComputeThreads, replicates: Int = 10_000
    ) throws {
        let all = Array(Set(pairs.map { Pair(name: $0.name, base: $0.base) }))
        targets = scores.targets
        let results = Locked<[Pair: [String: Found]]>([:])
        let targets = scores.targets
        try threads.run(targets.count) { item, _ in
            let some = try Self.compare(scores, all, targets[item], replicates)
            results.withLock { results in
                for (pair, found) in some { results[pair, default: [:]][targets[item]] = found }
            }
        }
        found = results.withLock { $0 }
    }

    private static func compare(
        _ scores: StudyScores, _ pairs: [Pair], _ target: String, _ replicates: Int
    ) throws -> [(Pair, Found)] {
        var numbers: [String: Int] = [:], systems: [[PhraseCounts]] = []
        func number(_ name: String, _ seed: String) -> Int {
            if let known = numbers["\(name) \(seed)"] { return known }
            systems.append(scores.counts[StudyScores.Key(name: name, target: target)]?[seed]?.sentences ?? [])
            numbers["\(name) \(seed)"] = systems.count - 1
            return systems.count - 1
        }
        let todo = pairs.compactMap { pair -> (pair: Pair, seeds: [String], own: [Int], base: [Int])? in
            let seeds = scores.sharedSeeds(pair.name, pair.base, target)
            guard !seeds.isEmpty else { return nil }
            return (pair, seeds, seeds.map { number(pair.name, $0) }, seeds.map { number(pair.base, $0) })
        }
        guard !todo.isEmpty else { return [] }
        let drawn: DrawnScores
        do {
            drawn = try DrawnScores(systems, test: PairedBootstrap(replicates: replicates, seed: 1))
        } catch {
            throw Failure.cannotCompareOn(target, error)
        }
        return todo.map { pair, seeds, own, base in
            let comparison = drawn.comparison(of: own, with: base)
            let resampled = comparison.resampled.acrossSeeds ?? comparison.resampled.acrossSentences
            let differences = zip(comparison.system, comparison.base).map { Self.printed($0) - Self.printed($1) }
            return (
                pair,
                Found(
                    differences: zip(seeds, differences).map { (seed: $0, value: $1) }, low: resampled.low,
                    high: resampled.high, pValue: printed(resampled.twoSidedPValue))
            )
        }
    }

    /// A number as it is printed with four decimals.
    private static func printed(_ value: Double) -> Double { Double(FixedDecimal.text(value, decimals: 4)) ?? value }

    /// A pair on the targets that it has, in their order.
    func row(_ name: String, _ base: String) -> [Cell] {
        let results = found[Pair(name: name, base: base)] ?? [:]
        let known = targets.compactMap { target in results[target].map { (target, $0) } }
        let corrected = HolmCorrection(pValues: known.map(\.1.pValue)).adjusted
        return zip(known, corrected).map { Cell(target: $0.0, found: $0.1, corrected: $1) }
    }
}

/// Means that do not depend on the order of the values: the sum with what rounding took from it (Neumaier 1974).
enum ExactMean {
    /// 0 without values.
    static func of(_ values: [Double]) -> Double {
        var sum = 0.0, lost = 0.0
        for value in values {
            let next = sum + value
            lost += sum.magnitude >= value.magnitude ? (sum - next) + value : (value - next) + sum
            sum = next
        }
        return values.isEmpty ? 0 : (sum + lost) / Double(values.count)
    }
}
