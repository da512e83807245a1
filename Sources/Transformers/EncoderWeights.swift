import Kernels

/// All weights of an encoder: the table of words stays in the mapped file, the matrices are packed.
struct EncoderWeights: Sendable {
    let words: NumberTable
    /// `[maximumLength, H]`: position and token type 0, summed.
    let positions: FloatBuffer
    let embeddingNorm: LayerNorm
    let layers: [EncoderLayer]
    /// `[H, labels]`; nil without a head.
    let head: DenseLayer?
    /// Tensors in the file that the network does not need.
    let unusedTensors: [String]
    /// Identity of the file.
    let digest: String

    /// Reads and packs the weights; every shape is compared with the file before memory is taken.
    init(path: String, _ configuration: EncoderConfiguration, _ precision: EncoderPrecision) throws {
        let tensors = try EncoderTensors(path: path, configuration.architecture)
        let reader = LayerReader(tensors: tensors, configuration: configuration)
        let H = configuration.hiddenWidth
        words = try tensors.table(
            "embeddings.word_embeddings.weight", rowCount: configuration.vocabularySize, width: H)
        positions = try reader.positions()
        embeddingNorm = try reader.norm("embeddings.LayerNorm")
        var layers: [EncoderLayer] = []
        let calibration = precision == .int8 ? Calibration(configuration, words, positions, embeddingNorm) : nil
        // A configuration that asks for more layers than there are ends at the first that is missing.
        for number in 0..<configuration.layerCount {
            let stored = try reader.layer(number)
            layers.append(calibration?.rounded(stored) ?? stored.packed(precision))
        }
        self.layers = layers
        head =
            configuration.labels.isEmpty
            ? nil : try reader.dense("classifier", configuration.labels.count, H).packed(.float32)
        unusedTensors = try tensors.requireNoOthers()
        digest = tensors.digest
    }
}
