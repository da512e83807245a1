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
        inputBackward(sentences, in: workspace, noise, g)
    }

    /// The gradient of the input layer: that of each input is the sum over the tokens that have it.
    private func inputBackward(
        _ sentences: LaidOutSentences, in workspace: TaggerWorkspace, _ noise: TrainingNoise,
        _ g: UnsafeMutablePointer<Float>
    ) {
        guard let ordered = workspace.orderedInputs else {
            preconditionFailure("a backward pass without a forward one")
        }
        let U = ordered.inputs.count, H = configuration.hiddenWidth, D = configuration.vectorWidth
        let du = workspace.windows, dh = workspace.hiddenGradient, da = workspace.productGradient
        du.pointer.update(repeating: 0, count: U * du.stride)
        for (row, number) in zip(sentences.tokenRows, sentences.distinct.ofTokens) {
            Kernel.add(
                count: H, x: dh.from(row: Int(row)).pointer,
                y: du.from(row: Int(ordered.places[Int(number)])).pointer)
        }
        normBackward(layout.input, index: 0, dy: du, rows: 0..<U, in: workspace, g)
        let weight = g + layout.input.weight
        workspace.products.writeWeightGradient(
            left: workspace.input, leftWidth: D, dy: da, width: H, rowCount: ordered.keptCount, precision, into: weight)
        workspace.products.writeWeightGradient(
            left: workspace.input.from(column: D), leftWidth: configuration.inputWidth - D, dy: da, width: H,
            rowCount: U, precision, into: weight + D * H)
        addFeatureGradients(ordered, in: workspace, noise, g)
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
            layout.convolutions[index], index: index + 1, dy: dh, rows: 1..<sentences.rowCount - 1, in: workspace,
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
        _ layer: ParameterLayout.Layer, index: Int, dy: RowsPointer, rows: Range<Int>, in workspace: TaggerWorkspace,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let first = rows.lowerBound
        Kernel.rectifyAndNormalizeBackward(
            rowCount: rows.count, columnCount: layer.outputWidth, dy: dy.from(row: first),
            activation: workspace.activation(index).from(row: first), gamma: parameters.pointer + layer.gamma,
            mean: workspace.means[index].pointer + first,
            inverseDeviation: workspace.inverseDeviations[index].pointer + first,
            dx: workspace.productGradient.from(row: first), gammaGradient: g + layer.gamma,
            betaGradient: g + layer.beta, biasGradient: g + layer.bias)
    }

    private func addFeatureGradients(
        _ ordered: OrderedInputs, in workspace: TaggerWorkspace, _ noise: TrainingNoise,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let I = configuration.inputWidth, frozen = configuration.frozenWidth
        let width = I - frozen
        guard width > 0 else { return }
        let da = workspace.productGradient, df = RowsPointer(workspace.featureGradient.pointer, stride: width)
        Kernel.multiply(
            rowCount: ordered.inputs.count, a: da.pointer, aRowStride: da.stride, b: inputFeaturesTransposed,
            c: df.pointer, cStride: width)
        let mask = noise.mask(layer: 0)
        let featureCount = configuration.features.count
        for place in 0..<ordered.inputs.count {
            let gradient = df.from(row: place)
            Kernel.dropout(
                rowCount: 1, columnCount: width, x: gradient, y: gradient, mask: mask,
                firstIndex: Int(ordered.numbers[place]) * I + frozen)
            var column = 0
            for (index, feature) in configuration.features.enumerated() {
                let bucket = Int(
                    ordered.inputs.features[place * featureCount + index] % UInt32(feature.buckets))
                Kernel.add(
                    count: feature.width, x: gradient.pointer + column,
                    y: g + layout.features[index] + bucket * feature.width)
                column += feature.width
            }
        }
    }
}
