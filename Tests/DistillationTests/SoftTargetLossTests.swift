import Corpora
import Foundation
import NERPipeTesting
import Testing

@testable import Distillation

@Suite struct SoftTargetLossTests {
    /// Calls the loss on rows of which some are boundaries; returns loss and gradient.
    static func apply(
        _ loss: SoftTargetLoss, p: [[Float]], q: [[Float]], tokenRows: [Int32], tokenCount: Int
    ) -> (loss: Double, gradient: [Float]) {
        let K = p[0].count
        let stride = K + 3
        var gradient = [Float](repeating: .nan, count: p.count * stride)  // whatever stood there before
        let value = gradient.withUnsafeMutableBufferPointer { gradient in
            p.flatMap { $0 }.withUnsafeBufferPointer { p in
                q.flatMap { $0 }.withUnsafeBufferPointer { q in
                    loss.apply(
                        probabilities: p.baseAddress!, targets: q.baseAddress!, tokenRows: tokenRows,
                        rowCount: gradient.count / stride,
                        labelCount: K, weights: TokenWeights(sum: Double(tokenCount)), gradient: gradient.baseAddress!,
                        gradientStride: stride)
                }
            }
        }
        return (value, p.indices.flatMap { gradient[$0 * stride..<$0 * stride + K] })
    }

    @Test func squaredErrorHasTheValuesOfTheTestVector() {
        let third = Float(1) / 3
        let (loss, gradient) = Self.apply(
            .squaredError(factor: nil), p: [[third, third, third]], q: [[0.7, 0.2, 0.1]], tokenRows: [0], tokenCount: 1)
        #expect(abs(loss - 0.068889) < 1e-6)
        #expect(worstDifference(gradient, [-0.081481, 0.029630, 0.051852], absolute: 1e-6) == nil)
    }

    static func softmax(_ z: [Double]) -> [Double] {
        let e = z.map { exp($0 - z.max()!) }
        let sum = e.reduce(0, +)
        return e.map { $0 / sum }
    }

    /// The definitions, in double precision.
    static func value(_ loss: SoftTargetLoss, _ z: [[Double]], _ q: [[Double]], _ N: Int) -> Double {
        zip(z, q).reduce(0) { sum, pair in
            let p = softmax(pair.0), q = pair.1, K = q.count
            switch loss {
            case .squaredError(let factor):
                return sum + Double(factor ?? 1 / Float(K)) / Double(N)
                    * (0..<K).reduce(0) { $0 + pow(p[$1] - q[$1], 2) }
            case .divergence:
                return sum + (0..<K).reduce(0) { $0 + (q[$1] > 0 ? q[$1] * log(q[$1] / p[$1]) : 0) } / Double(N)
            case .hardLabel: return sum - log(p[q.firstIndex(of: q.max()!)!]) / Double(N)
            case .squaredErrorAndAgreedLabels: return .nan  // has a test of its own
            }
        }
    }

