import Corpora
import Kernels
import NERPipeTesting
import Shards
import Taggers

/// A network of odd sizes, so that no vector width divides them.
///
/// - Parameter statistics: Numbers beside each row of the table, `s0`, `s1`, ...
func tinyConfiguration(
    hidden: Int = 7, convolutions: Int = 2, dimension: Int = 5, statistics: Int = 0, hasPositions: Bool = false
) -> TaggerConfiguration {
    var configuration = TaggerConfiguration(
        labels: TagSet(types: ["PER", "LOC"]).names,
        vectors: TableReference(path: "tiny.vectors", digest: "d1", dimension: dimension),
        features: [
            FeatureEmbedding(name: "shape", buckets: 6, width: 3),
            FeatureEmbedding(name: "suffix2", buckets: 4, width: 2),
        ])
    configuration.numbers = TokenNumbers(statistics: (0..<statistics).map { "s\($0)" }, hasPositions: hasPositions)
    configuration.hiddenWidth = hidden
    configuration.convolutionCount = convolutions
    return configuration
}

/// Initial weights with biases and layer norms that are not their neutral values, so that a mistake in them shows.
func perturbedParameters(_ configuration: TaggerConfiguration, seed: UInt64) -> FloatBuffer {
    let parameters = ParameterLayout(configuration).makeInitialParameters(seed: seed)
    var random = SeededGenerator(seed: seed ^ 77)
    for index in 0..<parameters.count { parameters[index] += Float.random(in: -0.2...0.2, using: &random) }
    return parameters
}

/// Every sentence of a batch with its tokens.
func sentences(of batch: SentenceBatch) -> [(SentenceBatch, Range<Int>)] {
    (0..<batch.sentenceCount).map { (batch, batch.tokens(ofSentence: $0)) }
}

func laidOut(_ sentences: [(SentenceBatch, Range<Int>)], hasPositions: Bool = false) -> LaidOutSentences {
    var laidOut = LaidOutSentences(featureCount: 2, hasPositions: hasPositions)
    for (batch, tokens) in sentences {
        if let embedding = batch.embedding { laidOut.append(embedding, tokens: tokens) }
    }
    return laidOut
}

/// Some sentences of a batch as a batch of their own, in the order given.
func batch(of sentences: [(SentenceBatch, Range<Int>)]) -> SentenceBatch {
    var result = SentenceBatch()
    result.appendDocument(identifier: "part".utf8)
    var embedding = EmbeddedColumns(dimension: 0, rows: [], composed: [], featureCount: 0, features: [])
    for (batch, tokens) in sentences {
        guard let columns = batch.embedding else { continue }
        let F = columns.featureCount
        let offset = UInt32(embedding.composed.count / columns.dimension)
        (embedding.dimension, embedding.featureCount) = (columns.dimension, F)
        for token in tokens {
            let row = columns.rows[token]
            let isComposed = row != EmbeddedColumns.absent && row & EmbeddedColumns.composedBit != 0
            embedding.rows.append(isComposed ? row + offset : row)
            [UInt8("w".utf8.first!)].withUnsafeBufferPointer { result.appendToken($0, offset: 0) }
        }
        embedding.composed += columns.composed
        embedding.features += columns.features[tokens.lowerBound * F..<tokens.upperBound * F]
        if !columns.positions.isEmpty { embedding.positions += columns.positions[tokens] }
        result.endSentence(document: 0)
    }
    result.embedding = embedding
    return result
}

func inference(
    _ configuration: TaggerConfiguration, _ parameters: FloatBuffer, _ vectors: TinyVectors,
    _ precision: ArithmeticPrecision = .full
) throws -> TaggerInference {
    try TaggerInference(
        Model(configuration: configuration, parameters: parameters), vectors: vectors, precision: precision)
}

/// Logits and probabilities of every token of a batch, in order.
func results(_ tagger: TaggerInference, _ batch: SentenceBatch) -> (logits: [[Float]], probabilities: [[Float]]) {
    let K = tagger.configuration.labelCount
    var logits: [[Float]] = [], probabilities: [[Float]] = []
    tagger.forEachSentence(of: batch) { sentence in
        for token in 0..<sentence.tokens.count {
            logits.append((0..<K).map { sentence.logits[token * K + $0] })
            probabilities.append((0..<K).map { sentence.probabilities[token * K + $0] })
        }
    }
    return (logits, probabilities)
}

/// Bit patterns of the logits of every token, in order.
func tokenLogits(_ tagger: TaggerInference, _ sentences: [(SentenceBatch, Range<Int>)]) -> [[UInt32]] {
    sentences.isEmpty ? [] : results(tagger, batch(of: sentences)).logits.map { $0.map(\.bitPattern) }
}

/// The gradient of every parameter, from the gradients of the logits, `[rows][K]`.
func gradient(
    _ tagger: PackedTagger, _ sentences: LaidOutSentences, _ vectors: TinyVectors, _ noise: TrainingNoise,
    in workspace: TaggerWorkspace, logitGradient: (_ row: Int) -> [Float]
) -> FloatBuffer {
    tagger.forward(sentences, vectors: vectors, in: workspace, noise: noise)
    let K = tagger.configuration.labelCount
    for index in 0..<sentences.rowCount * workspace.labelStride { workspace.logitGradient[index] = 0 }
    for row in sentences.tokenRows.map(Int.init) {
        for (k, value) in logitGradient(row).enumerated() where k < K {
            workspace.logitGradient[row * workspace.labelStride + k] = value
        }
    }
    let slice = TaggerGradient(tagger.layout)
    tagger.backward(sentences, in: workspace, noise: noise, gradient: slice)
    return sum([slice], tagger.layout)
}

func sum(_ slices: [TaggerGradient], _ layout: ParameterLayout) -> FloatBuffer {
    let sum = FloatBuffer(count: layout.count)
    for part in TaggerGradient.parts(layout) { _ = TaggerGradient.sum(slices[...], part, layout: layout, into: sum) }
    return sum
}
