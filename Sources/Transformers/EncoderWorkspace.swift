import Kernels

/// Sequences of pieces laid end to end, without padding between them.
package struct EncoderSequences: Sendable {
    package private(set) var pieces: [Int32] = []
    /// End of each sequence in ``pieces``.
    package private(set) var ends: [Int] = []

    package init() {}

    package var rowCount: Int { pieces.count }

    package func rows(ofSequence number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    /// Appends a sequence, special tokens included; of none nothing is kept.
    package mutating func append(_ sequence: some Collection<Int32>) {
        guard !sequence.isEmpty else { return }
        pieces.append(contentsOf: sequence)
        ends.append(pieces.count)
    }

    package mutating func removeAll() {
        pieces.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}

/// Memory of one forward pass, for one thread at a time; it grows to the longest pass and is kept.
///
/// Per row some `5 H + I` floats, 15 KB for an encoder of 384 and 1536.
package final class EncoderWorkspace {
    private(set) var rowCapacity = 0
    private(set) var states: Rows
    private(set) var projections: Rows
    private(set) var context: Rows
    private(set) var sums: Rows
    private(set) var inner: Rows
    private(set) var logits: Rows
    /// Scores of a block of queries against all keys of a sequence.
    let scores: Rows
    /// A bias of nothing.
    let zeros: FloatBuffer
    /// The keys of a head.
    var keys = PackedMatrix(rowCount: 0, columnCount: 0)
    let quantizedRows = QuantizedRows()
    let bfloatRows = BFloat16Rows()
    private let configuration: EncoderConfiguration

    /// Queries that are scored at once: their scores stay in the second-level cache.
    static let queryCount = 64

    /// A matrix of rows that lie far enough apart.
    struct Rows {
        let buffer: FloatBuffer
        let stride: Int

        init(_ count: Int, width: Int) {
            stride = RowsPointer.stride(forWidth: width)
            // Kernels read rows up to whole vectors.
            buffer = FloatBuffer(count: count * stride + 16)
        }

        var pointer: RowsPointer { RowsPointer(buffer.pointer, stride: stride) }
    }

    package init(_ configuration: EncoderConfiguration) {
        self.configuration = configuration
        let empty = Rows(0, width: 1)
        (states, projections, context, sums, inner, logits) = (empty, empty, empty, empty, empty, empty)
        scores = Rows(Self.queryCount, width: configuration.maximumLength)
        zeros = FloatBuffer(
            count: max(configuration.maximumLength, configuration.hiddenWidth, configuration.labels.count))
    }

    /// Makes room for so many rows.
    func reserve(_ count: Int) {
        guard count > rowCapacity else { return }
        let H = configuration.hiddenWidth
        // The old matrices go before the new ones come.
        let empty = Rows(0, width: 1)
        (states, projections, context, sums, inner, logits) = (empty, empty, empty, empty, empty, empty)
        states = Rows(count, width: H)
        projections = Rows(count, width: 3 * H)
        context = Rows(count, width: H)
        sums = Rows(count, width: H)
        inner = Rows(count, width: configuration.innerWidth)
        logits = Rows(count, width: max(1, configuration.labels.count))
        rowCapacity = count
    }
}
