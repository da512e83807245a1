package import Corpora
import Kernels

/// What is random in a training pass; nil means inference.
package struct TrainingNoise: Sendable {
    /// Probability of dropping each input of every linear layer.
    package var dropout: Double
    /// Probability of dropping a token's whole vector; the numbers beside it stay.
    package var vectorDropout: Double
    /// Identity of the pass: the same key gives the same masks.
    package var key: UInt64

    package init(dropout: Double, vectorDropout: Double, key: UInt64) {
        self.dropout = dropout
        self.vectorDropout = vectorDropout
        self.key = key
    }

    func mask(layer: Int) -> DropoutMask {
        DropoutMask(key: key &+ UInt64(layer + 1) &* 0x9E37_79B9_7F4A_7C15, probability: dropout)
    }
}

// Legend: R rows (tokens and boundaries), D vector width, S statistics, P flags of the position, I input width, H hidden
// width, K labels.
//
//   x = [scale * vector; statistics; flags; feature embeddings]            [R, I]
//   h = LayerNorm(ReLU(dropout(x) W + b)), zero on boundaries              [R, H]
//   h = h + LayerNorm(ReLU([d(r-1); d(r); d(r+1)] W + b)), d = dropout(h)  convolutionCount times, zero on boundaries
//   p = softmax(dropout(h) W + b)                                          [R, K]
//
// A window of three rows is 3H consecutive floats of a row-major matrix, so the convolution is one product whose left
// rows overlap.
extension PackedTagger {
    static let layerNormEpsilon: Float = 1e-5

    /// Computes logits and probabilities of every row into the workspace.
    package func forward(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, in workspace: TaggerWorkspace,
        noise: TrainingNoise? = nil
    ) {
        workspace.reserve(rowCount: sentences.rowCount, training: noise != nil)
        let R = sentences.rowCount, H = configuration.hiddenWidth, K = configuration.labelCount,
            I = configuration.inputWidth
        let p = parameters.pointer
        assembleInput(sentences, vectors: vectors, in: workspace, noise: noise)
        let hidden = workspace.hidden.pointer
        multiplyAndNormalize(
            layout.input, input, rows: 0..<R, left: workspace.input.pointer, leftStride: I, layer: 0, into: hidden,
            workspace,
            training: noise != nil)
        zeroBoundaries(sentences, hidden)
        let scratch = workspace.scratch.pointer
        for (index, layer) in layout.convolutions.enumerated() {
            let dropped = drop(hidden, count: R * H, layer: index + 1, workspace, noise)
            // Rows 0 and R-1 are boundaries and have no window.
            multiplyAndNormalize(
                layer, convolutions[index], rows: 1..<R - 1, left: dropped, leftStride: H, layer: index + 1,
                into: scratch, workspace,
                training: noise != nil)
            if R > 2 { Kernel.add(count: (R - 2) * H, x: scratch + H, y: hidden + H) }
            zeroBoundaries(sentences, hidden)
        }
        let dropped = drop(hidden, count: R * H, layer: configuration.convolutionCount + 1, workspace, noise)
        Kernel.multiply(rowCount: R, a: dropped, aRowStride: H, b: output, c: workspace.logits.pointer, cStride: K)
        Kernel.addBias(rowCount: R, columnCount: K, c: workspace.logits.pointer, stride: K, bias: p + layout.outputBias)
        Kernel.softmax(
            rowCount: R, columnCount: K, logits: workspace.logits.pointer, logitsStride: K,
            probabilities: workspace.probabilities.pointer, probabilitiesStride: K)
    }

