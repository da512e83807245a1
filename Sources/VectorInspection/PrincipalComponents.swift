/// The two directions in which points differ most.
package struct PrincipalComponents: Sendable {
    /// Coordinates of each point along the first and second component.
    package let coordinates: [(x: Double, y: Double)]
    /// Share of the variance that lies along each.
    package let explained: (first: Double, second: Double)

    /// - Parameter points: All of one width; at most a few thousand, because the products of all pairs are kept.
    /// - Complexity: O(n^2 x width) time, O(n^2) memory.
    /// - Note: The eigenvectors of the matrix of inner products of the centred points, by power iteration from a fixed
    ///   start; the sign is such that the coordinate with the largest magnitude is positive.
    package init(_ points: [[Float]]) {
        let n = points.count, width = points.first?.count ?? 0
        precondition(points.allSatisfy { $0.count == width }, "points of different width")
        var mean = [Double](repeating: 0, count: width)
        for point in points { for axis in 0..<width { mean[axis] += Double(point[axis]) / Double(max(n, 1)) } }
        let centered = points.map { point in zip(point, mean).map { Double($0) - $1 } }
        var products = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                let product = zip(centered[i], centered[j]).reduce(0) { $0 + $1.0 * $1.1 }
                products[i * n + j] = product
                products[j * n + i] = product
            }
        }
        let total = (0..<n).reduce(0) { $0 + products[$1 * n + $1] }
        let first = Self.eigenvector(&products, n)
        let second = Self.eigenvector(&products, n)
        coordinates = (0..<n).map { (first.vector[$0] * first.scale, second.vector[$0] * second.scale) }
        func share(_ value: Double) -> Double { total > 0 ? value * value / total : 0 }
        explained = (share(first.scale), share(second.scale))
    }

    /// The unit eigenvector with the largest eigenvalue, which is then taken out of the matrix, and the root of that.
    private static func eigenvector(_ matrix: inout [Double], _ n: Int) -> (vector: [Double], scale: Double) {
        // Not orthogonal to anything by accident, and the same each time.
        var vector = (0..<n).map { (index: Int) -> Double in 1 + Double((index * 7919 + 13) % 1009) / 1009 }
        var eigenvalue = 0.0
        for _ in 0..<500 {
            var next = [Double](repeating: 0, count: n)
            for i in 0..<n {
                var sum = 0.0
                for j in 0..<n { sum += matrix[i * n + j] * vector[j] }
                next[i] = sum
            }
            let length: Double = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-300 else { return ([Double](repeating: 0, count: n), 0) }
            let previous = vector
            vector = next.map { $0 / length }
            eigenvalue = length
            if zip(vector, previous).allSatisfy({ abs($0 - $1) < 1e-12 }) { break }
        }
        if let largest = vector.max(by: { abs($0) < abs($1) }), largest < 0 { vector = vector.map { -$0 } }
        for i in 0..<n { for j in 0..<n { matrix[i * n + j] -= eigenvalue * vector[i] * vector[j] } }
        return (vector, eigenvalue.squareRoot())
    }
}
