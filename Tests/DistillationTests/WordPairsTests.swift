import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Randomness
import Taggers
import Testing

@testable import Distillation

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

    /// `1/N sum over pairs of lambda gamma beta BCE + gamma (alpha_1 SE_1 + alpha_2 SE_2) / 2`, all in doubles, SE a sum over the classes; what `select`
    /// made of the tokens multiplies a pair by the geometric mean of its two.
    @Test(arguments: [false, true]) func lossIsThatOfTheDefinition(_ isWeighed: Bool) throws {
        var corpus = TinyCorpus(seed: 71)
        var batch = corpus.scored([5, 7, 4])
        let N = batch.tokenCount, K = 5
        if isWeighed { batch.scores?.weights = (0..<N).map { Float(1 + $0 % 4) / 3 } }
        let settings = TrainerTests.settings {
            $0.objective = .pairs
            $0.similarityWeight = 0.4
        }
        let evaluator = try TaggerInference(
            Model(configuration: tinyConfiguration(), parameters: tinyParameters(seed: 8)), vectors: tinyVectors)
        let student = try TaggerInference(
            Model(configuration: tinyConfiguration(), parameters: tinyParameters()), vectors: tinyVectors)
        func states(_ tagger: TaggerInference) -> (states: [[Double]], probabilities: [[Double]]) {
            var found: (states: [[Double]], probabilities: [[Double]]) = ([], [])
            tagger.forEachSentence(of: batch) { sentence in
                for token in 0..<sentence.tokens.count {
                    let row = sentence.states.from(row: token).pointer
                    found.states.append((0..<9).map { Double(row[$0]) })
                    found.probabilities.append((0..<K).map { Double(sentence.probabilities[token * K + $0]) })
                }
            }
            return found
        }
        let (u, p) = states(student), (v, _) = states(evaluator)
        let q = (0..<N).map { token in
            (0..<K).map { Double(Float16(bitPattern: batch.scores?.probabilities[token * K + $0] ?? 0)) }
        }
        let labels = (0..<N).map { batch.scores?.label(ofToken: $0) ?? 0 }
        var random = RandomSource(seed: settings.seed, stream: .pairs, 1, 0)
        let pairs = WordPairs(labels: labels, labelCount: K, count: N, random: &random).pairs
        func similarity(_ a: [Double], _ b: [Double]) -> Double { 1 / (1 + exp(-Self.cosine(a, b))) }
        func squaredError(_ i: Int) -> Double {
            let alpha = pow(q[i].max() ?? 0, 2)
            return alpha * zip(p[i], q[i]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        var expected = 0.0
        for (i, j) in pairs {
            let weights = batch.scores?.weights ?? []
            let given = isWeighed ? (Double(weights[i]) * Double(weights[j])).squareRoot() : 1
            let y = similarity(v[i], v[j]), s = similarity(u[i], u[j])
            let beta = min(1, pow(2 * y - 1, 2) + 0.5), gamma = 1 - abs(similarity(q[i], q[j]) - y)
            let entropy = -(y * log(s) + (1 - y) * log(1 - s))
            expected += given * gamma * (0.4 * beta * entropy + (squaredError(i) + squaredError(j)) / 2) / Double(N)
        }
        let trainer = Trainer(
            tinyConfiguration(), parameters: tinyParameters(), vectors: tinyVectors, settings: settings,
            updatesPerEpoch: nil, jobs: 1, evaluator: evaluator)
        let found = trainer.update(update(batch, number: 1)).loss
        #expect(abs(found - expected) < 1e-5, "\(found) \(expected)")
        #expect(pairs.count == N && expected > 0.05)
    }

    /// An evaluator that learns from labels tells words of the same label from others.
    @Test func similarityIsLearnt() {
        var corpus = TinyCorpus(seed: 63)
        var batch = corpus.embedded((0..<20).map { 4 + $0 % 5 })
        let rows = batch.embedding?.rows ?? []
        batch.gold = rows.map { $0 % 3 == 0 ? 1 : 0 }  // the word decides the label
        let trainer = makeTrainer(
            TrainerTests.settings {
                $0.objective = .similarity
            })
        let losses = (1...80).map { trainer.update(update(batch, number: $0)).loss }
        #expect(losses[0] > 0.6 && losses.suffix(5).reduce(0, +) / 5 < 0.55, "\(losses[0]) \(losses.suffix(5))")
        #expect(losses.allSatisfy { $0 >= 0.31 })
    }
}
