package import Corpora
import Kernels

// Legend: R rows (tokens and boundaries), U different inputs, T tiles of two or four rows, I input width, H hidden width, K
// labels.
//
//   x = [scale * vector; statistics; flags; feature embeddings]            [U, I]
//   u = LayerNorm(ReLU(dropout(x) W + b))                                  [U, H]
//   h = u of the row's input, zero on boundaries                           [R, H]
//   h = h + LayerNorm(ReLU([d(r-1); d(r); d(r+1)] W + b)), d = dropout(h)  convolutionCount times, zero on boundaries
//   p = softmax(dropout(h) W + b)                                          [R, K]
//
// Products go in blocks of rows, so that what is done to each of their results finds it in the first-level cache.
extension PackedTagger {
    static let layerNormEpsilon: Float = 1e-5
    /// Rows of a block.
    static let blockRowCount = 96

    /// Computes logits and probabilities of every row into the workspace.
    package func forward(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, in workspace: TaggerWorkspace, noise: TrainingNoise
    ) {
        workspace.reserve(rowCount: sentences.rowCount)
        let R = sentences.rowCount
        let ordered = OrderedInputs(sentences.distinct, noise), keptCount = ordered.keptCount
        workspace.orderedInputs = ordered
        workspace.count(sentences, ordered)
        computeInputs(ordered, 0..<keptCount, input, firstColumn: 0, vectors: vectors, in: workspace, noise)
        computeInputs(
            ordered, keptCount..<ordered.inputs.count, inputRest, firstColumn: configuration.vectorWidth,
            vectors: vectors, in: workspace, noise)
        spreadInputs(sentences, ordered, in: workspace, noise)
        for index in layout.convolutions.indices {
            sentences.rows.forEachBlock { convolution(index, $0, in: workspace, noise) }
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

    /// The states of some inputs, into the rows of the windows, which are not needed yet.
    ///
    /// - Parameters:
    ///   - places: Of these inputs.
    ///   - weights: Of the columns from the first one on; those before are not read.
    private func computeInputs(
        _ ordered: OrderedInputs, _ places: Range<Int>, _ weights: TrainingMatrix, firstColumn: Int,
        vectors: any FrozenVectors, in workspace: TaggerWorkspace, _ noise: TrainingNoise
    ) {
        let I = configuration.inputWidth, H = configuration.hiddenWidth
        for start in stride(from: places.lowerBound, to: places.upperBound, by: Self.blockRowCount) {
            let block = start..<min(places.upperBound, start + Self.blockRowCount)
            ordered.inputs.write(
                block, configuration, layout, parameters: parameters.pointer, vectors: vectors,
                hasVectors: firstColumn == 0, to: workspace.input.from(row: start))
            for place in block where noise.dropout > 0 {
                let x = workspace.input.from(row: place).from(column: firstColumn)
                Kernel.dropout(
                    rowCount: 1, columnCount: I - firstColumn, x: x, y: x, mask: noise.mask(layer: 0),
                    firstIndex: Int(ordered.numbers[place]) * I + firstColumn)
            }
            let c = workspace.activation(0).from(row: start)
            workspace.products.multiply(
                rowCount: block.count, a: workspace.input.from(row: start).from(column: firstColumn), b: weights, c: c)
            Kernel.rectifyAndNormalize(
                rowCount: block.count, columnCount: H, c: c, weights: layout.input.normWeights(parameters.pointer),
                y: workspace.windows.from(row: start), mean: workspace.means[0].pointer + start,
                inverseDeviation: workspace.inverseDeviations[0].pointer + start)
        }
    }

    /// Every row gets the state of its input.
    private func spreadInputs(
        _ sentences: LaidOutSentences, _ ordered: OrderedInputs, in workspace: TaggerWorkspace, _ noise: TrainingNoise
    ) {
        let H = configuration.hiddenWidth, hidden = workspace.hidden, states = workspace.windows
        for (row, number) in zip(sentences.tokenRows, sentences.distinct.ofTokens) {
            hidden.from(row: Int(row)).pointer.update(
                from: states.from(row: Int(ordered.places[Int(number)])).pointer, count: H)
        }
        zero(sentences.rows.boundaries, of: hidden)
        Kernel.dropout(
            rowCount: sentences.rowCount, columnCount: H, x: hidden, y: workspace.layerInput(0),
            mask: noise.mask(layer: 1), firstIndex: 0)
    }

    /// What follows the product of a convolution: bias, ReLU, layer norm, the sum with the residual stream, and the dropout
    /// before the next layer.
    ///
    /// - Parameter index: Of the layer; 0 is the input layer.
    private func normalize(
        _ layer: ParameterLayout.Layer, index: Int, _ rows: Range<Int>, in workspace: TaggerWorkspace,
        _ noise: TrainingNoise
    ) {
        let H = layer.outputWidth, first = rows.lowerBound
        let hidden = workspace.hidden.from(row: first)
        Kernel.rectifyAndNormalize(
            rowCount: rows.count, columnCount: H, c: workspace.activation(index).from(row: first),
            weights: layer.normWeights(parameters.pointer), residual: hidden, y: hidden,
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
