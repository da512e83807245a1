import Kernels
import NERPipeTesting
import Randomness
import Testing

@testable import VectorSpaces

struct PrincipalAxesTests {
    /// Eigenvectors are orthonormal, belong to their eigenvalues, and put the matrix together again.
    @Test(arguments: [1, 2, 7, 24]) func eigenvectorsDiagonalize(_ size: Int) {
        var random = SplitMix64(seed: UInt64(size))
        let root = (0..<size * size).map { _ in Double.random(in: -1...1, using: &random) }
        let matrix = (0..<size * size).map { place in
            (0..<size).reduce(0.0) { $0 + root[place / size * size + $1] * root[place % size * size + $1] }
        }
        let (vectors, values) = OneSidedJacobi.eigenvectors(of: matrix, size: size)
        #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
        for i in 0..<size {
            for j in 0..<size {
                let product = (0..<size).reduce(0.0) { $0 + vectors[i * size + $1] * vectors[j * size + $1] }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-9)
                let sum = (0..<size).reduce(0.0) {
                    $0 + values[$1] * vectors[$1 * size + i] * vectors[$1 * size + j]
                }
                #expect(abs(sum - matrix[i * size + j]) < 1e-9)
            }
        }
    }

    /// Points near a plane: two axes keep nearly all, whatever the parts they come in.
    @Test func axesOfAPlaneAreFound() {
        var random = SplitMix64(seed: 3)
        let D = 5
        let rows: [Float] = (0..<400).flatMap { _ -> [Float] in
            let (a, b) = (Float.random(in: -3...3, using: &random), Float.random(in: -1...1, using: &random))
            return [a, b, a + b, 0.001 * Float.random(in: -1...1, using: &random), -a]
        }
        var axes = PrincipalAxes(dimension: D)
        rows.withUnsafeBufferPointer { rows in
            axes.add(rows.baseAddress!, count: 150)
            axes.add(rows.baseAddress! + 150 * D, count: 250)
        }
        let (matrix, share) = axes.first(2)
        #expect(share > 0.9999)
        for row in 0..<400 {
            let vector = rows[row * D..<(row + 1) * D].map { $0 }
            let inside = (0..<2).map { column in (0..<D).reduce(Float(0)) { $0 + vector[$1] * matrix[$1 * 2 + column] }
            }
            let (all, kept) = (vector.reduce(0) { $0 + $1 * $1 }, inside.reduce(0) { $0 + $1 * $1 })
            #expect(abs(all - kept) < 1e-3 * max(1, all))
        }
    }
}