    @Test(arguments: [SoftTargetLoss.squaredError(factor: nil), .squaredError(factor: 4), .divergence, .hardLabel])
    func gradientAgreesWithFiniteDifferences(_ loss: SoftTargetLoss) {
        var random = SeededGenerator(seed: 71)
        let K = 7, N = 5  // more tokens in the update than in this part of it
        var z = (0..<3).map { _ in random.floats(K, in: -3...3).map(Double.init) }
        let q = (0..<3).map { _ in Self.softmax(random.floats(K, in: -3...3).map(Double.init)) }
        let boundary = [Float](repeating: 0.5, count: K)
        let p = z.map { Self.softmax($0).map(Float.init) }
        let (found, gradient) = Self.apply(
            loss, p: [boundary, p[0], p[1], boundary, p[2], boundary], q: q.map { $0.map(Float.init) },
            tokenRows: [1, 2, 4], tokenCount: N)
        let exact = Self.value(loss, z, q, N)
        #expect(abs(found - exact) < 1e-5 * max(1, abs(exact)))
        var expected = [Double](repeating: 0, count: 6 * K)
        for (token, row) in [1, 2, 4].enumerated() {
            for k in 0..<K {
                let value = z[token][k]
                z[token][k] = value + 1e-6
                let above = Self.value(loss, z, q, N)
                z[token][k] = value - 1e-6
                expected[row * K + k] = (above - Self.value(loss, z, q, N)) / 2e-6
                z[token][k] = value
            }
        }
        #expect(worstDifference(gradient, expected, absolute: 1e-7, relative: 1e-4) == nil)
        for row in [0, 3, 5] { #expect(gradient[row * K..<(row + 1) * K].allSatisfy { $0 == 0 }) }
    }

    @Test func rowsThatAreNoTokensNeverContribute() {
        let q: [[Float]] = [[0.6, 0.3, 0.1]]
        for loss in [SoftTargetLoss.squaredError(factor: nil), .divergence, .hardLabel] {
            let a = Self.apply(loss, p: [[0.1, 0.1, 0.8], [0.2, 0.5, 0.3]], q: q, tokenRows: [1], tokenCount: 1)
            let b = Self.apply(loss, p: [[0.9, 0.05, 0.05], [0.2, 0.5, 0.3]], q: q, tokenRows: [1], tokenCount: 1)
            #expect(a == b)
        }
    }

    @Test func hardLabelTakesTheFirstOfEqualTargets() {
        let (loss, gradient) = Self.apply(
            .hardLabel, p: [[0.5, 0.25, 0.25]], q: [[0.1, 0.45, 0.45]], tokenRows: [0], tokenCount: 1)
        #expect(abs(loss - log(4)) < 1e-6)
        #expect(gradient == [0.5, -0.75, 0.25])
    }

    @Test func divergenceOfEqualDistributionsIsZeroAndZeroTargetsAreAllowed() {
        let same = Self.apply(.divergence, p: [[0.7, 0.2, 0.1]], q: [[0.7, 0.2, 0.1]], tokenRows: [0], tokenCount: 1)
        #expect(abs(same.loss) < 1e-7)
        let oneHot = Self.apply(.divergence, p: [[0.5, 0.25, 0.25]], q: [[0, 1, 0]], tokenRows: [0], tokenCount: 1)
        #expect(abs(oneHot.loss - log(4)) < 1e-6)
        let impossible = Self.apply(.divergence, p: [[1, 0, 0]], q: [[0, 1, 0]], tokenRows: [0], tokenCount: 1)
        #expect(impossible.loss.isFinite)
    }

    @Test func mixedObjectiveChangesAfterThirtyPercent() {
        #expect(Objective.klThenMSE.phase(atProgress: 0) == .divergence)
        #expect(Objective.klThenMSE.phase(atProgress: 0.299) == .divergence)
        #expect(Objective.klThenMSE.phase(atProgress: 0.3) == .squaredError(factor: 4))
        #expect(Objective.mse.phase(atProgress: 0.9) == .squaredError(factor: nil))
        #expect(Objective.hard.phase(atProgress: 0.1) == .hardLabel)
    }

    /// UniTrans: the mean squared error over all tokens, plus the mean cross-entropy over those that are agreed on.
    @Test func agreedTokensHaveTheirLabelsToo() {
        let p: [[Float]] = [[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]]
        let q: [Float] = [0.1, 0.8, 0.1, 0.5, 0.4, 0.1, 0.3, 0.3, 0.4]
        var gradient = [Float](repeating: .nan, count: 9)
        let loss = p.flatMap { $0 }.withUnsafeBufferPointer { p in
            q.withUnsafeBufferPointer { q in
                SoftTargetLoss.squaredErrorAndAgreedLabels.apply(
                    probabilities: p.baseAddress!, targets: q.baseAddress!, tokenRows: [0, 1, 2], rowCount: 3,
                    labelCount: 3,
                    weights: TokenWeights(sum: 3, isAgreed: [true, false, true], agreedCount: 2), gradient: &gradient,
                    gradientStride: 3)
            }
        }
        let squared = (0.01 + 0.09 + 0.04 + 0.01 + 0.01 + 0 + 0.04 + 0.04 + 0.16) / 9
        #expect(abs(loss - (squared - (log(0.5) + log(0.8)) / 2)) < 1e-6)
        // Second token: only the squared error; first: both.
        let (soft, _) = (Self.row([0.6, 0.3, 0.1], [0.5, 0.4, 0.1], weight: 1.0 / 9), 0)
        #expect(worstDifference(Array(gradient[3..<6]), soft, absolute: 1e-6) == nil)
        let both = zip(Self.row([0.2, 0.5, 0.3], [0.1, 0.8, 0.1], weight: 1.0 / 9), [0.1, -0.25, 0.15]).map(+)
        #expect(worstDifference(Array(gradient[0..<3]), both, absolute: 1e-6) == nil)
    }

    /// A token that does not count has no label either.
    @Test func tokensAreAgreedOnWhereTheyCount() {
        var corpus = TinyCorpus(seed: 4)
        var batch = corpus.scored([3])
        batch.scores?.voterCount = 2
        batch.scores?.votes = [2, 1, 2]
        #expect(update(batch, number: 1).isAgreed(0..<3) == [true, false, true])
        batch.scores?.weights = [1, 1, 0]
        #expect(update(batch, number: 1).isAgreed(0..<3) == [true, false, false])
    }

    /// Gradient of weighted squared error, from its formula.
    static func row(_ p: [Double], _ q: [Double], weight: Double) -> [Double] {
        let mean = zip(p, q).reduce(0) { $0 + $1.0 * ($1.0 - $1.1) }
        return zip(p, q).map { 2 * weight * $0 * ($0 - $1 - mean) }
    }

    /// A token of weight 2 is two tokens, one of weight 0 is none.
    @Test(arguments: [SoftTargetLoss.squaredError(factor: nil), .divergence, .hardLabel])
    func weightsCountTokens(_ loss: SoftTargetLoss) {
        let p: [Float] = [0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.1, 0.1, 0.8],
            q: [Float] = [0.1, 0.8, 0.1, 0.5, 0.4, 0.1, 1, 0, 0]
        func apply(_ rows: [Int], _ weights: [Float]) -> (Double, [Float]) {
            var gradient = [Float](repeating: .nan, count: rows.count * 3)
            let p = rows.flatMap { p[$0 * 3..<$0 * 3 + 3] }, q = rows.flatMap { q[$0 * 3..<$0 * 3 + 3] }
            let value = loss.apply(
                probabilities: p, targets: q, tokenRows: rows.indices.map(Int32.init), rowCount: rows.count,
                labelCount: 3,
                weights: TokenWeights(weights: weights, sum: weights.isEmpty ? Double(rows.count) : 3),
                gradient: &gradient, gradientStride: 3)
            return (value, gradient)
        }
        let (weighted, gradient) = apply([0, 1, 2], [2, 1, 0]), (repeated, single) = apply([0, 0, 1], [])
        #expect(abs(weighted - repeated) < 1e-6)
        #expect(worstDifference(Array(gradient[..<3]), single[..<3].map { 2 * Double($0) }, absolute: 1e-6) == nil)
        #expect(worstDifference(Array(gradient[3..<6]), single[6...].map(Double.init), absolute: 1e-6) == nil)
        #expect(gradient[6...].allSatisfy { $0 == 0 })
    }
}
