package import Kernels

/// The weights of a tagger in training, in the order in which the products read them; made anew after every update.
///
/// Taps of a window convolution are transformed (`WindowConvolution`): six matrices instead of three. In reduced precision the products of
/// the input layer and of the convolutions, forward and backward, are of bfloat16 with 32-bit sums; weights, their moments, norms
/// and the output layer stay in 32 bits.
package final class PackedTagger: Sendable {
    package let configuration: TaggerConfiguration
    let precision: ArithmeticPrecision
    package let layout: ParameterLayout
    /// The flat parameters, which are shared, not copied.
    package let parameters: FloatBuffer
    let input: TrainingMatrix
    /// The rows of the input layer behind those of the vector, for tokens whose vector is dropped.
    let inputRest: TrainingMatrix
    let windows: [[TrainingMatrix]]
    let output: PackedMatrix
    /// For the backward pass.
    let inputFeaturesTransposed: PackedMatrix
    let windowsTransposed: [[TrainingMatrix]]
    let outputTransposed: PackedMatrix
    /// Transformed taps of each convolution on their way, two and two.
    private let transformedTaps: [[FloatBuffer]]

    package init(
        _ configuration: TaggerConfiguration, parameters: FloatBuffer, precision: ArithmeticPrecision = .full
    ) {
        self.configuration = configuration
        self.precision = precision
        self.parameters = parameters
        layout = ParameterLayout(configuration)
        precondition(parameters.count == layout.count, "\(parameters.count) parameters, expected \(layout.count)")
        let H = configuration.hiddenWidth
        func windows() -> [[TrainingMatrix]] {
            (0..<configuration.convolutionCount).map { _ in
                (0..<WindowConvolution.componentCount).map { _ in
                    TrainingMatrix(rowCount: H, columnCount: H, precision)
                }
            }
        }
        input = TrainingMatrix(rowCount: configuration.inputWidth, columnCount: H, precision)
        inputRest = TrainingMatrix(
            rowCount: configuration.inputWidth - configuration.vectorWidth, columnCount: H, precision)
        self.windows = windows()
        output = PackedMatrix(rowCount: H, columnCount: configuration.labelCount)
        inputFeaturesTransposed = PackedMatrix(
            rowCount: H, columnCount: configuration.inputWidth - configuration.frozenWidth)
        windowsTransposed = windows()
        outputTransposed = PackedMatrix(rowCount: configuration.labelCount, columnCount: H)
        transformedTaps = (0..<configuration.convolutionCount).map { _ in
            Self.tapPairs.map { _ in FloatBuffer(count: 2 * H * H) }
        }
        for part in 0..<packingPartCount { pack(part) }
    }

    /// Parts in which the weights are packed, independent of each other.
    package var packingPartCount: Int { 1 + 3 * configuration.convolutionCount }

    /// The components whose taps are transformed together.
    private static let tapPairs = [1...2, 4...5]

    /// Packs a part again after the parameters changed.
    package func pack(_ part: Int) {
        let p = parameters.pointer
        let H = configuration.hiddenWidth, K = configuration.labelCount
        guard part > 0 else {
            input.pack(p + layout.input.weight, rowStride: H, columnStride: 1)
            inputRest.pack(
                p + layout.input.weight + configuration.vectorWidth * H, rowStride: H, columnStride: 1)
            output.pack(p + layout.outputWeight, rowStride: K, columnStride: 1)
            inputFeaturesTransposed.pack(
                p + layout.input.weight + configuration.frozenWidth * H, rowStride: 1, columnStride: H)
            outputTransposed.pack(p + layout.outputWeight, rowStride: 1, columnStride: K)
            return
        }
        let (index, pair) = (part - 1).quotientAndRemainder(dividingBy: 3)
        let taps = p + layout.convolutions[index].weight
        if pair == 2 {
            pack(0, of: index, taps)
            pack(3, of: index, taps + 2 * H * H)
        } else {
            let components = Self.tapPairs[pair], transformed = transformedTaps[index][pair].pointer
            WindowConvolution.transformTaps(components, count: H * H, taps: taps, into: transformed)
            pack(components.lowerBound, of: index, transformed)
            pack(components.upperBound, of: index, transformed + H * H)
        }
    }

    private func pack(_ component: Int, of index: Int, _ matrix: UnsafePointer<Float>) {
        let H = configuration.hiddenWidth
        windows[index][component].pack(matrix, rowStride: H, columnStride: 1)
        windowsTransposed[index][component].pack(matrix, rowStride: 1, columnStride: H)
    }
}
