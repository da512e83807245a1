import Kernels

/// A product with a bias, packed.
struct DenseLayer: Sendable {
    let weights: PackedMatrix
    /// `[N]`
    let bias: FloatBuffer

    /// Packs `rows`, `[N, K]`: a row for each output, as PyTorch has them.
    init(rows: FloatBuffer, bias: FloatBuffer) {
        let inputs = rows.count / max(1, bias.count)
        weights = PackedMatrix(rowCount: inputs, columnCount: bias.count)
        weights.pack(rows.pointer, rowStride: 1, columnStride: inputs)
        self.bias = bias
    }
}

struct LayerNorm: Sendable {
    let gamma: FloatBuffer
    let beta: FloatBuffer
}

/// One layer: attention over its sentence, then two products of each row, each with a residual and a norm behind it.
struct EncoderLayer: Sendable {
    /// Queries, keys and values side by side, `[H, 3 H]`; the queries are scaled by `1 / sqrt(head width)` here already.
    let projections: DenseLayer
    let attentionOutput: DenseLayer
    let attentionNorm: LayerNorm
    /// `[H, I]`, followed by GELU.
    let inner: DenseLayer
    let output: DenseLayer
    let outputNorm: LayerNorm
}

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
    init(path: String, _ configuration: EncoderConfiguration) throws {
        let tensors = try EncoderTensors(path: path, configuration.architecture)
        let reader = LayerReader(tensors: tensors, configuration: configuration)
        let H = configuration.hiddenWidth
        words = try tensors.table(
            "embeddings.word_embeddings.weight", rowCount: configuration.vocabularySize, width: H)
        positions = try reader.positions()
        embeddingNorm = try reader.norm("embeddings.LayerNorm")
        var layers: [EncoderLayer] = []
        // A configuration that asks for more layers than there are ends at the first that is missing.
        for number in 0..<configuration.layerCount { layers.append(try reader.layer(number)) }
        self.layers = layers
        head = configuration.labels.isEmpty ? nil : try reader.dense("classifier", configuration.labels.count, H)
        unusedTensors = try tensors.requireNoOthers()
        digest = tensors.digest
    }
}

/// What the parts of a layer are called in each architecture.
private struct LayerNames {
    let query: String, key: String, value: String, attentionOutput: String, attentionNorm: String
    let inner: String, output: String, outputNorm: String

    init(_ architecture: EncoderConfiguration.Architecture, layer: Int) {
        switch architecture {
        case .bert, .xlmRoberta:
            let layer = "encoder.layer.\(layer)."
            query = layer + "attention.self.query"
            key = layer + "attention.self.key"
            value = layer + "attention.self.value"
            attentionOutput = layer + "attention.output.dense"
            attentionNorm = layer + "attention.output.LayerNorm"
            inner = layer + "intermediate.dense"
            output = layer + "output.dense"
            outputNorm = layer + "output.LayerNorm"
        case .distilBert:
            let layer = "transformer.layer.\(layer)."
            query = layer + "attention.q_lin"
            key = layer + "attention.k_lin"
            value = layer + "attention.v_lin"
            attentionOutput = layer + "attention.out_lin"
            attentionNorm = layer + "sa_layer_norm"
            inner = layer + "ffn.lin1"
            output = layer + "ffn.lin2"
            outputNorm = layer + "output_layer_norm"
        }
    }
}

private struct LayerReader {
    let tensors: EncoderTensors
    let configuration: EncoderConfiguration

    func layer(_ number: Int) throws -> EncoderLayer {
        let names = LayerNames(configuration.architecture, layer: number)
        let H = configuration.hiddenWidth, I = configuration.innerWidth
        return EncoderLayer(
            projections: try projections([names.query, names.key, names.value]),
            attentionOutput: try dense(names.attentionOutput, H, H),
            attentionNorm: try norm(names.attentionNorm),
            inner: try dense(names.inner, I, H),
            output: try dense(names.output, H, I),
            outputNorm: try norm(names.outputNorm))
    }

    func dense(_ name: String, _ outputs: Int, _ inputs: Int) throws -> DenseLayer {
        DenseLayer(
            rows: try tensors.values("\(name).weight", [outputs, inputs]),
            bias: try tensors.values("\(name).bias", [outputs]))
    }

    func norm(_ name: String) throws -> LayerNorm {
        LayerNorm(
            gamma: try tensors.values("\(name).weight", [configuration.hiddenWidth]),
            beta: try tensors.values("\(name).bias", [configuration.hiddenWidth]))
    }

    private func projections(_ names: [String]) throws -> DenseLayer {
        let H = configuration.hiddenWidth
        let parts = try names.map { name in
            (try tensors.values("\(name).weight", [H, H]), try tensors.values("\(name).bias", [H]))
        }
        let rows = FloatBuffer(count: 3 * H * H), bias = FloatBuffer(count: 3 * H)
        for (part, (weight, shift)) in parts.enumerated() {
            (rows.pointer + part * H * H).update(from: weight.pointer, count: H * H)
            (bias.pointer + part * H).update(from: shift.pointer, count: H)
        }
        let scale = 1 / Float(configuration.headWidth).squareRoot()
        Kernel.scale(count: H * H, a: scale, y: rows.pointer)
        Kernel.scale(count: H, a: scale, y: bias.pointer)
        return DenseLayer(rows: rows, bias: bias)
    }

    func positions() throws -> FloatBuffer {
        let H = configuration.hiddenWidth, count = configuration.maximumLength
        let stored = try tensors.values("embeddings.position_embeddings.weight", [configuration.positionCount, H])
        let positions = FloatBuffer(count: count * H)
        positions.pointer.update(from: stored.pointer + configuration.firstPosition * H, count: count * H)
        guard configuration.tokenTypeCount > 0 else { return positions }
        let types = try tensors.values("embeddings.token_type_embeddings.weight", [configuration.tokenTypeCount, H])
        for row in 0..<count { Kernel.add(count: H, x: types.pointer, y: positions.pointer + row * H) }
        return positions
    }
}
