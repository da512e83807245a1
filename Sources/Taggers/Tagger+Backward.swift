package import Kernels

// Legend as in Tagger+Forward.swift. Every gradient is added to `gradient`, which has the layout of the parameters.
extension PackedTagger {
    /// Adds the gradient of the loss by every parameter, from `workspace.logitGradient` (zero on boundary rows), after
    /// a ``forward(_:vectors:in:noise:)`` with the same sentences, workspace and noise.
    package func backward(
        _ sentences: LaidOutSentences, in workspace: TaggerWorkspace, noise: TrainingNoise, gradient: FloatBuffer
    ) {
        let R = sentences.rowCount, H = configuration.hiddenWidth, K = configuration.labelCount
        let g = gradient.pointer
        let dh = workspace.hiddenGradient.pointer
        let dLogits = workspace.logitGradient.pointer
        let outputInput = workspace.layerInputs[configuration.convolutionCount].pointer
        addWeightGradient(
            left: outputInput, leftStride: H, leftWidth: H, dy: dLogits, width: K, rowCount: R,
            into: g + layout.outputWeight, workspace)
        Kernel.addBiasGradient(rowCount: R, columnCount: K, dy: dLogits, stride: K, biasGradient: g + layout.outputBias)
        Kernel.multiply(rowCount: R, a: dLogits, aRowStride: K, b: outputTransposed, c: dh, cStride: H)
        Kernel.dropout(
            count: R * H, x: dh, y: dh, mask: noise.mask(layer: configuration.convolutionCount + 1), firstIndex: 0)

        let da = workspace.layerGradient.pointer
        for index in layout.convolutions.indices.reversed() {
            let layer = layout.convolutions[index]
            guard R > 2 else { continue }
            da.update(repeating: 0, count: H)
            (da + (R - 1) * H).update(repeating: 0, count: H)
            normAndReLUBackward(layer, index: index + 1, rows: 1..<R - 1, dy: dh, dx: da, workspace, g)
            let input = workspace.layerInputs[index].pointer
            addWeightGradient(
                left: input, leftStride: H, leftWidth: 3 * H, dy: da + H, width: H, rowCount: R - 2,
                into: g + layer.weight, workspace)
            Kernel.addBiasGradient(rowCount: R - 2, columnCount: H, dy: da + H, stride: H, biasGradient: g + layer.bias)
            let dInput = workspace.scratch.pointer
            Kernel.multiply(
                rowCount: R - 2, a: da, aRowStride: H, b: convolutionsReversed[index], c: dInput + H, cStride: H)
            Kernel.dropout(
                count: (R - 2) * H, x: dInput + H, y: dInput + H, mask: noise.mask(layer: index + 1),
                firstIndex: UInt64(H))
            Kernel.add(count: (R - 2) * H, x: dInput + H, y: dh + H)
            // What a convolution sends into a boundary row goes nowhere: the row was set to zero.
            zeroBoundaries(sentences, dh)
        }
        let I = configuration.inputWidth
        normAndReLUBackward(layout.input, index: 0, rows: 0..<R, dy: dh, dx: da, workspace, g)
        addWeightGradient(
            left: workspace.input.pointer, leftStride: I, leftWidth: I, dy: da, width: H, rowCount: R,
            into: g + layout.input.weight, workspace)
        Kernel.addBiasGradient(rowCount: R, columnCount: H, dy: da, stride: H, biasGradient: g + layout.input.bias)
        addFeatureGradients(sentences, da: da, workspace, noise, g)
    }

    private func normAndReLUBackward(
        _ layer: ParameterLayout.Layer, index: Int, rows: Range<Int>, dy: UnsafeMutablePointer<Float>,
        dx: UnsafeMutablePointer<Float>,
        _ workspace: TaggerWorkspace, _ g: UnsafeMutablePointer<Float>
    ) {
        let H = layer.outputWidth
        let start = rows.lowerBound * H
        let activation = workspace.activations[index].pointer + start
        Kernel.layerNormBackward(
            rowCount: rows.count, columnCount: H, dy: dy + start, dyStride: H, x: activation, xStride: H,
            gamma: parameters.pointer + layer.gamma, mean: workspace.means[index].pointer + rows.lowerBound,
            inverseDeviation: workspace.inverseDeviations[index].pointer + rows.lowerBound, dx: dx + start, dxStride: H,
            gammaGradient: g + layer.gamma, betaGradient: g + layer.beta)
        Kernel.reluBackward(count: rows.count * H, y: activation, dy: dx + start)
    }

    /// Adds left' dy, where row r of `left` begins at `leftStride * r` and may overlap the next.
    private func addWeightGradient(
        left: UnsafePointer<Float>, leftStride: Int, leftWidth: Int, dy: UnsafePointer<Float>, width: Int,
        rowCount: Int,
        into gradient: UnsafeMutablePointer<Float>, _ workspace: TaggerWorkspace
    ) {
        workspace.packedGradient.repack(dy, rowCount: rowCount, columnCount: width, rowStride: width, columnStride: 1)
        Kernel.multiply(
            rowCount: leftWidth, a: left, aRowStride: 1, aColumnStride: leftStride, b: workspace.packedGradient,
            c: gradient, cStride: width, accumulate: true)
    }

    private func addFeatureGradients(
        _ sentences: LaidOutSentences, da: UnsafePointer<Float>, _ workspace: TaggerWorkspace, _ noise: TrainingNoise,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let I = configuration.inputWidth, frozen = configuration.frozenWidth, H = configuration.hiddenWidth
        let width = I - frozen
        guard width > 0 else { return }
        let df = workspace.featureGradient.pointer
        Kernel.multiply(
            rowCount: sentences.rowCount, a: da, aRowStride: H, b: inputFeaturesTransposed, c: df, cStride: width)
        let mask = noise.mask(layer: 0)
        let featureCount = configuration.features.count
        for row in sentences.tokenRows {
            let row = Int(row)
            let gradient = df + row * width
            Kernel.dropout(count: width, x: gradient, y: gradient, mask: mask, firstIndex: UInt64(row * I + frozen))
            var column = 0
            for (index, feature) in configuration.features.enumerated() {
                let bucket = Int(sentences.features[row * featureCount + index] % UInt32(feature.buckets))
                Kernel.add(
                    count: feature.width, x: gradient + column, y: g + layout.features[index] + bucket * feature.width)
                column += feature.width
            }
        }
    }
}
