import Diagnostics
import Kernels
import Locks
package import Transformers

/// States of single words within an encoder, by which words of all its languages can be compared.
///
/// A word stands alone between the encoder's special pieces; its vector is the mean over its pieces of the states at some
/// layers.
package struct WordStates: Sendable {
    package let encoder: TransformerEncoder
    package let pieces: any WordPieces
    /// 0: below the first layer; k: after the k-th.
    package let layers: [Int]
    private let workspaces = Pool<EncoderWorkspace>()

    /// Rows of one pass: enough to read the weights once for many.
    private static let passRowCount = 1024

    /// What was treated by rule.
    package struct Counts: Codable, Equatable, Sendable {
        package var wordsWithoutPieces = 0
        package var cutWords = 0
        package var unknownWords = 0

        package static func += (sum: inout Counts, other: Counts) {
            sum.wordsWithoutPieces += other.wordsWithoutPieces
            sum.cutWords += other.cutWords
            sum.unknownWords += other.unknownWords
        }

        /// What a user should know, as lines.
        package var notes: [String] {
            [
                (wordsWithoutPieces, "words have no pieces, and no vector from the encoder"),
                (unknownWords, "words are made of unknown pieces alone, and all have the same vector from the encoder"),
                (cutWords, "words have more pieces than the encoder's positions, and only the first were read"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        }
    }

    /// - Parameter path: The encoder's folder, for messages.
    package init(_ encoder: TransformerEncoder, path: String, pieces: any WordPieces, layers: [Int]) throws {
        let configuration = encoder.configuration
        guard let last = layers.max(), let first = layers.min(), first >= 0, last <= configuration.layerCount else {
            throw Failure.noSuchLayer(path, layerCount: configuration.layerCount)
        }
        try pieces.requireFit(configuration, path: path)
        (self.encoder, self.pieces, self.layers) = (encoder, pieces, layers)
    }

    /// Width of a vector.
    package var dimension: Int { encoder.configuration.hiddenWidth }

    /// Writes the vectors of words, `[words.count, dimension]`; zeros for one without pieces.
    package func encode(_ words: [[UInt8]], into out: UnsafeMutablePointer<Float>) -> Counts {
        let limit =
            encoder.configuration.maximumLength - pieces.beginIdentifiers.count - pieces.endIdentifiers.count
        var counts = Counts()
        out.update(repeating: 0, count: words.count * dimension)
        workspaces.withElement({ EncoderWorkspace(encoder.configuration) }) { workspace in
            var sequences = EncoderSequences(), waiting: [(word: Int, rows: Range<Int>)] = []
            for (number, word) in words.enumerated() {
                let found = word.withUnsafeBufferPointer { pieces.identifiers(ofWord: $0) }
                guard !found.isEmpty else {
                    counts.wordsWithoutPieces += 1
                    continue
                }
                if found.count > limit { counts.cutWords += 1 }
                if found.allSatisfy({ $0 == pieces.unknownIdentifier }) { counts.unknownWords += 1 }
                let start = sequences.rowCount + pieces.beginIdentifiers.count
                waiting.append((number, start..<start + min(found.count, limit)))
                sequences.append(pieces.beginIdentifiers + found.prefix(limit) + pieces.endIdentifiers)
                if sequences.rowCount >= Self.passRowCount {
                    run(sequences, waiting, in: workspace, into: out)
                    sequences.removeAll()
                    waiting.removeAll(keepingCapacity: true)
                }
            }
            run(sequences, waiting, in: workspace, into: out)
        }
        return counts
    }

    private func run(
        _ sequences: EncoderSequences, _ waiting: [(word: Int, rows: Range<Int>)], in workspace: EncoderWorkspace,
        into out: UnsafeMutablePointer<Float>
    ) {
        guard !waiting.isEmpty else { return }
        let H = dimension
        _ = encoder.forward(sequences, in: workspace, layerCount: layers.max()) { layer, states in
            let times = Float(layers.count { $0 == layer })
            guard times > 0 else { return }
            for (word, rows) in waiting {
                let scale = times / Float(rows.count * layers.count)
                for row in rows {
                    Kernel.axpy(count: H, a: scale, x: states.from(row: row).pointer, y: out + word * H)
                }
            }
        }
    }
}
