import Corpora
import Kernels

/// Some sentences of a batch on their way through a transformer.
struct TransformerPass {
    let encoder: TransformerEncoder
    let pieces: any WordPieces
    let pooling: WordPooling
    /// The column of each label.
    let columns: [Int]
    /// `[tokens of the batch, labels]`
    let probabilities: FloatBuffer
    private(set) var counts = TransformerTeacher.Counts()
    private var sequences = EncoderSequences()
    /// Tokens whose distribution is known after the next pass, and the rows of their pieces.
    private var tokens: [(token: Int, rows: Range<Int>)] = []

    init(
        encoder: TransformerEncoder, pieces: any WordPieces, pooling: WordPooling, columns: [Int],
        probabilities: FloatBuffer
    ) {
        (self.encoder, self.pieces, self.pooling) = (encoder, pieces, pooling)
        (self.columns, self.probabilities) = (columns, probabilities)
    }

    var rowCount: Int { sequences.rowCount }

    /// Pieces of a window between the special tokens.
    private var limit: Int {
        encoder.configuration.maximumLength - pieces.beginIdentifiers.count - pieces.endIdentifiers.count
    }

    /// Lays out a sentence of the batch.
    mutating func add(_ batch: SentenceBatch, tokens range: Range<Int>) {
        guard !range.isEmpty else { return }
        var identifiers: [Int32] = [], ends: [Int] = []
        batch.text.withUnsafeBufferPointer { text in
            for token in range {
                identifiers += word(UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)]))
                ends.append(identifiers.count)
            }
        }
        counts.sentences += 1
        counts.pieces += identifiers.count
        let windows = SentenceWindows(ends: ends, limit: limit)
        if windows.windows.count > 1 {
            counts.longSentences += 1
            counts.windows += windows.windows.count
        }
        for (window, taken) in zip(windows.windows, windows.taken) where !taken.isEmpty {
            let start = window.lowerBound == 0 ? 0 : ends[window.lowerBound - 1]
            let shift = sequences.rowCount + pieces.beginIdentifiers.count - start
            for word in taken {
                let first = word == 0 ? 0 : ends[word - 1]
                tokens.append((range.lowerBound + word, first + shift..<ends[word] + shift))
            }
            sequences.append(
                pieces.beginIdentifiers + identifiers[start..<ends[window.upperBound - 1]] + pieces.endIdentifiers)
        }
    }

    private mutating func word(_ bytes: UnsafeBufferPointer<UInt8>) -> ArraySlice<Int32> {
        let identifiers = pieces.identifiers(ofWord: bytes)
        if identifiers.isEmpty {
            counts.wordsWithoutPieces += 1
            return [pieces.unknownIdentifier]
        }
        if identifiers.count > limit { counts.cutWords += 1 }
        return identifiers.prefix(limit)
    }

    /// Computes the sentences added so far and forgets them.
    mutating func run(in workspace: EncoderWorkspace) {
        guard !tokens.isEmpty else { return }
        let logits = encoder.forward(sequences, in: workspace).logits
        let K = columns.count
        for (token, rows) in tokens { pool(logits, rows, into: probabilities.pointer + token * K) }
        workspace.zeros.withPointer { zeros in
            // Sentences of a batch follow one another, so the tokens of a pass do.
            let target = RowsPointer(probabilities.pointer + tokens[0].token * K, stride: K)
            Kernel.softmax(rowCount: tokens.count, columnCount: K, logits: target, bias: zeros, probabilities: target)
        }
        sequences.removeAll()
        tokens.removeAll(keepingCapacity: true)
    }

    /// The logits of a word, in the order of the labels.
    private func pool(_ logits: RowsPointer, _ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) {
        let rows = pooling == .first ? rows.lowerBound..<rows.lowerBound + 1 : rows
        for (label, column) in columns.enumerated() {
            let sum = rows.reduce(Float(0)) { $0 + logits.from(row: $1).pointer[column] }
            target[label] = sum / Float(rows.count)
        }
    }
}
