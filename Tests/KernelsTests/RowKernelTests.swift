import Foundation
import Kernels
import Testing

struct RowKernelTests {
    static let widths = [0, 1, 3, 7, 8, 9, 16, 31, 96, 97]
    static let rowCounts = [0, 1, 7]

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

    /// Bias, rectifier, norm, residual and dropout, and their gradient, against one row after the other by the formulas.
    @Test(arguments: [false, true]) func rectifiedNormMatchesReferenceForwardAndBackward(_ hasExtras: Bool) {
        let mask = DropoutMask(key: 77, probability: 0.3), firstIndex = 1000
        for n in Self.widths where n > 0 {
            for rows in [0, 1, 7, 16, 37] {
                let stride = n + 2
                let product = randomFloats(rows * stride, seed: 1, in: -2...4), bias = randomFloats(n, seed: 6)
                let residual = randomFloats(rows * stride, seed: 7), dy = randomFloats(rows * stride, seed: 2)
                let gamma = randomFloats(n, seed: 3), beta = randomFloats(n, seed: 4)
                let start = randomFloats(3 * n, seed: 5)
                let expected = expectedNorm(
                    product, rows, n, stride, bias, gamma, beta, residual: hasExtras ? residual : nil, dy: dy)
                onEveryPath { path in
                    let c = GuardedFloats(product), y = GuardedFloats(residual), dropped = GuardedFloats(product)
                    let mean = GuardedFloats([Float](repeating: 0, count: rows))
                    let inverse = GuardedFloats([Float](repeating: 0, count: rows))
                    let dx = GuardedFloats(dy), sums = GuardedFloats(start)
                    func rows_(_ floats: GuardedFloats) -> RowsPointer {
                        RowsPointer(floats.pointer, stride: stride)
                    }
                    let weights = (bias + gamma + beta).withUnsafeBufferPointer { FloatBuffer($0) }
                    Kernel.rectifyAndNormalize(
                        rowCount: rows, columnCount: n, c: rows_(c),
                        weights: RectifiedNormWeights(
                            bias: weights.pointer, gamma: weights.pointer + n, beta: weights.pointer + 2 * n,
                            epsilon: 1e-5),
                        residual: hasExtras ? rows_(y) : nil, y: rows_(y), mean: mean.pointer,
                        inverseDeviation: inverse.pointer,
                        dropped: hasExtras ? (mask, firstIndex, rows_(dropped)) : nil)
                    Kernel.rectifyAndNormalizeBackward(  // in place: dx is dy
                        rowCount: rows, columnCount: n, dy: rows_(dx), activation: rows_(c), gamma: gamma,
                        mean: mean.pointer, inverseDeviation: inverse.pointer, dx: rows_(dx),
                        gammaGradient: sums.pointer, betaGradient: sums.pointer + n, biasGradient: sums.pointer + 2 * n)
                    // A row of few columns may be all zeros but for rounding, which its deviation magnifies.
                    let bound = n < 4 ? 3e-3 : 1e-4
                    let what = "\(path) \(rows)x\(n)"
                    #expect(firstDifference(c.values, expected.activation, absolute: 1e-6) == nil, "c \(what)")
                    #expect(firstDifference(inside(y, rows, n), expected.y, absolute: bound) == nil, "y \(what)")
                    #expect(firstDifference(inside(dx, rows, n), expected.dx, absolute: bound) == nil, "dx \(what)")
                    let expectedSums = zip(start, expected.sums).map { Double($0) + $1 }
                    #expect(
                        firstDifference(sums.values, expectedSums, absolute: bound * Double(max(rows, 1))) == nil,
                        "sums \(what)")
                    if hasExtras {
                        let values = inside(y, rows, n)
                        let kept = Reference.dropout(values, mask: mask, firstIndex: UInt64(firstIndex))
                        #expect(inside(dropped, rows, n) == kept, "dropped \(what)")
                    }
                    for (row, value) in expected.mean.enumerated() {
                        #expect(abs(Double(mean.values[row]) - value) < 4e-6, "mean \(what)")
                    }
                    #expect(
                        c.isIntact && y.isIntact && dropped.isIntact && mean.isIntact && inverse.isIntact
                            && dx.isIntact && sums.isIntact, "\(what)")
                    for column in n..<stride where rows > 0 {
                        #expect(y.values[column] == residual[column] && dx.values[column] == dy[column], "gap \(what)")
                    }
                }
            }
        }
    }

    private struct ExpectedNorm {
        var activation: [Double]
        var y: [Double] = []
        var dx: [Double] = []
        var sums: [Double]
        var mean: [Double] = []
    }

    private func expectedNorm(
        _ product: [Float], _ rows: Int, _ n: Int, _ stride: Int, _ bias: [Float], _ gamma: [Float], _ beta: [Float],
        residual: [Float]?, dy: [Float]
    ) -> ExpectedNorm {
        var expected = ExpectedNorm(
            activation: product.map(Double.init), sums: [Double](repeating: 0, count: 3 * n))
        for row in 0..<rows {
            let range = row * stride..<row * stride + n
            let x = (0..<n).map { max(product[row * stride + $0] + bias[$0], 0) }
            expected.activation.replaceSubrange(range, with: x.map(Double.init))
            let forward = Reference.layerNorm(x: x, gamma: gamma, beta: beta, epsilon: 1e-5)
            expected.mean.append(forward.mean)
            expected.y += forward.y.enumerated().map { $1 + Double(residual?[row * stride + $0] ?? 0) }
            let backward = Reference.layerNormBackward(dy: Array(dy[range]), x: x, gamma: gamma, epsilon: 1e-5)
            let dx = backward.dx.enumerated().map { x[$0] > 0 ? $1 : 0 }
            expected.dx += dx
            for column in 0..<n {
                expected.sums[column] += backward.gammaGradient[column]
                expected.sums[n + column] += backward.betaGradient[column]
                expected.sums[2 * n + column] += dx[column]
            }
        }
        return expected
    }

    /// The columns that belong to the matrix, rows laid end to end.
    private func inside(_ floats: GuardedFloats, _ rows: Int, _ n: Int) -> [Float] {
        let values = floats.values, stride = n + 2
        return (0..<rows).flatMap { values[$0 * stride..<$0 * stride + n] }
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
            for rows in [0, 1, 7, 16, 21] {
                let stride = n + 2
                var logits = randomFloats(rows * stride, seed: 1, in: -30...30)
                let bias = randomFloats(n, seed: 2)
                if rows > 2 && n > 2 {
                    logits[1] = -.infinity
                    logits[n + 2] = 3e38  // only the difference to the maximum counts
                }
                onEveryPath { path in
                    let sums = GuardedFloats(logits), out = GuardedFloats(logits)
                    Kernel.softmax(
                        rowCount: rows, columnCount: n, logits: RowsPointer(sums.pointer, stride: stride), bias: bias,
                        probabilities: RowsPointer(out.pointer, stride: stride))
                    for row in 0..<rows {
                        let range = row * stride..<row * stride + n
                        let biased = zip(logits[range], bias).map { $0 + $1 }
                        #expect(Array(sums.values[range]) == biased, "\(path) \(rows)x\(n)")
                        let expected = Reference.softmax(biased) { Foundation.exp($0) }
                        let difference = firstDifference(
                            out.values[range], expected, absolute: 1e-44, relative: 1e-6)
                        #expect(difference == nil, "\(path) \(rows)x\(n)")
                        #expect(out.values[row * stride + n] == logits[row * stride + n])
                    }
                    #expect(sums.isIntact && out.isIntact)
                }
            }
        }
    }

    @Test func softmaxOfEqualLogitsIsUniformAndNaNSpreadsOverItsRowOnly() {
        onEveryPath { path in
            for place in 7..<14 {
                var logits = [Float](repeating: 5, count: 21)
                logits[place] = .nan
                let sums = GuardedFloats(logits), out = GuardedFloats(logits)
                Kernel.softmax(
                    rowCount: 3, columnCount: 7, logits: RowsPointer(sums.pointer, stride: 7),
                    bias: [Float](repeating: 0, count: 7), probabilities: RowsPointer(out.pointer, stride: 7))
                let values = out.values
                #expect((values[0..<7] + values[14..<21]).allSatisfy { abs($0 - 1.0 / 7) < 1e-7 }, "\(path)")
                #expect(values[7..<14].allSatisfy { $0.isNaN }, "\(path)")
            }
        }
    }

    @Test func rowsDoNotDependOnTheOtherRowsOfTheCall() {
        let n = 97, rows = 37, x = randomFloats(rows * n, seed: 1), gamma = randomFloats(n, seed: 2)
        onEveryPath { path in
            let whole = (FloatBuffer(x), FloatBuffer(count: rows * n), FloatBuffer(count: rows * n))
            let single = (FloatBuffer(x), FloatBuffer(count: rows * n), FloatBuffer(count: rows * n))
            func run(_ first: Int, _ count: Int, _ buffers: (FloatBuffer, FloatBuffer, FloatBuffer)) {
                func at(_ buffer: FloatBuffer) -> RowsPointer {
                    RowsPointer(buffer.pointer + first * n, stride: n)
                }
                gamma.withUnsafeBufferPointer { gamma in
                    guard let gamma = gamma.baseAddress else { return }
                    Kernel.softmax(
                        rowCount: count, columnCount: n, logits: at(buffers.0), bias: gamma,
                        probabilities: at(buffers.1))
                    Kernel.rectifyAndNormalize(
                        rowCount: count, columnCount: n, c: at(buffers.0),
                        weights: RectifiedNormWeights(bias: gamma, gamma: gamma, beta: gamma, epsilon: 1e-5),
                        y: at(buffers.2))
                }
            }
            run(0, rows, whole)
            for row in 0..<rows { run(row, 1, single) }
            #expect(whole.1.array == single.1.array && whole.2.array == single.2.array, "\(path)")
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

    /// Rows behind the last one are not there: what is read beyond a row must be of the rows.
    @Test func dotProductsOfHalfRowsHaveTheBitsOfTheirWidenedRows() {
        for columns in [1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 300] {
            let rows = 5
            let halves = randomFloats(rows * columns, seed: 53).map { Float16($0).bitPattern }
            let floats = halves.map { Float(Float16(bitPattern: $0)) }, q = randomFloats(columns, seed: 54)
            onEveryPath { path in
                let dots = GuardedFloats([Float](repeating: 9, count: rows))
                let squares = GuardedFloats([Float](repeating: 9, count: rows))
                let expected = FloatBuffer(count: 2 * rows)
                Kernel.dotHalfRows(
                    rowCount: rows, columnCount: columns, x: halves, q: q, dots: dots.pointer, squares: squares.pointer)
                Kernel.dotRows(
                    rowCount: rows, columnCount: columns, x: floats, xStride: columns, q: q, dots: expected.pointer,
                    squares: expected.pointer + rows)
                #expect(dots.values + squares.values == expected.array, "\(path) \(columns)")
                #expect(dots.isIntact && squares.isIntact)
            }
        }
    }
}