    private func assembleInput(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, in workspace: TaggerWorkspace, noise: TrainingNoise?
    ) {
        let R = sentences.rowCount, I = configuration.inputWidth, D = configuration.vectorWidth
        let x = workspace.input.pointer
        sentences.tableRows.withUnsafeBufferPointer {
            vectors.gather($0, scale: configuration.vectorScale, into: x, stride: I)
        }
        for (index, row) in sentences.composedRows.enumerated() {
            let out = x + Int(row) * I
            sentences.composedVectors.withUnsafeBufferPointer {
                if let source = $0.baseAddress { Kernel.halfToFloat(count: D, x: source + index * D, y: out) }
            }
            Kernel.scale(count: D, a: configuration.vectorScale, y: out)
        }
        if let noise, noise.vectorDropout > 0 {
            let threshold = UInt32(noise.vectorDropout * 4_294_967_295)
            let bits = [UInt32](unsafeUninitializedCapacity: R) { buffer, count in
                if let base = buffer.baseAddress {
                    Kernel.randomBits(count: R, key: ~noise.key, firstIndex: 0, into: base)
                }
                count = R
            }
            for row in 0..<R where bits[row] < threshold { (x + row * I).update(repeating: 0, count: D) }
        }
        addNumbers(sentences, vectors: vectors, to: x + D)
        var column = configuration.frozenWidth
        let featureCount = configuration.features.count
        for (index, feature) in configuration.features.enumerated() {
            let table = parameters.pointer + layout.features[index]
            for row in 0..<R {
                let bucket = Int(sentences.features[row * featureCount + index] % UInt32(feature.buckets))
                (x + row * I + column).update(from: table + bucket * feature.width, count: feature.width)
            }
            column += feature.width
        }
        for row in sentences.boundaryRows { (x + Int(row) * I).update(repeating: 0, count: I) }
        if let noise, noise.dropout > 0 {
            Kernel.dropout(count: R * I, x: x, y: x, mask: noise.mask(layer: 0), firstIndex: 0)
        }
    }

    /// Writes the statistics and the flags of every row behind its vector.
    private func addNumbers(
        _ sentences: LaidOutSentences, vectors: any FrozenVectors, to x: UnsafeMutablePointer<Float>
    ) {
        let I = configuration.inputWidth, numbers = configuration.numbers
        if !numbers.statistics.isEmpty {
            // Composed vectors belong to words without a row, and so do their statistics; boundaries become zero later.
            sentences.tableRows.withUnsafeBufferPointer { vectors.gatherStatistics($0, into: x, stride: I) }
        }
        guard numbers.hasPositions else { return }
        let flags = x + numbers.statistics.count
        for (row, bits) in sentences.positions.enumerated() {
            for bit in PositionFlags.names.indices { flags[row * I + bit] = Float(bits >> bit & 1) }
        }
    }

    /// One layer: product, bias, ReLU, layer norm. `left` is row 0; for a convolution the window of row r begins at row
    /// r-1.
    private func multiplyAndNormalize(
        _ layer: ParameterLayout.Layer, _ weight: PackedMatrix, rows: Range<Int>, left: UnsafeMutablePointer<Float>,
        leftStride: Int,
        layer index: Int, into out: UnsafeMutablePointer<Float>, _ workspace: TaggerWorkspace, training: Bool
    ) {
        guard !rows.isEmpty else { return }
        let H = layer.outputWidth
        let p = parameters.pointer
        let activation =
            (training ? workspace.activations[index] : workspace.activations[0]).pointer + rows.lowerBound * H
        Kernel.multiply(rowCount: rows.count, a: left, aRowStride: leftStride, b: weight, c: activation, cStride: H)
        Kernel.addBiasReLU(rowCount: rows.count, columnCount: H, c: activation, stride: H, bias: p + layer.bias)
        Kernel.layerNorm(
            rowCount: rows.count, columnCount: H, x: activation, xStride: H, gamma: p + layer.gamma,
            beta: p + layer.beta,
            epsilon: Self.layerNormEpsilon, y: out + rows.lowerBound * H, yStride: H,
            mean: training ? workspace.means[index].pointer + rows.lowerBound : nil,
            inverseDeviation: training ? workspace.inverseDeviations[index].pointer + rows.lowerBound : nil)
    }

    private func drop(
        _ hidden: UnsafeMutablePointer<Float>, count: Int, layer: Int, _ workspace: TaggerWorkspace,
        _ noise: TrainingNoise?
    ) -> UnsafeMutablePointer<Float> {
        guard let noise else { return hidden }
        let dropped = workspace.layerInputs[layer - 1].pointer
        Kernel.dropout(count: count, x: hidden, y: dropped, mask: noise.mask(layer: layer), firstIndex: 0)
        return dropped
    }

    func zeroBoundaries(_ sentences: LaidOutSentences, _ matrix: UnsafeMutablePointer<Float>) {
        let H = configuration.hiddenWidth
        for row in sentences.boundaryRows { (matrix + Int(row) * H).update(repeating: 0, count: H) }
    }
}
