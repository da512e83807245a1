import Kernels

/// What one task needs to run a frozen tagger: the rows of a piece, its activations, and the cache of tokens.
///
/// One workspace belongs to one task at a time. `R` rows, `T` tiles of two or four rows, `I` input width, `H` hidden width, `K`
/// labels.
final class InferenceWorkspace: @unchecked Sendable {
    // `@unchecked Sendable`: handed from task to task, never used by two at once; see above.
    let tagger: FrozenTagger
    let cache: TokenEntryCache
    let hiddenStride: Int
    let inputStride: Int
    private var rowCapacity = 0
    var work = TaggerInference.Work()
    /// `[R, H]` each: the residual stream before and after a layer.
    private var hiddenBuffers = [FloatBuffer(count: 0), FloatBuffer(count: 0)]
    /// `[R, K]`
    private(set) var logits = FloatBuffer(count: 0)
    private(set) var probabilities = FloatBuffer(count: 0)

    // Of a block of rows or tiles.
    private let inputBuffer: FloatBuffer
    private let productBuffer: FloatBuffer
    private let outputBuffer: FloatBuffer
    private let windowBuffer: FloatBuffer
    /// Windows, or what else is multiplied, in 8 bits.
    let quantized = QuantizedRows()

    init(_ tagger: FrozenTagger, _ keptEntries: KeptEntries) {
        self.tagger = tagger
        cache = TokenEntryCache(tagger.configuration, keptEntries, precision: tagger.precision)
        hiddenStride = RowsPointer.stride(forWidth: tagger.configuration.hiddenWidth)
        inputStride = RowsPointer.stride(forWidth: tagger.configuration.inputWidth)
        let R = FrozenTagger.blockRowCount
        inputBuffer = FloatBuffer(count: R * inputStride)
        // What a block multiplies elsewhere, twice; of tiles of four rows, all components.
        let T = SentenceRows.blockTileCount, components = T * WindowConvolution.componentCount * hiddenStride
        productBuffer = FloatBuffer(count: max(R * 2 * hiddenStride, components))
        // A tile of four rows, with the boundary behind it.
        outputBuffer = FloatBuffer(count: T * 5 * hiddenStride)
        windowBuffer = FloatBuffer(count: tagger.precision == .full ? components : 0)
    }

    func reserve(rowCount: Int) {
        guard rowCount > rowCapacity else { return }
        rowCapacity = rowCount + rowCount / 8
        hiddenBuffers = (0..<2).map { _ in FloatBuffer(count: rowCapacity * hiddenStride) }
        logits = FloatBuffer(count: rowCapacity * tagger.configuration.labelCount)
        probabilities = FloatBuffer(count: rowCapacity * tagger.configuration.labelCount)
    }

    /// One of two, by turns.
    func hidden(_ number: Int) -> RowsPointer {
        RowsPointer(hiddenBuffers[number & 1].pointer, stride: hiddenStride)
    }
    var input: RowsPointer { RowsPointer(inputBuffer.pointer, stride: inputStride) }
    var products: RowsPointer { RowsPointer(productBuffer.pointer, stride: hiddenStride) }
    /// What a convolution gives for the rows of a block of tiles.
    var outputs: RowsPointer { RowsPointer(outputBuffer.pointer, stride: hiddenStride) }
    var windows: RowsPointer { RowsPointer(windowBuffer.pointer, stride: hiddenStride) }
}
