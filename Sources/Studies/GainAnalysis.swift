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

    /// The gain of the languages that one source teaches.
    struct OfSource: Sendable, Encodable {
        let source: String
        let languages: Int
        let baseF1, gain: Double
        /// Units whose interval lies above and below 0.
        let better, worse: Int
        /// With the primary measure; nil with fewer than three languages, or no variation.
        let rho, pValue: Double?
        let fisher: Interval?
    }

    /// The gain of another method over the same base, and whether it goes with the primary measure.
    struct OfMethod: Sendable, Encodable {
        let method: String
        let languages: Int
        let gain: Double
        /// Units whose interval lies above and below 0.
        let better, worse: Int
        let rho: Double
        let pValue: Double
        /// Over these methods.
        let corrected: Double
        let fisher: Interval?
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
    let bySource: [OfSource]
    /// What else the study scored: explored.
    let otherMethods: [OfMethod]
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
}

extension GainAnalysis {
    /// - Parameter others: Gains of other methods over the same base.
    init(
        _ question: GainQuestion, _ all: [GainUnit], targets: [String], measures: [String],
        others: [(method: String, units: [GainUnit])] = []
    ) {
        let units = all.filter { $0.measures[question.measure] != nil }
        (method, base, primaryMeasure) = (question.method, question.base, question.measure)
        self.units = units
        leftOutTargets = targets.filter { target in !units.contains { $0.target == target } }
        better = units.filter { $0.interval.low > 0 }.map(\.label)
        worse = units.filter { $0.interval.high < 0 }.map(\.label)
        bySource = Self.bySource(units, question.measure)
        otherMethods = Self.otherMethods(others, question.measure)
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
            return RankCorrelation(rows.map(\.measure), rows.map(\.gain), seed: seed, replicates: 2000).map {
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

    private static func bySource(_ units: [GainUnit], _ measure: String) -> [OfSource] {
        let sources = Set(units.map(\.source)).sorted()
        guard sources.count > 1 else { return [] }
        return sources.map { source in
            let own = units.filter { $0.source == source }, rows = byLanguage(own, measure)
            let rank = RankCorrelation(rows.map(\.measure), rows.map(\.gain), seed: seed, replicates: 2000)
            return OfSource(
                source: source, languages: rows.count, baseF1: ExactMean.of(own.map(\.baseF1)),
                gain: ExactMean.of(own.map(\.gain)), better: own.count { $0.interval.low > 0 },
                worse: own.count { $0.interval.high < 0 }, rho: rank?.rho, pValue: rank?.pValue, fisher: rank?.fisher)
        }
    }

    /// Those with which a correlation can be computed.
    private static func otherMethods(_ methods: [(method: String, units: [GainUnit])], _ measure: String) -> [OfMethod]
    {
        let found = methods.compactMap { method, all in
            let units = all.filter { $0.measures[measure] != nil }, rows = byLanguage(units, measure)
            return RankCorrelation(rows.map(\.measure), rows.map(\.gain), seed: seed, replicates: 2000).map {
                (method: method, units: units, gain: ExactMean.of(rows.map(\.gain)), rank: $0)
            }
        }
        let corrected = HolmCorrection(pValues: found.map(\.rank.pValue)).adjusted
        return zip(found, corrected).map { found, corrected in
            OfMethod(
                method: found.method, languages: found.rank.count, gain: found.gain,
                better: found.units.count { $0.interval.low > 0 }, worse: found.units.count { $0.interval.high < 0 },
                rho: found.rank.rho, pValue: found.rank.pValue, corrected: corrected, fisher: found.rank.fisher)
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
