import Kernels

// Legend as in Tagger+Forward.swift.
extension PackedTagger {
    /// Computes the gradient of the loss by every parameter, from `workspace.logitGradient` (zero on boundary rows), after
    /// a ``forward(_:vectors:in:noise:)`` with the same sentences, workspace and noise.
    ///
    /// - Parameters:
    ///   - gradient: Overwritten.
    ///   - addsStateGradient: Whether the loss has also written `workspace.stateGradient`.
    package func backward(
        _ sentences: LaidOutSentences, in workspace: TaggerWorkspace, noise: TrainingNoise, gradient: TaggerGradient,
        addsStateGradient: Bool = false
    ) {
        let R = sentences.rowCount, H = configuration.hiddenWidth, K = configuration.labelCount
        let g = gradient.parameters.pointer
        zeroSums(g)
        let dh = workspace.hiddenGradient
        let dLogits = RowsPointer(workspace.logitGradient.pointer, stride: workspace.labelStride)
        let d = workspace.layerInput(configuration.convolutionCount)
        workspace.products.writeWeightGradient(
            left: d, leftWidth: H, dy: dLogits, width: K, rowCount: R, .full, into: g + layout.outputWeight)
        Kernel.addBiasGradient(
            rowCount: R, columnCount: K, dy: dLogits.pointer, stride: dLogits.stride,
            biasGradient: g + layout.outputBias)
        Kernel.multiply(
            rowCount: R, a: dLogits.pointer, aRowStride: dLogits.stride, b: outputTransposed, c: dh.pointer,
            cStride: dh.stride)
        if addsStateGradient {
            Kernel.add(count: R * dh.stride, x: workspace.stateGradient.pointer, y: dh.pointer)
        }
        Kernel.dropout(
            rowCount: R, columnCount: H, x: dh, y: dh, mask: noise.mask(layer: configuration.convolutionCount + 1),
            firstIndex: 0)
        for index in layout.convolutions.indices.reversed() {
            convolutionBackward(index, sentences, in: workspace, noise, gradient)
        }
        let da = workspace.productGradient
        normBackward(layout.input, index: 0, rows: 0..<R, in: workspace, g)
        workspace.products.writeWeightGradient(
            left: workspace.input, leftWidth: configuration.inputWidth, dy: da, width: H, rowCount: R, precision,
            into: g + layout.input.weight)
        addFeatureGradients(sentences, in: workspace, noise, g)
    }

    /// What is added to, instead of written: biases, norms, feature embeddings.
    private func zeroSums(_ g: UnsafeMutablePointer<Float>) {
        for tensor in layout.tensors where tensor.shape.count == 1 || tensor.name.hasPrefix("features.") {
            (g + tensor.offset).update(repeating: 0, count: tensor.count)
        }
    }

    private func convolutionBackward(
        _ index: Int, _ sentences: LaidOutSentences, in workspace: TaggerWorkspace, _ noise: TrainingNoise,
        _ gradient: TaggerGradient
    ) {
        let H = configuration.hiddenWidth
        guard !sentences.rows.tiles.isEmpty else {
            gradient.windows[index].zero()
            return
        }
        let dh = workspace.hiddenGradient, da = workspace.productGradient
        // The first and the last row are boundaries and belong to no tile.
        normBackward(
            layout.convolutions[index], index: index + 1, rows: 1..<sentences.rowCount - 1, in: workspace,
            gradient.parameters.pointer)
        let v = workspace.windows, dm = workspace.windowProducts
        sentences.rows.withTiles { tiles in
            WindowConvolution.inputs(tiles, columnCount: H, x: workspace.layerInput(index), v: v)
            WindowConvolution.outputGradients(tiles, columnCount: H, dy: da, dm: dm)
            for (number, taps) in windowsTransposed[index].enumerated() {
                let rows = tiles.rows(ofComponent: number)
                let v = v.from(row: rows.lowerBound), dm = dm.from(row: rows.lowerBound)
                workspace.products.writeWeightGradient(
                    left: v, leftWidth: H, dy: dm, width: H, rowCount: rows.count, precision,
                    into: gradient.windows[index].pointer + number * H * H)
                // The windows are not needed any more; their gradients take their place.
                workspace.products.multiply(rowCount: rows.count, a: dm, b: taps, c: v)
            }
            WindowConvolution.addInputGradients(
                tiles, columnCount: H, dv: v, dx: dh, mask: noise.mask(layer: index + 1), firstIndex: 0)
        }
        // What a convolution sends into a boundary row goes nowhere: the row was set to zero.
        zero(sentences.rows.boundaries, of: dh)
    }

    private func normBackward(
        _ layer: ParameterLayout.Layer, index: Int, rows: Range<Int>, in workspace: TaggerWorkspace,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let first = rows.lowerBound
        Kernel.rectifyAndNormalizeBackward(
            rowCount: rows.count, columnCount: layer.outputWidth, dy: workspace.hiddenGradient.from(row: first),
            activation: workspace.activation(index).from(row: first), gamma: parameters.pointer + layer.gamma,
            mean: workspace.means[index].pointer + first,
            inverseDeviation: workspace.inverseDeviations[index].pointer + first,
            dx: workspace.productGradient.from(row: first), gammaGradient: g + layer.gamma,
            betaGradient: g + layer.beta, biasGradient: g + layer.bias)
    }

    private func addFeatureGradients(
        _ sentences: LaidOutSentences, in workspace: TaggerWorkspace, _ noise: TrainingNoise,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let I = configuration.inputWidth, frozen = configuration.frozenWidth
        let width = I - frozen
        guard width > 0 else { return }
        let da = workspace.productGradient, df = RowsPointer(workspace.featureGradient.pointer, stride: width)
        Kernel.multiply(
            rowCount: sentences.rowCount, a: da.pointer, aRowStride: da.stride, b: inputFeaturesTransposed,
            c: df.pointer, cStride: width)
        let mask = noise.mask(layer: 0)
        let featureCount = configuration.features.count
        for row in sentences.tokenRows {
            let row = Int(row)
            let gradient = df.from(row: row)
            Kernel.dropout(
                rowCount: 1, columnCount: width, x: gradient, y: gradient, mask: mask, firstIndex: row * I + frozen)
            var column = 0
            for (index, feature) in configuration.features.enumerated() {
                let bucket = Int(
                    sentences.inputs.features[row * featureCount + index] % UInt32(feature.buckets))
                Kernel.add(
                    count: feature.width, x: gradient.pointer + column,
                    y: g + layout.features[index] + bucket * feature.width)
                column += feature.width
            }
        }
    }
}
