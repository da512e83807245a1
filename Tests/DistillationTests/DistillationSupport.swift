import Corpora
import Kernels
import NERPipeTesting
import Objectives
import Shards
import Taggers

@testable import Distillation

func tinyConfiguration() -> TaggerConfiguration {
    var configuration = TaggerConfiguration(
        labels: TagSet(types: ["PER", "LOC"]).names,
        vectors: TableReference(path: "tiny.vectors", digest: "d1", dimension: 5),
        features: [
            FeatureEmbedding(name: "shape", buckets: 6, width: 3),
            FeatureEmbedding(name: "suffix2", buckets: 4, width: 2),
        ])
    configuration.hiddenWidth = 9
    configuration.convolutionCount = 2
    return configuration
}

let tinyVectors = TinyVectors(rowCount: 11, dimension: 5, seed: 2)

func tinyParameters(seed: UInt64 = 1) -> FloatBuffer {
    ParameterLayout(tinyConfiguration()).makeInitialParameters(seed: seed)
}

func makeTrainer(
    _ settings: TrainingSettings, parameters: FloatBuffer? = nil, updatesPerEpoch: Int? = nil, jobs: Int = 1,
    evaluator: TaggerInference? = nil, selector: InstanceSelector? = nil, adversary: LanguageAdversary? = nil
) -> Trainer {
    Trainer(
        Trainer.Network(tinyConfiguration(), parameters: parameters ?? tinyParameters(), vectors: tinyVectors),
        settings: settings, objective: settings.objective.made(of: ObjectiveInputs(evaluator: evaluator)),
        updatesPerEpoch: updatesPerEpoch, threads: .of(jobs), selector: selector, adversary: adversary)
}

/// All sentences of a batch as one update.
func update(_ batch: SentenceBatch, number: Int) -> UpdateBatch {
    var update = UpdateBatch()
    for sentence in 0..<batch.sentenceCount { update.append(batch, sentence: sentence) }
    update.updateNumber = number
    return update
}

/// What a tagger says of a batch, as score columns.
func scores(_ parameters: FloatBuffer, _ batch: SentenceBatch, permutation: [Int]? = nil) -> ScoreColumns {
    let configuration = tinyConfiguration()
    let K = configuration.labelCount
    var probabilities: [UInt16] = []
    let order = permutation ?? Array(0..<K)
    do {
        let tagger = try TaggerInference(
            Model(configuration: configuration, parameters: parameters), vectors: tinyVectors)
        tagger.forEachSentence(of: batch) { sentence in
            for token in 0..<sentence.tokens.count {
                probabilities += order.map { Float16(sentence.probabilities[token * K + $0]).bitPattern }
            }
        }
    } catch { preconditionFailure("the tiny tagger does not fit its vectors: \(error)") }
    return ScoreColumns(labelCount: K, probabilities: probabilities)
}

/// Numbered blocks of scored sentences; no sentence has more than `maximumLength` tokens.
func scoredBlocks(_ count: Int, seed: UInt64, maximumLength: Int = 9) -> [SentenceBatch] {
    var corpus = TinyCorpus(seed: seed)
    return (0..<count).map { block in
        let lengths = (0..<(2 + block % 5)).map { _ in Int.random(in: 1...maximumLength, using: &corpus.random) }
        return corpus.scored(lengths, index: block + 1)
    }
}

/// Gives blocks one after the other, from a position on, and counts what it gave.
final class BlockSource: @unchecked Sendable {
    // Used by one task of one test.
    private let blocks: [SentenceBatch]
    private(set) var next: Int

    init(_ blocks: [SentenceBatch], from position: Int = 0) {
        self.blocks = blocks
        next = position
    }

    func take() -> SentenceBatch? {
        guard next < blocks.count else { return nil }
        defer { next += 1 }
        return blocks[next]
    }

    var tokensGiven: Int { blocks[..<next].reduce(0) { $0 + $1.tokenCount } }
}
