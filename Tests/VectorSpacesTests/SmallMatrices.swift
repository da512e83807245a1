import NERPipeTesting

/// Plain products of small row-major matrices.
func product(_ a: [Double], _ b: [Double], _ M: Int, _ K: Int, _ N: Int) -> [Double] {
    var c = [Double](repeating: 0, count: M * N)
    for m in 0..<M {
        for k in 0..<K {
            for n in 0..<N { c[m * N + n] += a[m * K + k] * b[k * N + n] }
        }
    }
    return c
}

func transposed(_ a: [Double], _ D: Int) -> [Double] {
    (0..<D * D).map { a[$0 % D * D + $0 / D] }
}

func identity(_ D: Int) -> [Double] { (0..<D * D).map { $0 % (D + 1) == 0 ? 1 : 0 } }

/// `A' A`, the identity if `a` is orthogonal.
func selfProduct(_ a: [Float], _ D: Int) -> [Float] {
    let a = a.map(Double.init)
    return product(transposed(a, D), a, D, D, D).map { Float($0) }
}

/// A random orthogonal matrix, by Gram and Schmidt.
func randomRotation(_ D: Int, _ random: inout SeededGenerator) -> [Double] {
    var rows: [[Double]] = []
    while rows.count < D {
        var row = random.floats(D).map(Double.init)
        for _ in 0..<2 {
            for other in rows {
                let projection = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
                row = zip(row, other).map { $0 - projection * $1 }
            }
        }
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        if length > 1e-3 { rows.append(row.map { $0 / length }) }
    }
    return rows.flatMap { $0 }
}
