import Foundation
import Kernels
import Testing

struct RowKernelTests {
    static let widths = [0, 1, 3, 7, 8, 9, 16, 31, 96, 97]
    static let rowCounts = [0, 1, 7]

    @Test func biasAndRectifierMatchTheDefinition() {
        for n in Self.widths {
            for rows in Self.rowCounts {
                var x = randomFloats(rows * (n + 3), seed: 1)
                if x.count > 1 { x[1] = .nan }
                let bias = randomFloats(n, seed: 2)
                onEveryPath { path in
                    for relu in [false, true] {
                        let c = GuardedFloats(x)
                        if relu {
                            Kernel.addBiasReLU(rowCount: rows, columnCount: n, c: c.pointer, stride: n + 3, bias: bias)
                        } else {
                            Kernel.addBias(rowCount: rows, columnCount: n, c: c.pointer, stride: n + 3, bias: bias)
                        }
                        let expected = x.indices.map { index -> Double in
                            let column = index % (n + 3)
                            guard column < n else { return Double(x[index]) }
                            let sum = x[index] + bias[column]
                            return Double(relu && sum < 0 ? 0 : sum)
                        }
                        #expect(firstDifference(c.values, expected, absolute: 0) == nil, "\(path) \(rows)x\(n) \(relu)")
                        #expect(c.isIntact)
                    }
                }
            }
        }
    }

    @Test func biasGradientAddsColumnSums() {
        for n in Self.widths {
            for rows in Self.rowCounts {
                let dy = randomFloats(rows * (n + 1), seed: 1), initial = randomFloats(n, seed: 2)
                let expected = (0..<n).map { column in
                    (0..<rows).reduce(Double(initial[column])) { $0 + Double(dy[$1 * (n + 1) + column]) }
                }
                onEveryPath { path in
                    let gradient = GuardedFloats(initial)
                    Kernel.addBiasGradient(
                        rowCount: rows, columnCount: n, dy: dy, stride: n + 1, biasGradient: gradient.pointer)
                    #expect(firstDifference(gradient.values, expected, absolute: 3e-6) == nil, "\(path) \(rows)x\(n)")
                    #expect(gradient.isIntact)
                }
            }
        }
    }

