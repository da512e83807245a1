import Evaluation
import Statistics

/// Whether what a method gains goes with how far the languages are from each other.
///
/// The unit is a source and a target, not a run. The measure named in the study was decided beforehand; the others are
/// explored, and their p-values corrected by Holm.
struct GainAnalysis: Sendable, Encodable {
    /// Of one measure with the gains, over languages.
    struct Correlation: Sendable, Encodable {
        let measure: String
        let isPrimary: Bool
        let languages: Int
        let rho: Double
        let pValue: Double
        /// Over the measures that are explored; that of the primary one is its own.
        let corrected: Double
        let isExact: Bool
        let fisher, bootstrap: Interval?
    }

    /// The slope of the gain on the primary measure.
    struct Slope: Sendable, Encodable {
        let model: String
        let value, standardError: Double
        /// Over languages drawn with replacement; nil where it was not drawn.
        let interval: Interval?
        let pValue: Double
        /// Of the random effects, in percent of F1 squared, and of the residuals.
        var variances: [String: Double] = [:]
    }

    /// The gains of some of the units, and whether these go with the primary measure.
    struct Group: Sendable, Encodable {
        /// Of a source, or of another method over the same base.
        let name: String
        let languages: Int
        let baseF1, gain: Double
        /// Units whose interval lies above and below 0.
        let better, worse: Int
        /// nil with fewer than three languages, or no variation.
        let rho, pValue: Double?
        let fisher: Interval?
        /// Over the groups that have one.
        var corrected: Double?
    }

    /// What is left when one family or script is left out.
    struct LeftOut: Sendable, Encodable {
        let kind, value: String
        let languages: Int
        let rho, slope: Double?
    }

    /// Whether gains go with the measure when languages have each other's places.
    struct NamesPermuted: Sendable, Encodable {
        let pValue: Double
        /// How many targets: fewer than there are where not every source taught every one.
        let languages: Int
    }

    /// The gain against the base's own F1, which stands in the gain: from the same seeds, where noise alone gives a
    /// negative slope, and from others.
    struct Coupling: Sendable, Encodable {
        let sameSeeds, otherSeeds: Double?
    }

    /// Pairs `SOURCE-TARGET` that were scored and for which a measure is undefined, or was not measured.
    struct Missing: Sendable, Equatable, Encodable {
        let measure: String
        let pairs: [String]
    }

    let method, base, primaryMeasure: String
    let units: [GainUnit]
    /// Targets that were not scored or measured.
    let leftOutTargets: [String]
    /// Units whose interval lies above and below 0.
    let better, worse: [String]
    /// Empty with a single source.
    let bySource: [Group]
    /// What else the study scored: explored.
    let otherMethods: [Group]
    let correlations: [Correlation]
    /// Left out of the analysis of that measure alone.
    let missing: [Missing]
    /// Explored measures of fewer than three languages, or without variation.
    let withoutCorrelation: [String]
    let slopes: [Slope]
    /// By permuting the names of languages; centred where there are several sources.
    let permutation, centeredPermutation: NamesPermuted?
    let leaveOut: [LeftOut]
    let coupling: Coupling
    /// More covariates than a fifth of the languages, which were not used.
    let unusedCovariates: [String]
    /// Whether counts tell mentions that stood in what was learnt from and others apart.
    let hasSeenMentions: Bool

    static let seed: UInt64 = 1
    /// Of languages drawn.
    static let replicates = 2000
}

extension GainAnalysis {
    /// - Parameter others: Gains of other methods over the same base.
    init(
        _ question: GainQuestion, _ all: [GainUnit], targets: [String], measures: [String],
        others: [(name: String, units: [GainUnit])] = []
    ) {
        let units = all.filter { $0.measures[question.measure] != nil }
        (method, base, primaryMeasure) = (question.method, question.base, question.measure)
        self.units = units
        leftOutTargets = targets.filter { target in !units.contains { $0.target == target } }
        better = units.filter { $0.interval.low > 0 }.map(\.label)
        worse = units.filter { $0.interval.high < 0 }.map(\.label)
        let sources = Set(units.map(\.source)).sorted()
        bySource =
            sources.count < 2
            ? []
            : Group.all(sources.map { source in (source, units.filter { $0.source == source }) }, question.measure)
        otherMethods = Group.all(others, question.measure).filter { $0.rho != nil }
        let correlations = Self.correlations(question, units, measures)
        self.correlations = correlations
        withoutCorrelation = measures.filter { name in
            name != question.measure && !correlations.contains { $0.measure == name }
        }
        missing = measures.compactMap { name in
            let pairs = (name == question.measure ? all : units).filter { $0.measures[name] == nil }
                .map { "\($0.source)-\($0.target)" }
            return pairs.isEmpty ? nil : Missing(measure: name, pairs: Set(pairs).sorted())
        }
        hasSeenMentions = units.contains { $0.seenRecallChange != nil || $0.unseenRecallChange != nil }
        let languages = Set(units.map(\.target)).count, allowed = languages / 5
        // One place is that of the measure itself.
        let used = min(question.covariates.count, max(0, allowed - 1))
        unusedCovariates = Array(question.covariates.dropFirst(used))
        let regression = GainRegression(
            units, measure: question.measure, covariates: Array(question.covariates.prefix(used)))
        slopes = regression.slopes
        permutation = regression.permutation(centered: false)
        centeredPermutation = Set(units.map(\.source)).count > 2 ? regression.permutation(centered: true) : nil
        leaveOut = Self.leaveOut(units, question.measure)
        coupling = Coupling(units)
    }

