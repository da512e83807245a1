import Corpora
import Foundation
import Kernels
import NERPipeTesting
import Randomness
import Taggers
import Testing

@testable import Distillation
@testable import Objectives

/// MTMT's objectives in training (METHODS 5).
@Suite struct PairsTrainingTests {
    static func cosine(_ u: [Double], _ v: [Double]) -> Double {
        let dot = zip(u, v).reduce(0) { $0 + $1.0 * $1.1 }
        let norm = { (x: [Double]) in x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return dot / (norm(u) * norm(v))
    }

    /// `1/N sum over pairs of lambda gamma beta BCE + gamma (alpha_1 SE_1 + alpha_2 SE_2) / 2`, all in doubles, SE a sum over the classes; what `select`
    /// made of the tokens multiplies a pair by the geometric mean of its two.
    @Test(arguments: [false, true]) func lossIsThatOfTheDefinition(_ isWeighed: Bool) throws {
        var corpus = TinyCorpus(seed: 71)
        var batch = corpus.scored([5, 7, 4])
        let N = batch.tokenCount, K = 5
        if isWeighed { batch.scores?.weights = (0..<N).map { Float(1 + $0 % 4) / 3 } }
        let settings = TrainerTests.settings {
            $0.objective = ObjectiveChoice(PairsOfWords.self)
            $0.objective[PairsOfWords.similarityWeight] = 0.4
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
        let trainer = makeTrainer(settings, evaluator: evaluator)
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
                $0.objective = ObjectiveChoice(SimilarityOfWords.self)
            })
        let losses = (1...80).map { trainer.update(update(batch, number: $0)).loss }
        #expect(losses[0] > 0.6 && losses.suffix(5).reduce(0, +) / 5 < 0.55, "\(losses[0]) \(losses.suffix(5))")
        #expect(losses.allSatisfy { $0 >= 0.31 })
    }
}
