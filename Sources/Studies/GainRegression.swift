import Evaluation
import Statistics

/// The gain as a linear function of a measure, with and without what sources and targets have of their own.
struct GainRegression {
    private let units: [GainUnit]
    private let measure: String
    private let covariates: [String]

    /// - Parameter units: With the measure; those without one of the covariates are left out.
    init(_ units: [GainUnit], measure: String, covariates: [String]) {
        self.units = covariates.isEmpty ? units : units.filter { $0.covariates != nil }
        (self.measure, self.covariates) = (measure, covariates)
    }

    private func predictors(_ unit: GainUnit, squared: Bool = false) -> [Double] {
        let value = unit.measures[measure] ?? 0
        return [1, value] + (squared ? [value * value] : []) + (unit.covariates ?? []).prefix(covariates.count)
    }

    /// Empty where the gains do not vary at all.
    var slopes: [GainAnalysis.Slope] {
        Set(units.map(\.gain)).count < 2
            ? []
            : [weighted(squared: false), weighted(squared: true), mixed(crossed: false), mixed(crossed: true)]
                .compactMap(
                    \.self)
    }

    /// Over the units, each by 1 / the variance of its mean; alike where a variance is not known.
    private func weighted(squared: Bool) -> GainAnalysis.Slope? {
        let variances = units.map(\.variance)
        let isKnown = variances.allSatisfy { $0 ?? 0 > 0 }
        func fit(_ numbers: [Int]) -> LeastSquares? {
            LeastSquares(
                numbers.map { units[$0].gain }, on: Matrix(numbers.map { predictors(units[$0], squared: squared) }),
                weights: isKnown ? numbers.map { 1 / (variances[$0] ?? 1) } : nil)
        }
        let place = squared ? 2 : 1
        guard !units.isEmpty, let all = fit(Array(units.indices)), all.standardErrors[place] > 0 else { return nil }
        let targets = units.map(\.target),
            names = targets.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let members = names.map { name in targets.indices.filter { targets[$0] == name } }
        let interval = DrawnThings(count: names.count, replicates: GainAnalysis.replicates, seed: GainAnalysis.seed)
            .interval { drawn in
                fit(drawn.flatMap { members[$0] })?.coefficients[place]
            }
        return GainAnalysis.Slope(
            model: (isKnown ? "weighted" : "unweighted") + (squared ? ", square" : ""), value: all.coefficients[place],
            standardError: all.standardErrors[place], interval: interval,
            pValue: Normal.twoSidedPValue(all.coefficients[place] / all.standardErrors[place]))
    }

    /// Over units and seeds, with random intercepts of the targets, and with `crossed` of the sources too.
    private func mixed(crossed: Bool) -> GainAnalysis.Slope? {
        let rows = units.flatMap { unit in unit.gains.map { (unit, $0) } }
        guard !rows.isEmpty, Set(units.map(\.source)).count > (crossed ? 1 : 0) else { return nil }
        func effect(_ name: String, _ key: (GainUnit) -> String) -> MixedModel.Effect {
            let names = Set(units.map(key)).sorted()
            return .init(name, groups: rows.map { row in names.firstIndex(of: key(row.0)) ?? 0 })
        }
        let effects = [effect("target", \.target)] + (crossed ? [effect("source", \.source)] : [])
        guard let model = MixedModel(rows.map(\.1), on: Matrix(rows.map { predictors($0.0) }), effects: effects),
            model.standardErrors[1] > 0
        else { return nil }
        var variances = ["residual": model.residualVariance]
        for (effect, variance) in zip(effects, model.variances) { variances[effect.name] = variance }
        return GainAnalysis.Slope(
            model: crossed ? "mixed, sources and targets" : "mixed, targets", value: model.coefficients[1],
            standardError: model.standardErrors[1], interval: nil,
            pValue: Normal.twoSidedPValue(model.coefficients[1] / model.standardErrors[1]), variances: variances)
    }

    /// The p-value of the names of languages permuted; where a permuted pair was not scored, of those targets alone
    /// that every source taught.
    func permutation(centered: Bool) -> GainAnalysis.NamesPermuted? {
        let all = Set(units.map(\.source))
        let taught = Dictionary(grouping: units, by: \.target).filter { Set($0.value.map(\.source)) == all }.keys
        return Self.permutation(units, measure, centered: centered)
            ?? Self.permutation(units.filter { taught.contains($0.target) }, measure, centered: centered)
    }

    private static func permutation(_ units: [GainUnit], _ measure: String, centered: Bool) -> GainAnalysis
        .NamesPermuted?
    {
        let names = Set(units.flatMap { [$0.source, $0.target] }).sorted()
        var values: [[Double?]] = names.map { _ in names.map { _ in nil } },
            gains: [[[Double]]] = names.map { _ in names.map { _ in [] } }
        for unit in units {
            guard let source = names.firstIndex(of: unit.source), let target = names.firstIndex(of: unit.target) else {
                continue
            }
            values[source][target] = unit.measures[measure]
            gains[source][target].append(unit.gain)
        }
        let pairs = names.indices.flatMap { source in
            names.indices.compactMap { target in
                gains[source][target].isEmpty
                    ? nil
                    : LanguagePermutation.Pair(
                        source: source, target: target, gain: ExactMean.of(gains[source][target]))
            }
        }
        let measured = values
        let found = LanguagePermutation(
            pairs, measure: { measured[$0][$1] }, centered: centered, seed: GainAnalysis.seed)
        return found.map { .init(pValue: $0.pValue, languages: Set(units.map(\.target)).count) }
    }

    /// The plain slope of points; nil where there is none.
    static func slope(_ points: [(x: Double, y: Double)]) -> Double? {
        LeastSquares(points.map(\.y), on: Matrix(points.map { [1, $0.x] }))?.coefficients[1]
    }
}
