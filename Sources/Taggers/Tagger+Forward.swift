package import Corpora
import Kernels

// Legend: R rows (tokens and boundaries), T tiles of two or four rows, I input width, H hidden width, K labels.
//
//   x = [scale * vector; statistics; flags; feature embeddings]            [R, I]
//   h = LayerNorm(ReLU(dropout(x) W + b)), zero on boundaries              [R, H]
//   h = h + LayerNorm(ReLU([d(r-1); d(r); d(r+1)] W + b)), d = dropout(h)  convolutionCount times, zero on boundaries
//   p = softmax(dropout(h) W + b)                                          [R, K]
//
// Products go in blocks of rows, so that what is done to each of their results finds it in the first-level cache.
extension PackedTagger {
    static let layerNormEpsilon: Float = 1e-5
    /// Rows of a block, and tiles of one.
    static let blockRowCount = 96
    static let blockTileCount = 48

    /// Computes logits and probabilities of every row into the workspace.
    package func forward(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, in workspace: TaggerWorkspace, noise: TrainingNoise
    ) {
        workspace.reserve(rowCount: sentences.rowCount)
        let R = sentences.rowCount
        assembleInput(sentences, vectors: vectors, in: workspace, noise)
        for start in stride(from: 0, to: R, by: Self.blockRowCount) {
            let rows = start..<min(R, start + Self.blockRowCount)
            workspace.products.multiply(
                rowCount: rows.count, a: workspace.input.from(row: start), b: input,
                c: workspace.activation(0).from(row: start))
            normalize(layout.input, index: 0, rows, in: workspace, noise)
        }
        zeroBoundaries(sentences, workspace, layer: 0)
        for index in layout.convolutions.indices {
            sentences.rows.forEachBlock(of: Self.blockTileCount) { convolution(index, $0, in: workspace, noise) }
            zeroBoundaries(sentences, workspace, layer: index + 1)
        }
        let K = configuration.labelCount, d = workspace.layerInput(configuration.convolutionCount)
        let logits = RowsPointer(workspace.logits.pointer, stride: K)
        Kernel.multiply(
            rowCount: R, a: d.pointer, aRowStride: d.stride, b: output, c: logits.pointer, cStride: logits.stride)
        Kernel.softmax(
            rowCount: R, columnCount: K, logits: logits, bias: parameters.pointer + layout.outputBias,
            probabilities: RowsPointer(workspace.probabilities.pointer, stride: K))
    }

    private func convolution(
        _ index: Int, _ tiles: WindowTiles, in workspace: TaggerWorkspace, _ noise: TrainingNoise
    ) {
        let H = configuration.hiddenWidth, v = workspace.windows, m = workspace.windowProducts
        workspace.products.convolve(
            tiles, columnCount: H, x: workspace.layerInput(index), taps: windows[index], v: v, m: m)
        WindowConvolution.outputs(tiles, columnCount: H, m: m, y: workspace.activation(index + 1))
        normalize(
            layout.convolutions[index], index: index + 1, tiles.outputRows, in: workspace, noise)
    }

    private func assembleInput(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, in workspace: TaggerWorkspace,
        _ noise: TrainingNoise
    ) {
        let R = sentences.rowCount, I = configuration.inputWidth
        let x = workspace.input
        sentences.inputs.write(0..<R, configuration, layout, parameters: parameters.pointer, vectors: vectors, to: x)
        if noise.vectorDropout > 0 {
            let threshold = UInt32(noise.vectorDropout * 4_294_967_295)
            let bits = [UInt32](unsafeUninitializedCapacity: R) { buffer, count in
                if let base = buffer.baseAddress {
                    Kernel.randomBits(count: R, key: ~noise.key, firstIndex: 0, into: base)
                }
                count = R
            }
            for row in 0..<R where bits[row] < threshold {
                x.from(row: row).pointer.update(repeating: 0, count: configuration.vectorWidth)
            }
        }
        for row in sentences.rows.boundaries { x.from(row: Int(row)).pointer.update(repeating: 0, count: I) }
        if noise.dropout > 0 {
            Kernel.dropout(rowCount: R, columnCount: I, x: x, y: x, mask: noise.mask(layer: 0), firstIndex: 0)
        }
    }

    /// What follows a product of the input layer (index 0) or of a convolution: bias, ReLU, layer norm, the sum with the
    /// residual stream, and the dropout before the next layer.
    private func normalize(
        _ layer: ParameterLayout.Layer, index: Int, _ rows: Range<Int>, in workspace: TaggerWorkspace,
        _ noise: TrainingNoise
    ) {
        let H = layer.outputWidth, first = rows.lowerBound
        let hidden = workspace.hidden.from(row: first)
        Kernel.rectifyAndNormalize(
            rowCount: rows.count, columnCount: H, c: workspace.activation(index).from(row: first),
            weights: layer.normWeights(parameters.pointer), residual: index == 0 ? nil : hidden, y: hidden,
            mean: workspace.means[index].pointer + first,
            inverseDeviation: workspace.inverseDeviations[index].pointer + first,
            dropped: (noise.mask(layer: index + 1), first * H, workspace.layerInput(index).from(row: first)))
    }

    private func zeroBoundaries(_ sentences: LaidOutSentences, _ workspace: TaggerWorkspace, layer: Int) {
        zero(sentences.rows.boundaries, of: workspace.hidden)
        zero(sentences.rows.boundaries, of: workspace.layerInput(layer))
    }

    func zero(_ rows: [Int32], of matrix: RowsPointer) {
        for row in rows {
            matrix.from(row: Int(row)).pointer.update(repeating: 0, count: configuration.hiddenWidth)
        }
    }
}

extension ParameterLayout.Layer {
    func normWeights(_ parameters: UnsafePointer<Float>) -> RectifiedNormWeights {
        RectifiedNormWeights(
            bias: parameters + bias, gamma: parameters + gamma, beta: parameters + beta,
            epsilon: PackedTagger.layerNormEpsilon)
    }
}
