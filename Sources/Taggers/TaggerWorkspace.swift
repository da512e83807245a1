package import Kernels

/// Activations and gradients of one pass; grows to the largest batch seen and is reused.
///
/// One workspace belongs to one task at a time. `R` rows, `I` input width, `H` hidden width, `K` labels.
package final class TaggerWorkspace: @unchecked Sendable {
    // `@unchecked Sendable`: handed from task to task, never used by two at once; see above.
    let configuration: TaggerConfiguration
    private(set) var rowCapacity = 0
    /// `[R, I]`: input, after dropout.
    private(set) var input = FloatBuffer(count: 0)
    /// `[R, H]` each: what enters each convolution and the output layer, after dropout.
    private(set) var layerInputs: [FloatBuffer] = []
    /// `[R, H]` each: after ReLU, before the layer norm, of the input layer and each convolution.
    private(set) var activations: [FloatBuffer] = []
    /// `[R]` each: mean and inverse deviation of the layer norms.
    private(set) var means: [FloatBuffer] = []
    private(set) var inverseDeviations: [FloatBuffer] = []
    /// `[R, H]`: the residual stream, and scratch.
    private(set) var hidden = FloatBuffer(count: 0)
    private(set) var scratch = FloatBuffer(count: 0)
    /// `[R, K]`
    package private(set) var logits = FloatBuffer(count: 0)
    package private(set) var probabilities = FloatBuffer(count: 0)
    /// `[R, K]`: gradient of the loss by the logits; the loss writes it.
    package private(set) var logitGradient = FloatBuffer(count: 0)
    private(set) var hiddenGradient = FloatBuffer(count: 0)
    private(set) var layerGradient = FloatBuffer(count: 0)
    private(set) var featureGradient = FloatBuffer(count: 0)
    var packedGradient = PackedMatrix(rowCount: 0, columnCount: 0)

    package init(_ configuration: TaggerConfiguration) { self.configuration = configuration }

    func reserve(rowCount: Int, training: Bool) {
        // Once a workspace has served training it stays fit for it: an inference pass that grows it must grow all of
        // it.
        let training = training || hiddenGradient.count > 0
        guard rowCount > rowCapacity || training && hiddenGradient.count == 0 else { return }
        // A little more than asked for, so that batches of nearly equal size do not each allocate.
        rowCapacity = max(rowCapacity, rowCount + rowCount / 8)
        let R = rowCapacity, H = configuration.hiddenWidth, K = configuration.labelCount
        let layerCount = configuration.convolutionCount + 1
        func buffers(_ width: Int) -> [FloatBuffer] { (0..<layerCount).map { _ in FloatBuffer(count: R * width) } }
        input = FloatBuffer(count: R * configuration.inputWidth)
        // Inference overwrites one set of buffers layer by layer.
        layerInputs = training ? buffers(H) : [FloatBuffer(count: R * H)]
        activations = training ? buffers(H) : [FloatBuffer(count: R * H)]
        means = training ? buffers(1) : []
        inverseDeviations = training ? buffers(1) : []
        hidden = FloatBuffer(count: R * H)
        scratch = FloatBuffer(count: R * H)
        logits = FloatBuffer(count: R * K)
        probabilities = FloatBuffer(count: R * K)
        guard training else { return }
        logitGradient = FloatBuffer(count: R * K)
        hiddenGradient = FloatBuffer(count: R * H)
        layerGradient = FloatBuffer(count: R * H)
        featureGradient = FloatBuffer(count: R * max(1, configuration.inputWidth - configuration.frozenWidth))
    }
}
