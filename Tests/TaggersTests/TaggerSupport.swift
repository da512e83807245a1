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
    for (batch, tokens) in sentences { laidOut.append(batch, tokens: tokens) }
    return laidOut
}

/// Bit patterns of the logits of every token, in order.
func tokenLogits(_ tagger: PackedTagger, _ sentences: [(SentenceBatch, Range<Int>)], _ vectors: TinyVectors)
    -> [[UInt32]]
{
    let workspace = TaggerWorkspace(tagger.configuration)
    let laidOut = laidOut(sentences, hasPositions: tagger.configuration.numbers.hasPositions)
    tagger.forward(laidOut, vectors: vectors, in: workspace)
    let K = tagger.configuration.labelCount
    return laidOut.tokenRows.map { row in (0..<K).map { workspace.logits[Int(row) * K + $0].bitPattern } }
}
