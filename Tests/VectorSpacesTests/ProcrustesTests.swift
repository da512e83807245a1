import Kernels
import NERPipeTesting
import Testing

@testable import VectorSpaces

struct ProcrustesTests {
    /// More points than dimensions, fewer points than dimensions, one dimension, and lanes filled exactly.
    static let shapes = [(count: 40, dimension: 9), (200, 33), (5, 12), (1, 4), (0, 3), (10, 1), (600, 16)]

    @Test(arguments: shapes)
    func recoversTheRotationBetweenRotatedPoints(_ shape: (count: Int, dimension: Int)) {
        let (N, D) = shape
        var random = SeededGenerator(seed: UInt64(N * 100 + D))
        let truth = randomRotation(D, &random)
        let x = random.floats(N * D)
        let y = product(x.map(Double.init), truth, N, D, D)
        let found = Procrustes.rotation(
            from: FloatBuffer(x), to: FloatBuffer(y.map { Float($0) }), count: N, dimension: D)
        #expect(worstDifference(selfProduct(found, D), identity(D), absolute: 1e-6) == nil)
        let image = product(x.map(Double.init), found.map(Double.init), N, D, D)
        #expect(worstDifference(image.map { Float($0) }, y, absolute: 2e-5) == nil)
        if N == 0 { #expect(found.map(Double.init) == identity(D)) }
        if N >= D { #expect(worstDifference(found, truth, absolute: 2e-5) == nil) }
    }

    /// `W` is the best orthogonal matrix if and only if `W' C` is symmetric and has no negative eigenvalue, `C` being
    /// the weighted cross-covariance (the polar decomposition).
    @Test(arguments: [true, false])
    func isTheBestOrthogonalMatrixForNoisyPoints(_ isWeighted: Bool) {
        let N = 300, D = 21
        var random = SeededGenerator(seed: 5)
        let x = random.floats(N * D), y = random.floats(N * D)
        let weights = isWeighted ? random.floats(N, in: 0...3) : nil
        let found = Procrustes.rotation(
            from: FloatBuffer(x), to: FloatBuffer(y), count: N, dimension: D, weights: weights)
        #expect(worstDifference(selfProduct(found, D), identity(D), absolute: 1e-6) == nil)
        var covariance = [Double](repeating: 0, count: D * D)
        for n in 0..<N {
            for i in 0..<D {
                for j in 0..<D {
                    covariance[i * D + j] += Double(weights?[n] ?? 1) * Double(x[n * D + i]) * Double(y[n * D + j])
                }
            }
        }
        let stretch = product(transposed(found.map(Double.init), D), covariance, D, D, D)
        #expect(
            worstDifference(stretch.map { Float($0) }, transposed(stretch, D), absolute: 1e-3) == nil, "not symmetric")
        for _ in 0..<200 {
            let v = random.floats(D).map(Double.init)
            let image = product(v, stretch, 1, D, D)
            #expect(zip(v, image).reduce(0) { $0 + $1.0 * $1.1 } > -1e-3, "a negative eigenvalue")
        }
    }

    @Test func aPairOfWeightZeroIsNotThere() {
        let N = 60, D = 8
        var random = SeededGenerator(seed: 9)
        let x = random.floats(N * D), y = random.floats(N * D)
        let half = [Float](repeating: 1, count: N / 2) + [Float](repeating: 0, count: N / 2)
        let weighted = Procrustes.rotation(
            from: FloatBuffer(x), to: FloatBuffer(y), count: N, dimension: D, weights: half)
        let cut = Procrustes.rotation(from: FloatBuffer(x), to: FloatBuffer(y), count: N / 2, dimension: D)
        #expect(worstDifference(weighted, cut.map(Double.init), absolute: 1e-5) == nil)
        let all = Procrustes.rotation(from: FloatBuffer(x), to: FloatBuffer(y), count: N, dimension: D)
        #expect(worstDifference(weighted, all.map(Double.init), absolute: 1e-2) != nil)
    }

    /// Equal singular values, a singular value of zero, and values 1e12 apart.
    @Test func hardMatricesHaveOrthogonalFactors() {
        let D = 24
        var random = SeededGenerator(seed: 11)
        let rotation = randomRotation(D, &random)
        #expect(
            worstDifference(OneSidedJacobi.orthogonalFactor(of: rotation, size: D), rotation, absolute: 1e-6) == nil)
        let shapes: [(Int) -> Double] = [{ $0 < 4 ? 1 : 0 }, { 1 / Double(1 << $0) / Double(1 << $0) }, { _ in 0 }]
        for values in shapes {
            var matrix = rotation
            for row in 0..<D { for column in 0..<D { matrix[row * D + column] *= values(row) } }
            let factor = OneSidedJacobi.orthogonalFactor(of: matrix, size: D)
            #expect(worstDifference(selfProduct(factor, D), identity(D), absolute: 1e-6) == nil)
            // Where the values are not zero the factor is the rotation.
            for row in 0..<D where values(row) > 1e-11 {
                let range = row * D..<row * D + D
                #expect(worstDifference(factor[range], rotation[range], absolute: 1e-4) == nil, "row \(row)")
            }
        }
    }
}
