/// Singular vectors of small square matrices, by one-sided Jacobi rotations in double precision (Hestenes 1958; Golub
/// and Van Loan, "Matrix Computations", section 8.6.3).
///
/// Not LAPACK: the only matrices here are as large as a vector is wide, a rotation is a dozen lines, nothing has to be
/// installed, and the bytes of the result do not depend on whose LAPACK it is. Jacobi is slower than bidiagonalisation
/// and at least as accurate.
enum OneSidedJacobi {
    /// More sweeps than any matrix of doubles has been seen to need; around ten are usual.
    private static let maximumSweepCount = 60
    /// Columns are orthogonal when the cosine of their angle is at most this.
    private static let tolerance = 1e-14

    /// `U V'` of the singular value decomposition `U S V'`: the orthogonal matrix nearest to `matrix`.
    ///
    /// Columns of `U` that belong to singular values which are zero, as far as a double can tell, are completed from
    /// the unit vectors that are furthest from the columns before.
    ///
    /// - Parameters:
    ///   - matrix: Row-major `[size, size]`, finite.
    ///   - size: Rows and columns.
    /// - Returns: Row-major `[size, size]`.
    static func orthogonalFactor(of matrix: [Double], size: Int) -> [Float] {
        let D = size
        precondition(matrix.count == D * D, "a matrix of \(matrix.count) numbers is not \(D) x \(D)")
        // Row j holds column j of `matrix`, which becomes U S, and beside it column j of the identity, which becomes V.
        let width = 2 * padded(D)
        var columns = [Double](repeating: 0, count: D * width)
        for row in 0..<D {
            for column in 0..<D { columns[column * width + row] = matrix[row * D + column] }
            columns[row * width + width / 2 + row] = 1
        }
        var factor = [Float](repeating: 0, count: D * D)
        columns.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            rotate(base, D, width, columnWidth: width / 2)
            normalize(base, D, width, columnWidth: width / 2)
            var line = [Double](repeating: 0, count: D)
            for row in 0..<D {
                // Row of U V': the sum over j of U[row, j] times column j of V.
                for index in 0..<D { line[index] = 0 }
                for j in 0..<D {
                    let left = base[j * width + row], right = base + j * width + width / 2
                    for index in 0..<D { line[index] += left * right[index] }
                }
                for index in 0..<D { factor[row * D + index] = Float(line[index]) }
            }
        }
        return factor
    }

    /// Eigenvectors of a symmetric matrix without negative eigenvalues, those of large eigenvalues first, and the eigenvalues.
    ///
    /// - Parameter matrix: Row-major `[size, size]`.
    /// - Returns: Eigenvectors as rows, `[size, size]`, each with the sign that makes its largest component positive.
    static func eigenvectors(of matrix: [Double], size D: Int) -> (vectors: [Double], values: [Double]) {
        precondition(matrix.count == D * D, "a matrix of \(matrix.count) numbers is not \(D) x \(D)")
        // The matrix is its own transpose, so its singular vectors are its eigenvectors; the halves for V are not needed.
        let width = padded(D)
        var columns = [Double](repeating: 0, count: D * width)
        for row in 0..<D {
            for column in 0..<D { columns[column * width + row] = matrix[row * D + column] }
        }
        var vectors: [Double] = [], values: [Double] = []
        columns.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            rotate(base, D, width, columnWidth: width)
            values = (0..<D).map { dot(base + $0 * width, base + $0 * width, width).squareRoot() }
            normalize(base, D, width, columnWidth: width)
            for row in 0..<D {
                let vector = UnsafeBufferPointer(start: base + row * width, count: D)
                let largest = vector.max { $0.magnitude < $1.magnitude } ?? 1
                vectors += vector.map { largest < 0 ? -$0 : $0 }
            }
        }
        return (vectors, values)
    }

    /// Lanes of the loops below; rows are padded with zeros to a multiple.
    private typealias Lanes = SIMD8<Double>

    private static func padded(_ count: Int) -> Int {
        (count + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
    }

    /// Rotates pairs of columns, all of them in each sweep, until all are orthogonal. The longer of two comes first.
    ///
    /// - Parameters:
    ///   - width: Numbers of a row, all of which are turned.
    ///   - columnWidth: Those in front that are to be orthogonal.
    private static func rotate(_ base: UnsafeMutablePointer<Double>, _ D: Int, _ width: Int, columnWidth: Int) {
        var squares = [Double](repeating: 0, count: D)
        for _ in 0..<maximumSweepCount {
            // Summed anew in each sweep: the updates below are exact only up to rounding.
            for j in 0..<D { squares[j] = dot(base + j * width, base + j * width, columnWidth) }
            let zero = zeroSquare(squares)
            var isOrthogonal = true
            for i in 0..<D {
                for j in i + 1..<max(D, i + 1) {
                    let product = dot(base + i * width, base + j * width, columnWidth)
                    let isInOrder = squares[i] >= squares[j] || max(squares[i], squares[j]) <= zero
                    let isPairOrthogonal =
                        min(squares[i], squares[j]) <= zero
                        || product.magnitude <= tolerance * (squares[i] * squares[j]).squareRoot()
                    if isInOrder && isPairOrthogonal { continue }
                    isOrthogonal = false
                    // The tangent of the smaller angle that makes the pair orthogonal.
                    let zeta = (squares[i] - squares[j]) / (2 * product)
                    let tangent =
                        isPairOrthogonal ? 0 : (zeta < 0 ? -1 : 1) / (zeta.magnitude + (1 + zeta * zeta).squareRoot())
                    var cosine = 1 / (1 + tangent * tangent).squareRoot()
                    var sine = cosine * tangent
                    squares[i] += tangent * product
                    squares[j] -= tangent * product
                    if !isInOrder {  // a quarter turn more, and they change places
                        (cosine, sine) = (-sine, cosine)
                        squares.swapAt(i, j)
                    }
                    turn(base + i * width, base + j * width, width, cosine, sine)
                }
            }
            if isOrthogonal { return }
        }
    }

    /// The square of the length at which a column counts as zero.
    private static func zeroSquare(_ squares: [Double]) -> Double {
        let bound = Double(squares.count) * Double.ulpOfOne
        return (squares.max() ?? 0) * bound * bound
    }

    /// Makes the fronts of the rows unit vectors.
    private static func normalize(_ base: UnsafeMutablePointer<Double>, _ D: Int, _ width: Int, columnWidth: Int) {
        let squares = (0..<D).map { dot(base + $0 * width, base + $0 * width, columnWidth) }
        let zero = zeroSquare(squares)
        // 1 less the squared length of each unit vector's projection on the columns that are done.
        var residuals = [Double](repeating: 1, count: D)
        func finish(_ column: UnsafeMutablePointer<Double>, _ length: Double) {
            for index in 0..<D {
                column[index] /= length
                residuals[index] -= column[index] * column[index]
            }
        }
        for j in 0..<D where squares[j] > zero { finish(base + j * width, squares[j].squareRoot()) }
        var done = (0..<D).filter { squares[$0] > zero }
        for j in 0..<D where squares[j] <= zero {
            let column = base + j * width
            let furthest = residuals.indices.min { residuals[$0] > residuals[$1] } ?? 0
            for index in 0..<D { column[index] = index == furthest ? 1 : 0 }
            for _ in 0..<2 {  // twice is enough (Kahan, in Parlett 1980, section 6.9)
                for other in done {
                    let projection = dot(base + other * width, column, columnWidth)
                    for index in 0..<D { column[index] -= projection * base[other * width + index] }
                }
            }
            finish(column, dot(column, column, columnWidth).squareRoot())
            done.append(j)
        }
    }

    private static func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
        var sum = Lanes(repeating: 0)
        for index in stride(from: 0, to: count, by: Lanes.scalarCount) {
            sum += lanes(x, index) * lanes(y, index)
        }
        return sum.sum()
    }

    /// `x = cosine x + sine y`, `y = cosine y - sine x`.
    private static func turn(
        _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ count: Int, _ cosine: Double,
        _ sine: Double
    ) {
        for index in stride(from: 0, to: count, by: Lanes.scalarCount) {
            let (left, right) = (lanes(x, index), lanes(y, index))
            store(left * cosine + right * sine, x, index)
            store(right * cosine - left * sine, y, index)
        }
    }

    @inline(__always)
    private static func lanes(_ x: UnsafePointer<Double>, _ index: Int) -> Lanes {
        UnsafeRawPointer(x + index).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    private static func store(_ value: Lanes, _ x: UnsafeMutablePointer<Double>, _ index: Int) {
        UnsafeMutableRawPointer(x + index).storeBytes(of: value, as: Lanes.self)
    }
}
