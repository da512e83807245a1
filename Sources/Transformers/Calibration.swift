import Kernels

/// Finds the channels that an encoder of 8 bits keeps apart.
///
/// A few channels of the states are ten to twenty times as large as the others, the same ones in every token (Dettmers et al. 2022,
/// "LLM.int8()"; Kovaleva et al. 2021, "BERT Busters"). The range of a token's levels is then theirs, and all else is left with a
/// handful of levels. Which channels these are depends on the weights and hardly on the text, so that a run of the
/// vocabulary's own pieces through the network in 32 bits finds them, when the weights are read.
final class Calibration {
    private let pass: EncoderPass

    /// A channel is apart when its largest number is so many times the median channel's.
    static let ratio: Float = 3
    /// At most so many are apart: each costs as much as two others.
    static let maximumCount = 8
    private static let sequenceCount = 16
    private static let pieceCount = 32

    init(_ configuration: EncoderConfiguration, _ words: NumberTable, _ positions: FloatBuffer, _ norm: LayerNorm) {
        var sequences = EncoderSequences()
        let length = min(Self.pieceCount, configuration.maximumLength)
        for number in 0..<Self.sequenceCount {
            // Spread over the vocabulary; its order is that of frequency, or of the alphabet. Each begins with one of the
            // first pieces, where many vocabularies have their special ones.
            sequences.append(
                (0..<length).map { place in
                    place == 0
                        ? Int32(number % configuration.vocabularySize)
                        : Int32((number * length + place) * 7919 % configuration.vocabularySize)
                })
        }
        pass = EncoderPass(configuration, sequences, in: EncoderWorkspace(configuration))
        pass.embed(words: words, positions: positions, norm: norm)
    }

    /// The next layer in 8 bits; the states go through it in 32.
    func rounded(_ stored: StoredLayer) -> EncoderLayer {
        let layer = stored.packed(.float32), workspace = pass.workspace
        let H = pass.configuration.hiddenWidth, I = pass.configuration.innerWidth
        let projections = outliers(workspace.states, H)
        pass.attend(layer)
        let context = outliers(workspace.context, H), inner = outliers(workspace.states, H)
        pass.feedForward(layer)
        return stored.packed(.int8, outliers: [projections, context, inner, outliers(workspace.inner, I)])
    }

    private func outliers(_ rows: EncoderWorkspace.Rows, _ width: Int) -> [Int] {
        var largest = [Float](repeating: 0, count: width)
        for row in 0..<pass.sequences.rowCount {
            let x = rows.pointer.from(row: row).pointer
            for channel in 0..<width { largest[channel] = max(largest[channel], x[channel].magnitude) }
        }
        let order = largest.indices.sorted { (largest[$0], $1) > (largest[$1], $0) }
        let bound = Self.ratio * largest[order[width / 2]]
        return order.prefix(min(Self.maximumCount, width / 2)).filter { largest[$0] > bound }.sorted()
    }
}
