import Glibc

/// A linear model with random intercepts that may cross: `y = X b + sum over effects of u[group] + e`, all u and e
/// normal.
///
/// Fitted by restricted maximum likelihood: the deviance is profiled over b and the residual variance, and is a
/// function of the relative deviations of the effects alone (Bates, Mächler, Bolker and Walker 2015, "Fitting Linear
/// Mixed-Effects Models Using lme4", section 3.4), which Nelder and Mead's simplex minimizes.
package struct MixedModel: Equatable, Sendable {
    /// Whose intercepts are drawn.
    package struct Effect: Equatable, Sendable {
        package let name: String
        /// Of each observation, from 0.
        package let groups: [Int]

        package init(_ name: String, groups: [Int]) { (self.name, self.groups) = (name, groups) }
    }

    package let coefficients: [Double]
    package let standardErrors: [Double]
    /// Of each effect, in the order given.
    package let variances: [Double]
    package let residualVariance: Double
    /// Restricted, constants included.
    package let logLikelihood: Double

    /// - Parameters:
    ///   - y: One value for each observation.
    ///   - x: The predictors of each observation, the constant among them.
    /// - Returns: nil with no more observations than predictors, when predictors are combinations of others, or nothing
    ///   is left to explain.
    /// - Precondition: The numbers of observations agree.
    package init?(_ y: [Double], on x: Matrix, effects: [Effect]) {
        precondition(y.count == x.rows && effects.allSatisfy { $0.groups.count == y.count }, "\(y.count) values")
        guard y.count > x.columns else { return nil }
        let sums = CrossedSums(y, x, effects)
        guard sums.solution(deviations: effects.map { _ in 1 }) != nil else { return nil }
        let found = Simplex.minimum(from: effects.map { _ in 1.0 }) { deviations in
            sums.solution(deviations: deviations)?.deviance ?? .infinity
        }
        guard let best = sums.solution(deviations: found), best.residualVariance > 0 else { return nil }
        coefficients = best.coefficients
        standardErrors = best.standardErrors
        residualVariance = best.residualVariance
        variances = found.map { $0 * $0 * best.residualVariance }
        logLikelihood = -best.deviance / 2
    }
}

/// What the deviance needs of the observations: sums of products, so that each look costs only as much as there are
/// groups.
private struct CrossedSums {
    /// The profiled model at some deviations.
    struct Solution {
        let coefficients, standardErrors: [Double]
        let residualVariance, deviance: Double
    }

    private let count: Int
    /// Of each column of Z, the effect that it belongs to.
    private let owner: [Int]
    /// ZᵀZ, ZᵀX, XᵀX, Zᵀy, Xᵀy, yᵀy
    private var zz, zx, xx: Matrix
    private var zy, xy: [Double]
    private var yy = 0.0

    init(_ y: [Double], _ x: Matrix, _ effects: [MixedModel.Effect]) {
        count = y.count
        var owner: [Int] = [], starts: [Int] = []
        for (number, effect) in effects.enumerated() {
            starts.append(owner.count)
            owner += [Int](repeating: number, count: (effect.groups.max() ?? -1) + 1)
        }
        self.owner = owner
        zz = Matrix(rows: owner.count, columns: owner.count)
        zx = Matrix(rows: owner.count, columns: x.columns)
        xx = Matrix(rows: x.columns, columns: x.columns)
        zy = [Double](repeating: 0, count: owner.count)
        xy = [Double](repeating: 0, count: x.columns)
        for row in y.indices {
            let places = zip(effects, starts).map { $0.groups[row] + $1 }
            yy += y[row] * y[row]
            for place in places {
                zy[place] += y[row]
                for other in places { zz[place, other] += 1 }
                for column in 0..<x.columns { zx[place, column] += x[row, column] }
            }
            for column in 0..<x.columns {
                xy[column] += x[row, column] * y[row]
                for other in 0..<x.columns { xx[column, other] += x[row, column] * x[row, other] }
            }
        }
    }

    /// - Parameter deviations: Of each effect, relative to that of the residuals; the sign does not count.
    /// - Returns: nil when predictors are combinations of others.
    func solution(deviations: [Double]) -> Solution? {
        let scale = owner.map { deviations[$0] }
        var inner = Matrix(rows: owner.count, columns: owner.count)
        for row in owner.indices {
            for column in owner.indices { inner[row, column] = scale[row] * zz[row, column] * scale[column] }
            inner[row, row] += 1
        }
        guard let factor = Cholesky(inner) else { return nil }
        let cu = factor.solveLower(owner.indices.map { scale[$0] * zy[$0] })
        let crossed = (0..<xx.columns).map { column in
            factor.solveLower(owner.indices.map { scale[$0] * zx[$0, column] })
        }
        var left = xx, right = xy
        for column in crossed.indices {
            right[column] -= dot(crossed[column], cu)
            for other in crossed.indices { left[column, other] -= dot(crossed[column], crossed[other]) }
        }
        guard let fixed = Cholesky(left) else { return nil }
        let coefficients = fixed.solve(right)
        let squares = max(yy - dot(cu, cu) - dot(right, coefficients), 0)
        let freedom = Double(count - xx.columns), variance = squares / freedom
        let inverse = fixed.inverse
        return Solution(
            coefficients: coefficients,
            standardErrors: coefficients.indices.map { (variance * inverse[$0, $0]).squareRoot() },
            residualVariance: variance,
            deviance: factor.logDeterminant + fixed.logDeterminant
                + freedom * (1 + log(2 * Double.pi * max(variance, .leastNormalMagnitude))))
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
