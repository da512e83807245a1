package import Corpora
import Kernels
import Shards
package import Taggers
package import Teachers

/// A model of few numbers, for the embedded batches of a ``TinyCorpus``.
package func tinyModel(seed: UInt64, types: [String] = ["PER", "LOC"], scale: Float = 3) -> Model {
    var configuration = TaggerConfiguration(
        labels: TagSet(types: types).names, vectors: TableReference(path: "t", digest: "d", dimension: 5),
        features: [
            FeatureEmbedding(name: "shape", buckets: 6, width: 3),
            FeatureEmbedding(name: "suffix2", buckets: 4, width: 2),
        ])
    configuration.hiddenWidth = 8
    configuration.convolutionCount = 1
    let parameters = ParameterLayout(configuration).makeInitialParameters(seed: seed)
    // Fresh output layers say nearly the same of everything.
    for index in 0..<parameters.count { parameters[index] *= scale }
    return Model(configuration: configuration, parameters: parameters)
}

/// The same as a teacher.
package func tinyTeacher(
    seed: UInt64, types: [String] = ["PER", "LOC"], vectors: any FrozenVectors, scale: Float = 3
) throws -> TaggerTeacher {
    try TaggerTeacher(
        model: tinyModel(seed: seed, types: types, scale: scale), path: "teacher \(seed)", vectors: vectors)
}