    /// The mean over the units of each language, of gains and of a measure.
    static func byLanguage(_ units: [GainUnit], _ measure: String) -> [(target: String, gain: Double, measure: Double)]
    {
        var order: [String] = [], groups: [String: [(Double, Double)]] = [:]
        for unit in units {
            guard let value = unit.measures[measure] else { continue }
            if groups[unit.target] == nil { order.append(unit.target) }
            groups[unit.target, default: []].append((unit.gain, value))
        }
        return order.map { target in
            let group = groups[target] ?? []
            return (target, ExactMean.of(group.map(\.0)), ExactMean.of(group.map(\.1)))
        }
    }

    private static func correlations(_ question: GainQuestion, _ units: [GainUnit], _ measures: [String])
        -> [Correlation]
    {
        let found = ([question.measure] + measures.filter { $0 != question.measure }).compactMap { name in
            let rows = byLanguage(units, name)
            return RankCorrelation(rows.map(\.measure), rows.map(\.gain), seed: seed, replicates: replicates).map {
                (name, $0)
            }
        }
        let explored = found.filter { $0.0 != question.measure }
        let corrected = HolmCorrection(pValues: explored.map(\.1.pValue)).adjusted
        let adjusted = Dictionary(uniqueKeysWithValues: zip(explored.map(\.0), corrected))
        return found.map { name, rank in
            Correlation(
                measure: name, isPrimary: name == question.measure, languages: rank.count, rho: rank.rho,
                pValue: rank.pValue, corrected: adjusted[name] ?? rank.pValue, isExact: rank.isExact,
                fisher: rank.fisher, bootstrap: rank.bootstrap)
        }
    }

    private static func leaveOut(_ units: [GainUnit], _ measure: String) -> [LeftOut] {
        let kinds: [(String, (GainUnit) -> String?)] = [("family", \.family), ("script", \.script)]
        return kinds.flatMap { kind, value in
            Set(units.compactMap(value)).sorted().map { name in
                let rest = byLanguage(units.filter { value($0) != name }, measure)
                return LeftOut(
                    kind: kind, value: name, languages: rest.count,
                    rho: rest.count > 2 ? RankCorrelation.rho(rest.map(\.measure), rest.map(\.gain)) : nil,
                    slope: GainRegression.slope(rest.map { ($0.measure, $0.gain) }))
            }
        }
    }
}

extension GainAnalysis.Group {
    static func all(_ groups: [(name: String, units: [GainUnit])], _ measure: String) -> [Self] {
        var all = groups.map { Self($0.name, $0.units.filter { $0.measures[measure] != nil }, measure) }
        let known = all.indices.filter { all[$0].pValue != nil }
        let corrected = HolmCorrection(pValues: known.compactMap { all[$0].pValue }).adjusted
        for (index, value) in zip(known, corrected) { all[index].corrected = value }
        return all
    }

    private init(_ name: String, _ units: [GainUnit], _ measure: String) {
        let rows = GainAnalysis.byLanguage(units, measure)
        let rank = RankCorrelation(
            rows.map(\.measure), rows.map(\.gain), seed: GainAnalysis.seed, replicates: GainAnalysis.replicates)
        self.name = name
        languages = rows.count
        baseF1 = ExactMean.of(units.map(\.baseF1))
        gain = ExactMean.of(rows.map(\.gain))
        better = units.count { $0.interval.low > 0 }
        worse = units.count { $0.interval.high < 0 }
        (rho, pValue, fisher) = (rank?.rho, rank?.pValue, rank?.fisher)
    }
}

extension GainAnalysis.Coupling {
    /// Each seed's gain is held against the mean of the base's other seeds, so that both have no noise in common.
    init(_ units: [GainUnit]) {
        sameSeeds = units.count > 2 ? RankCorrelation.rho(units.map(\.baseF1), units.map(\.gain)) : nil
        let seeds = units.map(\.gains.count).min() ?? 0
        guard units.count > 2, seeds > 1 else {
            otherSeeds = nil
            return
        }
        let values = (0..<seeds).compactMap { seed in
            RankCorrelation.rho(
                units.map { unit in
                    ExactMean.of(unit.baseScores.indices.filter { $0 != seed }.map { unit.baseScores[$0] })
                }, units.map { $0.gains[seed] })
        }
        otherSeeds = values.isEmpty ? nil : ExactMean.of(values)
    }
}