    @Test func layerNormMatchesReferenceForwardAndBackward() {
        for n in Self.widths where n > 0 {
            for rows in Self.rowCounts {
                let x = randomFloats(rows * (n + 2), seed: 1, in: 2...5), dy = randomFloats(rows * (n + 2), seed: 2)
                let gamma = randomFloats(n, seed: 3), beta = randomFloats(n, seed: 4), epsilon: Float = 1e-5
                let start = randomFloats(2 * n, seed: 5)
                onEveryPath { path in
                    let y = GuardedFloats(x), mean = GuardedFloats([Float](repeating: 0, count: rows))
                    let inverse = GuardedFloats([Float](repeating: 0, count: rows))
                    Kernel.layerNorm(
                        rowCount: rows, columnCount: n, x: x, xStride: n + 2, gamma: gamma, beta: beta,
                        epsilon: epsilon, y: y.pointer, yStride: n + 2, mean: mean.pointer,
                        inverseDeviation: inverse.pointer)
                    let dx = GuardedFloats(dy), gradients = GuardedFloats(start)
                    Kernel.layerNormBackward(  // in place: dx is dy
                        rowCount: rows, columnCount: n, dy: dx.pointer, dyStride: n + 2, x: x, xStride: n + 2,
                        gamma: gamma, mean: mean.pointer, inverseDeviation: inverse.pointer, dx: dx.pointer,
                        dxStride: n + 2, gammaGradient: gradients.pointer, betaGradient: gradients.pointer + n)
                    var expectedY = x.map(Double.init), expectedDX = dy.map(Double.init)
                    var expectedGradients = start.map(Double.init)
                    for row in 0..<rows {
                        let range = row * (n + 2)..<row * (n + 2) + n
                        let forward = Reference.layerNorm(
                            x: Array(x[range]), gamma: gamma, beta: beta, epsilon: epsilon)
                        let backward = Reference.layerNormBackward(
                            dy: Array(dy[range]), x: Array(x[range]), gamma: gamma, epsilon: epsilon)
                        expectedY.replaceSubrange(range, with: forward.y)
                        expectedDX.replaceSubrange(range, with: backward.dx)
                        for column in 0..<n {
                            expectedGradients[column] += backward.gammaGradient[column]
                            expectedGradients[n + column] += backward.betaGradient[column]
                        }
                        #expect(abs(Double(mean.values[row]) - forward.mean) < 2e-6)
                        #expect(abs(Double(inverse.values[row]) / forward.inverseDeviation - 1) < 2e-5)
                    }
                    // A row of one column has inverse deviation 1 / sqrt(epsilon), which magnifies rounding.
                    let bound = n < 4 ? 2e-3 : 4e-5
                    #expect(firstDifference(y.values, expectedY, absolute: bound) == nil, "\(path) y \(rows)x\(n)")
                    #expect(firstDifference(dx.values, expectedDX, absolute: bound) == nil, "\(path) dx \(rows)x\(n)")
                    #expect(
                        firstDifference(gradients.values, expectedGradients, absolute: bound) == nil,
                        "\(path) gradients \(rows)x\(n)")
                    #expect(y.isIntact && dx.isIntact && gradients.isIntact && mean.isIntact && inverse.isIntact)
                }
            }
        }
    }

    @Test func layerNormGradientAgreesWithFiniteDifferences() {
        let n = 9, gamma = randomFloats(n, seed: 1), beta = randomFloats(n, seed: 2), dy = randomFloats(n, seed: 3)
        let x = randomFloats(n, seed: 4, in: -3...3)
        func loss(_ x: [Float]) -> Double {
            let y = Reference.layerNorm(x: x, gamma: gamma, beta: beta, epsilon: 1e-5).y
            return zip(y, dy).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        let dx = Reference.layerNormBackward(dy: dy, x: x, gamma: gamma, epsilon: 1e-5).dx
        for index in 0..<n {
            var up = x, down = x
            up[index] += 0.01
            down[index] -= 0.01
            let slope = (loss(up) - loss(down)) / (Double(up[index]) - Double(down[index]))
            #expect(abs(slope - dx[index]) < 1e-4)
        }
    }

    @Test func softmaxMatchesReference() {
        for n in Self.widths where n > 0 {
            for rows in Self.rowCounts {
                var logits = randomFloats(rows * (n + 2), seed: 1, in: -30...30)
                if rows > 2 && n > 2 {
                    logits[1] = -.infinity
                    logits[n + 2] = 3e38  // only the difference to the maximum counts
                }
                onEveryPath { path in
                    let inPlace = GuardedFloats(logits), logs = GuardedFloats(logits)
                    Kernel.softmax(
                        rowCount: rows, columnCount: n, logits: inPlace.pointer, logitsStride: n + 2,
                        probabilities: inPlace.pointer, probabilitiesStride: n + 2)
                    Kernel.logSoftmax(
                        rowCount: rows, columnCount: n, logits: logits, logitsStride: n + 2,
                        logProbabilities: logs.pointer, logProbabilitiesStride: n + 2)
                    for row in 0..<rows {
                        let range = row * (n + 2)..<row * (n + 2) + n
                        let expected = Reference.softmax(Array(logits[range])) { Foundation.exp($0) }
                        let difference = firstDifference(
                            inPlace.values[range], expected, absolute: 1e-44, relative: 1e-6)
                        #expect(difference == nil, "\(path) \(rows)x\(n)")
                        let top = Double(logits[range].max() ?? 0)
                        let sum = logits[range].reduce(0) { $0 + Foundation.exp(Double($1) - top) }
                        let expectedLogs = logits[range].map { Double($0) - top - Foundation.log(sum) }
                        let logDifference = firstDifference(
                            logs.values[range], expectedLogs.map { Double(Float($0)) }, absolute: 1e-6, relative: 3e-7)
                        #expect(logDifference == nil, "\(path) log \(rows)x\(n)")
                    }
                    #expect(inPlace.isIntact && logs.isIntact)
                }
            }
        }
    }

    @Test func softmaxOfEqualLogitsIsUniformAndNaNSpreadsOverItsRowOnly() {
        onEveryPath { path in
            var logits = [Float](repeating: 5, count: 21)
            logits[8] = .nan
            let out = GuardedFloats(logits)
            Kernel.softmax(
                rowCount: 3, columnCount: 7, logits: logits, logitsStride: 7, probabilities: out.pointer,
                probabilitiesStride: 7)
            let values = out.values
            #expect(values[0..<7].allSatisfy { $0 == 1.0 / 7 } && values[14..<21].allSatisfy { $0 == 1.0 / 7 })
            #expect(values[7..<14].allSatisfy { $0.isNaN }, "\(path)")
        }
    }

    @Test func rowsDoNotDependOnTheOtherRowsOfTheCall() {
        let n = 97, rows = 11, x = randomFloats(rows * n, seed: 1), gamma = randomFloats(n, seed: 2)
        onEveryPath { path in
            let whole = FloatBuffer(count: rows * n), single = FloatBuffer(count: rows * n)
            let norm = FloatBuffer(count: rows * n), singleNorm = FloatBuffer(count: rows * n)
            x.withUnsafeBufferPointer { x in
                guard let x = x.baseAddress else { return }
                func run(_ first: Int, _ count: Int, _ soft: FloatBuffer, _ norm: FloatBuffer) {
                    Kernel.softmax(
                        rowCount: count, columnCount: n, logits: x + first * n, logitsStride: n,
                        probabilities: soft.pointer + first * n, probabilitiesStride: n)
                    Kernel.layerNorm(
                        rowCount: count, columnCount: n, x: x + first * n, xStride: n, gamma: gamma, beta: gamma,
                        epsilon: 1e-5, y: norm.pointer + first * n, yStride: n, mean: nil, inverseDeviation: nil)
                }
                run(0, rows, whole, norm)
                for row in 0..<rows { run(row, 1, single, singleNorm) }
            }
            #expect(whole.array == single.array && norm.array == singleNorm.array, "\(path)")
        }
    }

    @Test func dotProductsAndSquaresOfRows() {
        for columns in [1, 7, 16, 31, 32, 33, 100, 300] {
            for rows in [0, 1, 5] {
                let stride = columns + 3
                let x = randomFloats(rows * stride, seed: 51), q = randomFloats(columns, seed: 52)
                var dotsExpected: [Double] = [], squaresExpected: [Double] = []
                for row in 0..<rows {
                    let values = x[row * stride..<row * stride + columns].map(Double.init)
                    dotsExpected.append(zip(values, q).reduce(0) { $0 + $1.0 * Double($1.1) })
                    squaresExpected.append(values.reduce(0) { $0 + $1 * $1 })
                }
                onEveryPath { path in
                    let dots = GuardedFloats([Float](repeating: 9, count: rows))
                    let squares = GuardedFloats([Float](repeating: 9, count: rows))
                    Kernel.dotRows(
                        rowCount: rows, columnCount: columns, x: x, xStride: stride, q: q, dots: dots.pointer,
                        squares: squares.pointer)
                    #expect(firstDifference(dots.values, dotsExpected, absolute: 1e-4) == nil, "\(path) \(columns)")
                    #expect(
                        firstDifference(squares.values, squaresExpected, absolute: 1e-4) == nil, "\(path) \(columns)")
                    #expect(dots.isIntact && squares.isIntact)
                }
            }
        }
    }
}
