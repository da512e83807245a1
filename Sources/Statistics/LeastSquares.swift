/// A regression by weighted least squares.
package struct LeastSquares: Equatable, Sendable {
    package let coefficients: [Double]
    package let standardErrors: [Double]
    /// The weighted sum of squares by its degrees of freedom.
    package let residualVariance: Double

    /// - Parameters:
    ///   - y: One value for each observation.
    ///   - x: The predictors of each observation, the constant among them.
    ///   - weights: Proportional to 1 / variance; nil: all the same.
    /// - Returns: nil with no more observations than predictors, or when predictors are combinations of others.
    /// - Precondition: The numbers of observations agree.
    package init?(_ y: [Double], on x: Matrix, weights: [Double]? = nil) {
        precondition(y.count == x.rows && weights?.count ?? y.count == y.count, "\(y.count) values, \(x.rows) rows")
        let count = x.columns
        guard y.count > count else { return nil }
        var squares = Matrix(rows: count, columns: count), products = [Double](repeating: 0, count: count)
        for row in y.indices {
            let weight = weights?[row] ?? 1
            for column in 0..<count {
                products[column] += weight * x[row, column] * y[row]
                for other in 0..<count { squares[column, other] += weight * x[row, column] * x[row, other] }
            }
        }
        guard let factor = Cholesky(squares) else { return nil }
        coefficients = factor.solve(products)
        var sum = 0.0
        for row in y.indices {
            var residual = y[row]
            for column in 0..<count { residual -= x[row, column] * coefficients[column] }
            sum += (weights?[row] ?? 1) * residual * residual
        }
        residualVariance = sum / Double(y.count - count)
        let inverse = factor.inverse, variance = residualVariance
        standardErrors = (0..<count).map { (variance * inverse[$0, $0]).squareRoot() }
    }
}
