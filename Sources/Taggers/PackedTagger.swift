package import Kernels

/// Weights in the order in which the products read them; made once per update, or once for a frozen tagger.
package struct PackedTagger: Sendable {
    package let configuration: TaggerConfiguration
    package let layout: ParameterLayout
    /// The flat parameters, which are shared, not copied.
    package let parameters: FloatBuffer
    let input: PackedMatrix
    let convolutions: [PackedMatrix]
    let output: PackedMatrix
    /// For the backward pass.
    let inputFeaturesTransposed: PackedMatrix
    let convolutionsReversed: [PackedMatrix]
    let outputTransposed: PackedMatrix
    private let reversed: FloatBuffer

    package init(_ configuration: TaggerConfiguration, parameters: FloatBuffer) {
        self.configuration = configuration
        self.parameters = parameters
        layout = ParameterLayout(configuration)
        precondition(parameters.count == layout.count, "\(parameters.count) parameters, expected \(layout.count)")
        let H = configuration.hiddenWidth
        input = PackedMatrix(rowCount: configuration.inputWidth, columnCount: H)
        convolutions = layout.convolutions.map { _ in PackedMatrix(rowCount: 3 * H, columnCount: H) }
        output = PackedMatrix(rowCount: H, columnCount: configuration.labelCount)
        inputFeaturesTransposed = PackedMatrix(
            rowCount: H, columnCount: configuration.inputWidth - configuration.frozenWidth)
        convolutionsReversed = layout.convolutions.map { _ in PackedMatrix(rowCount: 3 * H, columnCount: H) }
        outputTransposed = PackedMatrix(rowCount: configuration.labelCount, columnCount: H)
        reversed = FloatBuffer(count: 3 * H * H)
        pack(forTraining: true)
    }

    /// Packs again after the parameters changed.
    package func pack(forTraining: Bool) {
        let p = parameters.pointer
        let H = configuration.hiddenWidth, K = configuration.labelCount
        input.pack(p + layout.input.weight, rowStride: H, columnStride: 1)
        for (layer, packed) in zip(layout.convolutions, convolutions) {
            packed.pack(p + layer.weight, rowStride: H, columnStride: 1)
        }
        output.pack(p + layout.outputWeight, rowStride: K, columnStride: 1)
        guard forTraining else { return }
        inputFeaturesTransposed.pack(
            p + layout.input.weight + configuration.frozenWidth * H, rowStride: 1, columnStride: H)
        outputTransposed.pack(p + layout.outputWeight, rowStride: 1, columnStride: K)
        for (layer, packed) in zip(layout.convolutions, convolutionsReversed) {
            // The gradient of a window convolution is one with the taps in reverse order and each tap transposed.
            for tap in 0..<3 {
                let source = p + layer.weight + (2 - tap) * H * H
                let target = reversed.pointer + tap * H * H
                for out in 0..<H { for into in 0..<H { target[out * H + into] = source[into * H + out] } }
            }
            packed.pack(reversed.pointer, rowStride: H, columnStride: 1)
        }
    }
}
