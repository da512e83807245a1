import Kernels

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

/// Takes the parts of an encoder out of its file.
struct LayerReader {
    let tensors: EncoderTensors
    let configuration: EncoderConfiguration

    func layer(_ number: Int) throws -> StoredLayer {
        let names = LayerNames(configuration.architecture, layer: number)
        let H = configuration.hiddenWidth, I = configuration.innerWidth
        return StoredLayer(
            projections: try projections([names.query, names.key, names.value]),
            attentionOutput: try dense(names.attentionOutput, H, H),
            attentionNorm: try norm(names.attentionNorm),
            inner: try dense(names.inner, I, H),
            output: try dense(names.output, H, I),
            outputNorm: try norm(names.outputNorm))
    }

    func dense(_ name: String, _ outputs: Int, _ inputs: Int) throws -> StoredDense {
        StoredDense(
            rows: try tensors.values("\(name).weight", [outputs, inputs]),
            bias: try tensors.values("\(name).bias", [outputs]))
    }

    func norm(_ name: String) throws -> LayerNorm {
        LayerNorm(
            gamma: try tensors.values("\(name).weight", [configuration.hiddenWidth]),
            beta: try tensors.values("\(name).bias", [configuration.hiddenWidth]))
    }

    private func projections(_ names: [String]) throws -> StoredDense {
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
        return StoredDense(rows: rows, bias: bias)
    }

    func positions() throws -> FloatBuffer {
        let H = configuration.hiddenWidth, count = configuration.maximumLength
        let stored = try tensors.values("embeddings.position_embeddings.weight", [configuration.positionCount, H])
        let positions = FloatBuffer(count: count * H)
        stored.withPointer {
            positions.pointer.update(from: $0 + configuration.firstPosition * H, count: count * H)
        }
        guard configuration.tokenTypeCount > 0 else { return positions }
        let types = try tensors.values("embeddings.token_type_embeddings.weight", [configuration.tokenTypeCount, H])
        types.withPointer { type in
            for row in 0..<count { Kernel.add(count: H, x: type, y: positions.pointer + row * H) }
        }
        return positions
    }
}
