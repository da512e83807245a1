import Foundation
import NERPipeTesting
import Randomness
import Testing

@testable import Objectives

/// MTMT's equations (METHODS 5).
@Suite struct WordPairsTests {
    static func cosine(_ u: [Double], _ v: [Double]) -> Double {
        let dot = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 }
        let norm = { (x: [Double]) in x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return dot / (norm(u) * norm(v))
    }

    static func loss(_ u: [Double], _ v: [Double], _ y: Double) -> Double {
        let s = 1 / (1 + exp(-cosine(u, v)))
        return -y * log(s) - (1 - y) * log(1 - s)
    }

    @Test(arguments: [0, 1, 0.6]) func gradientAgreesWithFiniteDifferences(_ y: Double) {
        var random = SeededGenerator(seed: 61)
        let u = random.floats(7, in: -2...2), v = random.floats(7, in: -2...2)
        var du = [Float](repeating: 1, count: 7), dv = [Float](repeating: -1, count: 7)  // is added to
        let found = WordSimilarity.addLoss(u, v, count: 7, target: Float(y), weight: 0.5, du: &du, dv: &dv)
        let (a, b) = (u.map(Double.init), v.map(Double.init))
        #expect(abs(found - 0.5 * Self.loss(a, b, y)) < 1e-6)
        let step = 1e-6
        for i in 0..<7 {
            var (above, below) = (a, a)
            above[i] += step
            below[i] -= step
            let byU = 0.5 * (Self.loss(above, b, y) - Self.loss(below, b, y)) / (2 * step)
            #expect(abs(Double(du[i]) - 1 - byU) < 1e-6)
            (above, below) = (b, b)
            above[i] += step
            below[i] -= step
            let byV = 0.5 * (Self.loss(a, above, y) - Self.loss(a, below, y)) / (2 * step)
            #expect(abs(Double(dv[i]) + 1 - byV) < 1e-6)
        }
    }

    /// METHODS 11.8: the ranges of alpha, beta, gamma, and the floor of the loss.
    @Test func weightsStayInTheirRanges() {
        var random = SeededGenerator(seed: 62)
        var seen: (low: Float, high: Float) = (1, 0)
        for _ in 0..<500 {
            let u = random.floats(6, in: -1...1), v = random.floats(6, in: -1...1)
            let y = WordSimilarity.similarity(u, v, count: 6)
            #expect(y >= 0.2689 && y <= 0.7311)
            seen = (min(seen.low, y), max(seen.high, y))
            let beta = PairWeights.beta(y)
            #expect(beta >= 0.5 && beta <= 0.7137)
            var q = random.floats(10, in: 0...1)
            for part in [0..<5, 5..<10] {
                let sum = q[part].reduce(0, +)
                for i in part { q[i] /= sum }
            }
            q.withUnsafeBufferPointer {
                let alpha = PairWeights.alpha($0.baseAddress!, labelCount: 5)
                #expect(alpha >= 0.04 - 1e-6 && alpha <= 1)
                let gamma = PairWeights.gamma($0.baseAddress!, $0.baseAddress! + 5, labelCount: 5, y)
                #expect(gamma >= 0.538 && gamma <= 1)
            }
            var (du, dv) = ([Float](repeating: 0, count: 6), [Float](repeating: 0, count: 6))
            for target: Float in [0, 1] {
                let loss = WordSimilarity.addLoss(u, v, count: 6, target: target, weight: 1, du: &du, dv: &dv)
                #expect(loss >= 0.3132)
            }
        }
        #expect(seen.low < 0.4 && seen.high > 0.6)
        // By hand: max q = 0.7; y = 0.7.
        #expect(abs(PairWeights.alpha([0.1, 0.7, 0.2], labelCount: 3) - 0.49) < 1e-6)
        #expect(abs(PairWeights.beta(0.7) - 0.66) < 1e-6)
        // Equal distributions: sigmoid(1) = 0.7310586; less y = 0.5 leaves 1 - 0.2310586.
        #expect(abs(PairWeights.gamma([0.1, 0.9], [0.1, 0.9], labelCount: 2, 0.5) - 0.7689414) < 1e-6)
    }

    @Test func pairsAreBalanced() {
        var random = RandomSource(seed: 3, stream: .pairs, 1)
        // 3 of 40 tokens are of entities.
        var labels = [Int](repeating: 0, count: 40)
        (labels[4], labels[5], labels[20]) = (1, 2, 1)
        let pairs = WordPairs(labels: labels, labelCount: 5, count: 4000, random: &random).pairs
        let same = pairs.count { labels[$0.0] == labels[$0.1] }
        #expect(pairs.allSatisfy { $0.0 != $0.1 })
        #expect(abs(Double(same) / Double(pairs.count) - 0.5) < 0.06, "\(same) of \(pairs.count)")
        let entity = pairs.count { labels[$0.0] > 0 }
        #expect(abs(Double(entity) / Double(pairs.count) - 0.5) < 0.1, "\(entity) of \(pairs.count)")
        // Both tokens of label 1 meet, and the only one of label 2 has no partner of its own label.
        #expect(pairs.contains { $0 == (4, 20) } && !pairs.contains { $0 == (5, 5) })
        #expect(pairs.count == 4000)
        // Nobody has a partner of the same label: all pairs differ.
        let apart = WordPairs(labels: [0, 1, 2], labelCount: 5, count: 50, random: &random).pairs
        #expect(apart.count == 50 && apart.allSatisfy { $0.0 != $0.1 })
        for labels in [[], [3], [0, 0]] {
            let few = WordPairs(labels: labels, labelCount: 5, count: 50, random: &random).pairs
            #expect(few.allSatisfy { labels[$0.0] == labels[$0.1] && $0.0 != $0.1 })
            #expect(few.count == (labels.count < 2 ? 0 : 50))
        }
    }
}
