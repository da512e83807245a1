import Foundation
import Kernels
import Testing

struct ElementKernelTests {
    static let counts = [0, 1, 7, 8, 15, 16, 17, 33, 96, 97, 300]

    /// Distance in units in the last place of `exact` rounded to float.
    func ulps(_ found: Float, _ exact: Double) -> Double {
        let rounded = Float(exact)
        if found == rounded || (found.isNaN && exact.isNaN) { return 0 }
        return abs(Double(found) - exact) / Double(rounded.ulp)
    }

    @Test func exponentialIsWithinTwoUnitsInTheLastPlace() {
        var x = (0..<20_000).map { Float(-103.5 + Double($0) * 192.2 / 20_000) }
        x += randomFloats(5000, seed: 1) + randomFloats(1000, seed: 2, in: -1e-6...1e-6)
        onEveryPath { path in
            let y = FloatBuffer(count: x.count)
            Kernel.exp(count: x.count, x: x, y: y.pointer)
            let worst = zip(x, y.array).map { ulps($1, Foundation.exp(Double($0))) }.max() ?? 0
            print("exp \(path): largest error \(worst) ulp")
            #expect(worst < 2, "\(path)")
        }
    }

    @Test func exponentialOfSpecialValues() {
        let x: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 89, 1000, -104, -1000, 88.72283, -87.4, 1]
        onEveryPath { path in
            let y = GuardedFloats(x)
            Kernel.exp(count: x.count, x: x, y: y.pointer)
            let v = y.values
            #expect(v[0] == 1 && v[1] == 1 && v[2] == .infinity && v[3] == 0 && v[4].isNaN, "\(path)")
            #expect(v[5] == .infinity && v[6] == .infinity && v[7] == 0 && v[8] == 0, "\(path)")
            #expect(v[9].isFinite && v[10].isSubnormal && y.isIntact, "\(path)")
        }
    }

    @Test func firstAboveFindsWhatAPlainLoopFinds() {
        for count in Self.counts {
            let values = randomFloats(count, seed: 4), penalties = randomFloats(count, seed: 5)
            for factor in [Float(1), 2] {
                let scores = zip(values, penalties).map { factor * $0 - $1 }
                // Bounds that every score in turn just does and just does not pass, and one that none passes.
                for bound in scores.map(\.nextDown) + scores + [100] {
                    let expected = scores.firstIndex { $0 > bound } ?? count
                    onEveryPath { path in
                        let found = Kernel.firstAbove(
                            bound, count: count, x: values, factor: factor, penalties: penalties)
                        #expect(found == expected, "\(path), \(count) values")
                    }
                }
            }
        }
        let odd: [Float] = [.nan, -.infinity, .nan, 3], zeros = [Float](repeating: 0, count: 4)
        onEveryPath { _ in
            #expect(Kernel.firstAbove(2, count: 4, x: odd, factor: 1, penalties: zeros) == 3)
            #expect(Kernel.firstAbove(-.infinity, count: 3, x: odd, factor: 1, penalties: zeros) == 3)
        }
    }

    @Test func firstAboveEitherFindsWhatAPlainLoopFinds() {
        for count in Self.counts {
            let values = randomFloats(count, seed: 6), bounds = randomFloats(count, seed: 7)
            for bound in values.map(\.nextDown) + values + [100] {
                for bounds in [bounds, values, [Float](repeating: 100, count: count)] {
                    let expected = values.indices.first { values[$0] > bound || values[$0] > bounds[$0] } ?? count
                    onEveryPath { path in
                        let found = Kernel.firstAbove(bound, or: bounds, count: count, x: values)
                        #expect(found == expected, "\(path), \(count) values")
                    }
                }
            }
        }
        onEveryPath { _ in
            let lowest = [Float](repeating: -.infinity, count: 3)
            #expect(Kernel.firstAbove(-.infinity, or: lowest, count: 3, x: [.nan, -.infinity, -1]) == 2)
        }
    }

    @Test func logarithmIsWithinTwoUnitsInTheLastPlace() {
        var x = (0..<20_000).map { Float(Foundation.exp(-103 + Double($0) * 191.0 / 20_000)) }
        x += randomFloats(5000, seed: 1, in: 0.4...2.5) + [.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1]
        onEveryPath { path in
            let y = FloatBuffer(count: x.count)
            Kernel.log(count: x.count, x: x, y: y.pointer)
            let worst = zip(x, y.array).map { ulps($1, Foundation.log(Double($0))) }.max() ?? 0
            print("log \(path): largest error \(worst) ulp")
            #expect(worst < 2, "\(path)")
            let special: [Float] = [0, -0.0, -1, .infinity, -.infinity, .nan, 1]
            let out = GuardedFloats(special)
            Kernel.log(count: special.count, x: out.pointer, y: out.pointer)
            let v = out.values
            #expect(v[0] == -.infinity && v[1] == -.infinity && v[2].isNaN && v[3] == .infinity, "\(path)")
            #expect(v[4].isNaN && v[5].isNaN && v[6] == 0 && out.isIntact, "\(path)")
        }
    }

    @Test func vectorArithmeticMatchesTheDefinition() {
        for n in Self.counts {
            let x = randomFloats(n, seed: 1), y0 = randomFloats(n, seed: 2)
            onEveryPath { path in
                func run(_ body: (UnsafeMutablePointer<Float>) -> Void, _ expected: (Int) -> Double, _ bound: Double) {
                    let y = GuardedFloats(y0)
                    body(y.pointer)
                    #expect(firstDifference(y.values, (0..<n).map(expected), absolute: bound) == nil, "\(path) \(n)")
                    #expect(y.isIntact, "\(path) \(n)")
                }
                run({ Kernel.axpy(count: n, a: 0.3, x: x, y: $0) }, { Double(y0[$0]) + 0.3 * Double(x[$0]) }, 1.5e-7)
                run({ Kernel.add(count: n, x: x, y: $0) }, { Double(y0[$0] + x[$0]) }, 0)
                run({ Kernel.scale(count: n, a: 0.7, y: $0) }, { Double(y0[$0] * 0.7) }, 0)
            }
        }
    }

    @Test func sumOfSquaresIsTheSameOnEveryPath() {
        for n in Self.counts + [5000] {
            let x = randomFloats(n, seed: 4, in: -1e20...1e20)
            let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
            var found: Set<UInt64> = []
            onEveryPath { path in
                let sum = Kernel.sumOfSquares(count: n, x: x)
                #expect(abs(sum - expected) <= 1e-13 * expected, "\(path) \(n)")
                found.insert(sum.bitPattern)
            }
            #expect(found.count == 1)
        }
    }

    @Test func adamWMatchesNumbersWorkedByHand() {
        // Update 1: m = 0.1 g, v = 0.001 g^2, step = lr sqrt(0.001) / 0.1, so w moves by lr * sign(g): 1 -> 0.9,
        // then the decay takes 0.1 * 0.5 of it: 0.855. With gscale 0.5 the moments come from g = 1.
        let update = AdamWUpdate(
            gradientScale: 0.5, learningRate: 0.1, weightDecay: 0.5, biasCorrectedStep: 0.1 * 0.001.squareRoot() / 0.1)
        onEveryPath { path in
            let w = GuardedFloats([1, -1]), m = GuardedFloats([0, 0]), v = GuardedFloats([0, 0])
            Kernel.adamW(
                count: 2, weights: w.pointer, gradient: [2, -2], firstMoment: m.pointer, secondMoment: v.pointer,
                update: update)
            #expect(firstDifference(w.values, [0.855, -0.855], absolute: 2e-7) == nil, "\(path) \(w.values)")
            #expect(firstDifference(m.values, [0.1, -0.1], absolute: 0, relative: 1e-7) == nil, "\(path)")
            #expect(firstDifference(v.values, [0.001, 0.001], absolute: 0, relative: 1e-7) == nil, "\(path)")
            // Update 2, g' = -3: m = 0.09 - 0.3 = -0.21, v = 0.000999 + 0.009 = 0.009999.
            let second = AdamWUpdate(learningRate: 0.1, biasCorrectedStep: 0.1 * (1 - 0.998001).squareRoot() / 0.19)
            Kernel.adamW(
                count: 1, weights: w.pointer, gradient: [-3], firstMoment: m.pointer, secondMoment: v.pointer,
                update: second)
            let expected = 0.855 + 0.1 * 0.001999.squareRoot() / 0.19 * 0.21 / 0.009999.squareRoot()
            #expect(abs(Double(w.values[0]) - expected) < 2e-7, "\(path)")
        }
    }

    @Test func adamWMatchesReferenceOverSeveralUpdates() {
        for n in Self.counts {
            let start = randomFloats(n, seed: 1)
            onEveryPath { path in
                let w = GuardedFloats(start), m = GuardedFloats(start.map { _ in 0 })
                let v = GuardedFloats(start.map { _ in 0 })
                var expected = start.map { (weight: Double($0), firstMoment: 0.0, secondMoment: 0.0) }
                for k in 1...5 {
                    let g = randomFloats(n, seed: UInt64(k) + 7)
                    let step = 1e-2 * (1 - pow(0.999, Double(k))).squareRoot() / (1 - pow(0.9, Double(k)))
                    let update = AdamWUpdate(
                        gradientScale: 0.7, learningRate: 1e-2, weightDecay: 0.01, biasCorrectedStep: step)
                    Kernel.adamW(
                        count: n, weights: w.pointer, gradient: g, firstMoment: m.pointer, secondMoment: v.pointer,
                        update: update)
                    for i in 0..<n {
                        expected[i] = Reference.adamW(
                            weight: expected[i].weight, gradient: Double(g[i]), firstMoment: expected[i].firstMoment,
                            secondMoment: expected[i].secondMoment, update: update)
                    }
                }
                let difference = firstDifference(w.values, expected.map(\.weight), absolute: 1e-6)
                #expect(difference == nil && w.isIntact && m.isIntact && v.isIntact, "\(path) \(n)")
            }
        }
    }
}
