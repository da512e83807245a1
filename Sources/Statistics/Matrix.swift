import Glibc

/// A dense matrix of some dozens of rows: the sums of a regression.
package struct Matrix: Equatable, Sendable {
    package let rows, columns: Int
    /// Row by row.
    package private(set) var values: [Double]

    package init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        values = [Double](repeating: 0, count: rows * columns)
    }

    /// - Precondition: All rows are of one length.
    package init(_ table: [[Double]]) {
        self.init(rows: table.count, columns: table.first?.count ?? 0)
        for (row, line) in table.enumerated() {
            precondition(line.count == columns, "row \(row) has \(line.count) of \(columns) numbers")
            for (column, value) in line.enumerated() { self[row, column] = value }
        }
    }

    package subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }
}

/// The lower triangle L of L Lᵀ = A.
struct Cholesky {
    private let lower: Matrix

    /// - Returns: nil when A is not positive definite, to 1e-12 of its diagonal.
    init?(_ matrix: Matrix) {
        precondition(matrix.rows == matrix.columns, "\(matrix.rows) x \(matrix.columns)")
        var lower = Matrix(rows: matrix.rows, columns: matrix.rows)
        for row in 0..<matrix.rows {
            for column in 0...row {
                var sum = matrix[row, column]
                for inner in 0..<column { sum -= lower[row, inner] * lower[column, inner] }
                if column < row {
                    lower[row, column] = sum / lower[column, column]
                } else {
                    guard sum > 1e-12 * matrix[row, row].magnitude, sum.isFinite else { return nil }
                    lower[row, row] = sum.squareRoot()
                }
            }
        }
        self.lower = lower
    }

    /// log |A|
    var logDeterminant: Double {
        var sum = 0.0
        for row in 0..<lower.rows { sum += 2 * log(lower[row, row]) }
        return sum
    }

    /// Solves L x = b.
    func solveLower(_ right: [Double]) -> [Double] {
        var solution = right
        for row in 0..<lower.rows {
            for column in 0..<row { solution[row] -= lower[row, column] * solution[column] }
            solution[row] /= lower[row, row]
        }
        return solution
    }

    /// Solves A x = b.
    func solve(_ right: [Double]) -> [Double] {
        var solution = solveLower(right)
        for row in stride(from: lower.rows - 1, through: 0, by: -1) {
            for below in stride(from: row + 1, to: lower.rows, by: 1) {
                solution[row] -= lower[below, row] * solution[below]
            }
            solution[row] /= lower[row, row]
        }
        return solution
    }

    /// A⁻¹
    var inverse: Matrix {
        var result = Matrix(rows: lower.rows, columns: lower.rows)
        for column in 0..<lower.rows {
            var unit = [Double](repeating: 0, count: lower.rows)
            unit[column] = 1
            for (row, value) in solve(unit).enumerated() { result[row, column] = value }
        }
        return result
    }
}
