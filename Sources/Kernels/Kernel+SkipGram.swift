internal import CKernels

/// The rows of a skip-gram, IEEE binary16, and which of them each word has.
package struct SkipGramRows: Sendable {
    /// Numbers of a row, a multiple of 16.
    package var dimension: Int
    /// Rows of words and sub-words.
    package var inputs: HalfBuffer
    /// Rows of context words.
    package var outputs: HalfBuffer
    /// Input rows of word `w`: `wordRows[wordStarts[w]..<wordStarts[w + 1]]`, at least one.
    package var wordRows: NumberBuffer
    package var wordStarts: NumberBuffer

    package init(
        dimension: Int, inputs: HalfBuffer, outputs: HalfBuffer, wordRows: NumberBuffer, wordStarts: NumberBuffer
    ) {
        precondition(dimension > 0 && dimension % 16 == 0, "skip-gram of \(dimension) dimensions")
        (self.dimension, self.inputs, self.outputs) = (dimension, inputs, outputs)
        (self.wordRows, self.wordStarts) = (wordRows, wordStarts)
    }

    /// The input rows of a word.
    package func rows(of word: UInt32) -> UnsafeBufferPointer<UInt32> {
        let start = Int(wordStarts.pointer[Int(word)]), end = Int(wordStarts.pointer[Int(word) + 1])
        return UnsafeBufferPointer(start: wordRows.pointer + start, count: end - start)
    }
}

/// Centers that are looked at with the same rows, and what they ask of them. `C` centers, `O` outputs, `D` dimensions.
///
/// `@unchecked Sendable`: any number of threads may read what it points to, and each writes what it makes of its centers.
package struct SkipGramRound: @unchecked Sendable {
    /// `[C]` word of each center, and end of its outputs.
    package var words: UnsafePointer<UInt32>
    package var outputEnds: UnsafePointer<UInt32>
    /// `[O]` rows; and learning rates, below zero those of negative ones.
    package var outputs: UnsafePointer<UInt32>
    package var rates: UnsafePointer<Float>
    /// By which all rates are multiplied.
    package var rate: Float
    /// `[O]` made: how far along the center's vector each row is to go.
    package var steps: UnsafeMutablePointer<Float>
    /// `[C, D]` made: the vector of each center, and what its outputs ask of it.
    package var centers: UnsafeMutablePointer<Float>
    package var gradients: UnsafeMutablePointer<Float>
    /// `[C]` made: the sum of `-log` of the probabilities of the labels.
    package var losses: UnsafeMutablePointer<Float>

    package init(
        words: UnsafePointer<UInt32>, outputEnds: UnsafePointer<UInt32>, outputs: UnsafePointer<UInt32>,
        rates: UnsafePointer<Float>, rate: Float, steps: UnsafeMutablePointer<Float>,
        centers: UnsafeMutablePointer<Float>, gradients: UnsafeMutablePointer<Float>,
        losses: UnsafeMutablePointer<Float>
    ) {
        (self.words, self.outputEnds, self.outputs, self.rates) = (words, outputEnds, outputs, rates)
        (self.rate, self.steps, self.centers) = (rate, steps, centers)
        (self.gradients, self.losses) = (gradients, losses)
    }
}

/// The uses of rows in a round, those of one row together. `R` rows, `U` uses.
///
/// `@unchecked Sendable`: any number of threads may read what it points to.
package struct SkipGramMoves: @unchecked Sendable {
    package var rowCount: Int
    /// `[R]`
    package var rows: UnsafePointer<UInt32>
    /// `[R]` end of each row's uses.
    package var useEnds: UnsafePointer<UInt32>
    /// `[U]` numbers of uses, by which steps are found.
    package var uses: UnsafePointer<UInt32>
    /// `[U]` their centers.
    package var centers: UnsafePointer<UInt16>

    package init(
        rowCount: Int, rows: UnsafePointer<UInt32>, useEnds: UnsafePointer<UInt32>, uses: UnsafePointer<UInt32>,
        centers: UnsafePointer<UInt16>
    ) {
        (self.rowCount, self.rows, self.useEnds, self.uses, self.centers) = (rowCount, rows, useEnds, uses, centers)
    }

    /// How much work the rows are, a row and a use alike.
    package var work: Int { rowCount == 0 ? 0 : rowCount + Int(useEnds[rowCount - 1]) }

    /// The rows that are a part of the work, those that end in it.
    package func rows(_ part: Range<Int>) -> Range<Int> {
        rowCount(within: part.lowerBound)..<rowCount(within: part.upperBound)
    }

    /// Rows that end within so much work.
    private func rowCount(within work: Int) -> Int {
        var low = 0, high = rowCount
        while low < high {
            let middle = (low + high) / 2
            if middle + 1 + Int(useEnds[middle]) <= work { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Kernel {
    /// Skip-gram with negative sampling (Mikolov et al. 2013, "Distributed representations of words and phrases",
    /// section 2.2), the vector of a center being the mean of several input rows (Bojanowski et al. 2017, section 3.2): what the
    /// centers of a round ask for, with no row moved.
    ///
    /// - Precondition: All numbers of words and rows lie in their tables; this is not checked here.
    package static func predictSkipGram(_ rows: SkipGramRows, _ round: SkipGramRound, centers: Range<Int>) {
        var tables = nk_skipgram_tables(
            dim: rows.dimension, inputs: rows.inputs.pointer, outputs: rows.outputs.pointer,
            wordRows: rows.wordRows.pointer, wordStarts: rows.wordStarts.pointer)
        var work = nk_skipgram_round(
            words: round.words, outputEnds: round.outputEnds, outputs: round.outputs, rates: round.rates,
            rate: round.rate, steps: round.steps, hidden: round.centers, gradients: round.gradients,
            losses: round.losses)
        nk_skipgram_predict(&tables, &work, centers.lowerBound, centers.upperBound)
    }

    /// Moves rows by the sum of their uses, each `steps[use]` times the vector of its center, or just that without steps.
    ///
    /// What binary16 cannot hold is rounded up or down at random, right in the mean, so that steps smaller than its last
    /// place are not lost (Gupta et al. 2015, "Deep learning with limited numerical precision").
    ///
    /// - Parameters:
    ///   - vectors: `[C, dimension]`
    ///   - key: Of the random numbers, together with row and column.
    ///   - range: Rows of the moves that are moved now.
    /// - Precondition: All numbers lie in their tables; this is not checked here.
    package static func moveRows(
        dimension: Int, table: UnsafeMutablePointer<UInt16>, _ moves: SkipGramMoves, steps: UnsafePointer<Float>?,
        vectors: UnsafePointer<Float>, key: UInt64, rows range: Range<Int>
    ) {
        precondition(dimension > 0 && dimension % 16 == 0, "moveRows: dimension \(dimension)")
        var moves = nk_skipgram_moves(
            rows: moves.rows, useEnds: moves.useEnds, uses: moves.uses, centers: moves.centers)
        nk_skipgram_move(dimension, table, &moves, steps, vectors, key, range.lowerBound, range.upperBound)
    }
}
