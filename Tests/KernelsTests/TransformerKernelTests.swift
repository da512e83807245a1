import Foundation
import Kernels
import Testing

struct TransformerKernelTests {
    @Test func geluIsThatOfTheSystemsErf() {
        var x = randomFloats(500, seed: 1, in: -6...6)
        x += [0, -0.0, 100, -100, 5.7, -5.7, 1e-20, -1e-20, .infinity]
        let expected = x.map { Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) / 2 }
        let zeros = [Float](repeating: 0, count: x.count)
        onEveryPath { path in
            let values = GuardedFloats(x)
            Kernel.addBias(
                rowCount: 1, columnCount: x.count, zeros, activation: .gelu,
                c: RowsPointer(values.pointer, stride: x.count))
            let difference = firstDifference(values.values, expected, absolute: 1e-6, relative: 4e-7)
            #expect(difference == nil && values.isIntact, "\(path)")
            let nan = GuardedFloats([.nan])
            Kernel.addBias(
                rowCount: 1, columnCount: 1, zeros, activation: .gelu, c: RowsPointer(nan.pointer, stride: 1))
            #expect(nan.values[0].isNaN, "\(path)")
        }
    }

    @Test func productsWithBiasAreTheBitsOfTheirParts() {
        for (m, n, k) in [(1, 1, 1), (7, 9, 5), (13, 33, 16), (97, 36, 300), (5, 7, 700), (200, 48, 96), (0, 4, 4)] {
            let a = randomFloats(m * (k + 3), seed: 1), b = randomFloats(k * n, seed: 2),
                bias = randomFloats(n, seed: 3)
            let packed = PackedMatrix(rowCount: k, columnCount: n)
            packed.pack(b, rowStride: n, columnStride: 1)
            for activation in [Activation.none, .gelu] {
                onEveryPath { path in
                    let rows = GuardedFloats(a), expected = GuardedFloats([Float](repeating: 7, count: m * (n + 2)))
                    let found = GuardedFloats(expected.values)
                    let target = RowsPointer(expected.pointer, stride: n + 2)
                    Kernel.multiply(
                        rowCount: m, a: rows.pointer, aRowStride: k + 3, b: packed, c: target.pointer, cStride: n + 2)
                    Kernel.addBias(rowCount: m, columnCount: n, bias, activation: activation, c: target)
                    Kernel.multiply(
                        rowCount: m, a: RowsPointer(rows.pointer, stride: k + 3), b: packed, bias: bias,
                        activation: activation, c: RowsPointer(found.pointer, stride: n + 2))
                    #expect(
                        found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) && found.isIntact,
                        "\(path) \(m)x\(n)x\(k)")
                }
            }
        }
    }

    @Test func residualNormMatchesReferenceAndIsThatOfARowAlone() {
        for (m, n) in [(1, 1), (3, 7), (17, 16), (40, 33), (5, 384), (0, 8)] {
            let x = randomFloats(m * n, seed: 1), residual = randomFloats(m * n, seed: 2)
            let bias = randomFloats(n, seed: 3), gamma = randomFloats(n, seed: 4), beta = randomFloats(n, seed: 5)
            onEveryPath { path in
                let y = GuardedFloats(residual), source = GuardedFloats(x), single = GuardedFloats(residual)
                func norm(_ first: Int, _ count: Int, _ y: GuardedFloats) {
                    let rows = RowsPointer(y.pointer + first * n, stride: n)
                    Kernel.residualNorm(
                        rowCount: count, columnCount: n, x: RowsPointer(source.pointer + first * n, stride: n),
                        bias: bias, residual: rows, gamma: gamma, beta: beta, epsilon: 1e-5, y: rows)
                }
                norm(0, m, y)
                for row in 0..<m {
                    let sums = (0..<n).map { x[row * n + $0] + bias[$0] + residual[row * n + $0] }
                    let expected = Reference.layerNorm(x: sums, gamma: gamma, beta: beta, epsilon: 1e-5)
                    let found = y.values[row * n..<(row + 1) * n]
                    // A row of one number is its own mean: what is left is rounding, and is large.
                    let difference = firstDifference(found, expected.y, absolute: 1e-5)
                    #expect(n == 1 || difference == nil, "\(path) \(m)x\(n)")
                    norm(row, 1, single)
                }
                #expect(
                    y.values.map(\.bitPattern) == single.values.map(\.bitPattern) && y.isIntact, "\(path) \(m)x\(n)")
            }
        }
    }
}
