import Diagnostics
package import Kernels
import Shards

/// An encoder with its weights, for inference; may be used by several tasks at once, each with its own workspace.
package final class TransformerEncoder: Sendable {
    package let configuration: EncoderConfiguration
    let weights: EncoderWeights

    package static let configurationName = "config.json"
    package static let weightsName = "model.safetensors"

    /// Reads a folder as `save_pretrained` of Hugging Face transformers writes it.
    package init(folder: String) throws {
        for name in [Self.configurationName, Self.weightsName] where !Directory.fileExists("\(folder)/\(name)") {
            throw Failure(
                .noInput,
                "\(folder): not a folder of a transformer: it has no \(name); save the model with save_pretrained(..., "
                    + "safe_serialization=True)")
        }
        configuration = try EncoderConfiguration(path: "\(folder)/\(Self.configurationName)")
        weights = try EncoderWeights(path: "\(folder)/\(Self.weightsName)", configuration)
    }

    /// Identity of configuration and weights.
    package var digest: String { Digest.hex(Array("\(configuration)\n\(weights.digest)".utf8)) }

    /// Tensors in the file that the network does not need.
    package var unusedTensors: [String] { weights.unusedTensors }

    /// Floating point operations of the products for sequences of these lengths: two for a multiply-add.
    package func operationCount(lengths: [Int]) -> Int {
        let H = configuration.hiddenWidth, I = configuration.innerWidth
        let perRow = 2 * (4 * H * H + 2 * H * I) * configuration.layerCount + 2 * H * configuration.labels.count
        let perPair = 4 * H * configuration.layerCount
        return lengths.reduce(0) { $0 + $1 * perRow + $1 * $1 * perPair }
    }

    /// What a forward pass gives, valid until the next one with the same workspace.
    package struct Result {
        /// `[rows, H]`: the states of the last layer.
        package let states: RowsPointer
        /// `[rows, labels]`; nothing without a head.
        package let logits: RowsPointer
    }

    /// Runs the network over sequences. Each row depends on its own sequence alone, to the bit.
    ///
    /// - Parameter layerCount: Ends after so many layers, for states of words; all and the head when nil.
    /// - Precondition: No sequence is longer than `configuration.maximumLength`, and all pieces are in the vocabulary.
    package func forward(
        _ sequences: EncoderSequences, in workspace: EncoderWorkspace, layerCount: Int? = nil
    ) -> Result {
        workspace.reserve(sequences.rowCount)
        embed(sequences, in: workspace)
        for layer in weights.layers.prefix(layerCount ?? .max) { run(layer, sequences, in: workspace) }
        if let head = weights.head, layerCount == nil {
            multiply(sequences.rowCount, workspace.states.pointer, head, .none, workspace.logits.pointer)
        }
        return Result(states: workspace.states.pointer, logits: workspace.logits.pointer)
    }

    /// Words, positions and token type, normalized.
    private func embed(_ sequences: EncoderSequences, in workspace: EncoderWorkspace) {
        let H = configuration.hiddenWidth
        let states = workspace.states.pointer
        for number in sequences.ends.indices {
            let rows = sequences.rows(ofSequence: number)
            precondition(
                rows.count <= configuration.maximumLength,
                "a sequence of \(rows.count), at most \(configuration.maximumLength)")
            for row in rows { weights.words.copyRow(Int(sequences.pieces[row]), to: states.from(row: row).pointer) }
            let x = states.from(row: rows.lowerBound)
            normalize(
                rows.count, x, workspace.zeros, RowsPointer(weights.positions.pointer, stride: H),
                weights.embeddingNorm, x)
        }
    }

    /// `y = norm(x + bias + residual)`
    private func normalize(
        _ rowCount: Int, _ x: RowsPointer, _ bias: FloatBuffer, _ residual: RowsPointer, _ norm: LayerNorm,
        _ y: RowsPointer
    ) {
        Kernel.residualNorm(
            rowCount: rowCount, columnCount: configuration.hiddenWidth, x: x, bias: bias.pointer, residual: residual,
            gamma: norm.gamma.pointer, beta: norm.beta.pointer, epsilon: configuration.normEpsilon, y: y)
    }

    private func run(_ layer: EncoderLayer, _ sequences: EncoderSequences, in workspace: EncoderWorkspace) {
        let count = sequences.rowCount
        let states = workspace.states.pointer, sums = workspace.sums.pointer, inner = workspace.inner.pointer
        multiply(count, states, layer.projections, .none, workspace.projections.pointer)
        attend(sequences, in: workspace)
        multiplyUnbiased(count, workspace.context.pointer, layer.attentionOutput, sums)
        normalize(count, sums, layer.attentionOutput.bias, states, layer.attentionNorm, states)
        multiply(count, states, layer.inner, .gelu, inner)
        multiplyUnbiased(count, inner, layer.output, sums)
        normalize(count, sums, layer.output.bias, states, layer.outputNorm, states)
    }

    private func multiply(
        _ count: Int, _ a: RowsPointer, _ dense: DenseLayer, _ activation: Activation, _ c: RowsPointer
    ) {
        Kernel.multiply(
            rowCount: count, a: a, b: dense.weights, bias: dense.bias.pointer, activation: activation, c: c)
    }

    /// For a norm that adds the bias itself.
    private func multiplyUnbiased(_ count: Int, _ a: RowsPointer, _ dense: DenseLayer, _ c: RowsPointer) {
        Kernel.multiply(
            rowCount: count, a: a.pointer, aRowStride: a.stride, b: dense.weights, c: c.pointer, cStride: c.stride)
    }

    /// `softmax(Q K^T) V` of each head, each sequence for itself.
    private func attend(_ sequences: EncoderSequences, in workspace: EncoderWorkspace) {
        let H = configuration.hiddenWidth, d = configuration.headWidth
        let all = workspace.projections.pointer, stride = all.stride
        for number in sequences.ends.indices {
            let rows = sequences.rows(ofSequence: number)
            let queries = all.from(row: rows.lowerBound).pointer
            for head in 0..<configuration.headCount {
                workspace.keys.repack(
                    queries + H + head * d, rowCount: d, columnCount: rows.count, rowStride: 1, columnStride: stride)
                for first in Swift.stride(from: 0, to: rows.count, by: EncoderWorkspace.queryCount) {
                    let count = min(EncoderWorkspace.queryCount, rows.count - first), scores = workspace.scores.pointer
                    Kernel.multiply(
                        rowCount: count, a: queries + first * stride + head * d, aRowStride: stride,
                        b: workspace.keys, c: scores.pointer, cStride: scores.stride)
                    Kernel.softmax(
                        rowCount: count, columnCount: rows.count, logits: scores, bias: workspace.zeros.pointer,
                        probabilities: scores)
                    let context = workspace.context.pointer.from(row: rows.lowerBound + first)
                    Kernel.multiply(
                        rowCount: count, columnCount: d, depth: rows.count, a: scores.pointer,
                        aRowStride: scores.stride, aColumnStride: 1, rows: queries + 2 * H + head * d, bStride: stride,
                        c: context.pointer + head * d, cStride: context.stride)
                }
            }
        }
    }
}
