import Kernels

/// The arithmetic of an encoder on one workspace.
struct EncoderPass {
    let configuration: EncoderConfiguration
    let sequences: EncoderSequences
    let workspace: EncoderWorkspace

    init(_ configuration: EncoderConfiguration, _ sequences: EncoderSequences, in workspace: EncoderWorkspace) {
        (self.configuration, self.sequences, self.workspace) = (configuration, sequences, workspace)
        workspace.reserve(sequences.rowCount)
    }

    /// Words, positions and token type, normalized, become the states.
    func embed(words: NumberTable, positions: FloatBuffer, norm: LayerNorm) {
        let H = configuration.hiddenWidth
        let states = workspace.states.pointer
        for number in sequences.ends.indices {
            let rows = sequences.rows(ofSequence: number)
            precondition(
                rows.count <= configuration.maximumLength,
                "a sequence of \(rows.count), at most \(configuration.maximumLength)")
            for row in rows { words.copyRow(Int(sequences.pieces[row]), to: states.from(row: row).pointer) }
            let x = states.from(row: rows.lowerBound)
            normalize(rows.count, x, workspace.zeros, RowsPointer(positions.pointer, stride: H), norm, x)
        }
    }

    /// The first half of a layer: attention, residual and norm.
    func attend(_ layer: EncoderLayer) {
        let states = workspace.states.pointer, sums = workspace.sums.pointer
        multiply(states, layer.projections, .none, workspace.projections.pointer)
        attend()
        multiply(workspace.context.pointer, layer.attentionOutput, .none, sums)
        normalize(sequences.rowCount, sums, workspace.zeros, states, layer.attentionNorm, states)
    }

    /// The second half: two products of each row, residual and norm.
    func feedForward(_ layer: EncoderLayer) {
        let states = workspace.states.pointer, sums = workspace.sums.pointer, inner = workspace.inner.pointer
        multiply(states, layer.inner, .gelu, inner)
        multiply(inner, layer.output, .none, sums)
        normalize(sequences.rowCount, sums, workspace.zeros, states, layer.outputNorm, states)
    }

    func multiply(_ a: RowsPointer, _ dense: DenseLayer, _ activation: Activation, _ c: RowsPointer) {
        let count = sequences.rowCount, bias = dense.bias.pointer
        switch dense.matrix {
        case .float32(let matrix):
            Kernel.multiply(rowCount: count, a: a, b: matrix, bias: bias, activation: activation, c: c)
        case .bfloat16(let matrix):
            workspace.bfloatRows.multiply(rowCount: count, a: a, b: matrix, bias: bias, activation: activation, c: c)
        case .int8(let matrix):
            workspace.quantizedRows.quantize(rowCount: count, x: a, for: matrix)
            workspace.quantizedRows.multiply(
                rowCount: count, b: matrix, bias: bias, activation: activation, c: c)
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

    /// `softmax(Q K^T) V` of each head, each sequence for itself.
    private func attend() {
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
