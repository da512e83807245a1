package import Kernels

/// How much training has multiplied.
package struct TrainingWork: Sendable {
    /// Rows that went through the output layer, boundaries included.
    package var rows = 0
    /// Different inputs, and those among them that kept their vector.
    package var inputs = 0
    package var keptInputs = 0
    /// Rows of window components that each convolution multiplied.
    package var componentRows = 0

    package init() {}

    package static func + (a: TrainingWork, b: TrainingWork) -> TrainingWork {
        var sum = a
        sum.rows += b.rows
        sum.inputs += b.inputs
        sum.keptInputs += b.keptInputs
        sum.componentRows += b.componentRows
        return sum
    }
}

/// Activations and gradients of one training pass; grows to the largest batch seen and is reused.
///
/// One workspace belongs to one task at a time. `R` rows, `T` tiles of two or four rows, `I` input width, `H` hidden width, `K`
/// labels. Rows of hidden states and inputs are padded (`RowsPointer/stride(forWidth:)`).
package final class TaggerWorkspace: @unchecked Sendable {
    // `@unchecked Sendable`: handed from task to task, never used by two at once; see above.
    let configuration: TaggerConfiguration
    let inputStride: Int
    let hiddenStride: Int
    /// Of the gradient of the logits.
    package let labelStride: Int
    var products = TrainingProducts()
    /// What was multiplied in all passes, for measurements.
    package private(set) var workDone = TrainingWork()
    /// Of the pass under way.
    var orderedInputs: OrderedInputs?
    private var rowCapacity = 0
    /// `[U, I]`: different inputs, after dropout; there are at most as many as rows.
    private var inputBuffer = FloatBuffer(count: 0)
    /// `[R, H]` each: what enters each convolution and the output layer, after dropout.
    private var layerInputBuffers: [FloatBuffer] = []
    /// `[R, H]` each: after ReLU, before the layer norm, of the input layer (`[U, H]`) and each convolution.
    private var activationBuffers: [FloatBuffer] = []
    /// `[R]` each: mean and inverse deviation of the layer norms.
    private(set) var means: [FloatBuffer] = []
    private(set) var inverseDeviations: [FloatBuffer] = []
    /// `[R, H]`: the residual stream, and the gradients by it and by what a layer's product gives.
    private var hiddenBuffer = FloatBuffer(count: 0)
    private var hiddenGradientBuffer = FloatBuffer(count: 0)
    private var productGradientBuffer = FloatBuffer(count: 0)
    private var stateGradientBuffer = FloatBuffer(count: 0)
    /// Components of the windows, or of their gradients, see ``WindowTiles``.
    private var windowBuffer = FloatBuffer(count: 0)
    /// The same of the products, or of their gradients.
    private var windowProductBuffer = FloatBuffer(count: 0)
    /// `[R, K]`
    package private(set) var logits = FloatBuffer(count: 0)
    package private(set) var probabilities = FloatBuffer(count: 0)
    /// `[R, K]` in rows of ``labelStride``: gradient of the loss by the logits; the loss writes it.
    package private(set) var logitGradient = FloatBuffer(count: 0)
    private(set) var featureGradient = FloatBuffer(count: 0)

    package init(_ configuration: TaggerConfiguration) {
        self.configuration = configuration
        inputStride = RowsPointer.stride(forWidth: configuration.inputWidth)
        hiddenStride = RowsPointer.stride(forWidth: configuration.hiddenWidth)
        labelStride = RowsPointer.stride(forWidth: configuration.labelCount)
    }

    var input: RowsPointer { RowsPointer(inputBuffer.pointer, stride: inputStride) }
    func layerInput(_ layer: Int) -> RowsPointer { hiddenRows(layerInputBuffers[layer]) }
    func activation(_ layer: Int) -> RowsPointer { hiddenRows(activationBuffers[layer]) }
    var hidden: RowsPointer { hiddenRows(hiddenBuffer) }
    var hiddenGradient: RowsPointer { hiddenRows(hiddenGradientBuffer) }
    /// `[R, H]`: what enters the output layer, after dropout: the state of each word that losses may look at.
    package var states: RowsPointer { layerInput(configuration.convolutionCount) }
    /// `[R, H]`: gradient of the loss by ``states`` on other ways than through the logits; a loss that looks at states
    /// writes it.
    package var stateGradient: RowsPointer { hiddenRows(stateGradientBuffer) }
    var productGradient: RowsPointer { hiddenRows(productGradientBuffer) }
    var windows: RowsPointer { hiddenRows(windowBuffer) }
    var windowProducts: RowsPointer { hiddenRows(windowProductBuffer) }

    private func hiddenRows(_ buffer: FloatBuffer) -> RowsPointer {
        RowsPointer(buffer.pointer, stride: hiddenStride)
    }

    func count(_ sentences: LaidOutSentences, _ ordered: OrderedInputs) {
        workDone.rows += sentences.rowCount
        workDone.inputs += ordered.inputs.count
        workDone.keptInputs += ordered.keptCount
        sentences.rows.withTiles { workDone.componentRows += $0.componentRowCount }
    }

    /// Makes room for ``stateGradient`` and sets it to zero.
    package func clearStateGradient(rowCount: Int) {
        if stateGradientBuffer.count < rowCount * hiddenStride {
            stateGradientBuffer = FloatBuffer(count: rowCapacity * hiddenStride)
        }
        stateGradientBuffer.pointer.update(repeating: 0, count: rowCount * hiddenStride)
    }

    func reserve(rowCount: Int) {
        guard rowCount > rowCapacity else { return }
        // A little more than asked for, so that batches of nearly equal size do not each allocate.
        rowCapacity = rowCount + rowCount / 8
        let R = rowCapacity, K = configuration.labelCount
        let layerCount = configuration.convolutionCount + 1
        func hidden() -> FloatBuffer { FloatBuffer(count: R * hiddenStride) }
        func numbers() -> FloatBuffer { FloatBuffer(count: R) }
        inputBuffer = FloatBuffer(count: R * inputStride)
        layerInputBuffers = (0..<layerCount).map { _ in hidden() }
        activationBuffers = (0..<layerCount).map { _ in hidden() }
        means = (0..<layerCount).map { _ in numbers() }
        inverseDeviations = (0..<layerCount).map { _ in numbers() }
        hiddenBuffer = hidden()
        hiddenGradientBuffer = hidden()
        productGradientBuffer = hidden()
        // At most two for each row: a tile of two rows has four components, one of four rows six.
        windowBuffer = FloatBuffer(count: 2 * R * hiddenStride)
        windowProductBuffer = FloatBuffer(count: 2 * R * hiddenStride)
        logits = FloatBuffer(count: R * K)
        probabilities = FloatBuffer(count: R * K)
        logitGradient = FloatBuffer(count: R * labelStride)
        featureGradient = FloatBuffer(count: R * max(1, configuration.inputWidth - configuration.frozenWidth))
    }
}
