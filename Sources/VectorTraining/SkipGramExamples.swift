/// What the centers of some lines predict, in rounds: a function of the text and of chance, not of what was learnt.
///
/// All centers of a round are looked at with the same rows, so a round must not be long where few words share the work, or the
/// sum of steps from one point leaps over what they aim at, and grows without end. It ends when some word has been predicted
/// ``largestHitCount`` times, or when a center shares so many rows with those before it that they move its vector
/// ``largestSharedCount`` times as far as it does itself.
///
/// `@unchecked Sendable`: one thread makes it, and then any number may read.
struct SkipGramExamples: ~Copyable, @unchecked Sendable {
    static let largestRound = 512
    static let largestHitCount = 32
    static let largestSharedCount = 4

    struct Round {
        var centerEnd = 0
        var outputEnd = 0
    }

    /// `[C]` words, and the end of each one's outputs, counted from the beginning of its round.
    private(set) var words = GrowingBuffer<UInt32>()
    private(set) var outputEnds = GrowingBuffer<UInt32>()
    /// `[O]` words that are predicted, positive and negative ones; and 1 for positive ones, for a negative one less the number
    /// of predictions that it stands for.
    private(set) var outputs = GrowingBuffer<UInt32>()
    private(set) var rates = GrowingBuffer<Float>()
    private(set) var rounds: [Round] = []
    private(set) var inputUses: RowUses
    private(set) var outputUses: RowUses
    /// Of the lines.
    private(set) var tokenCount = 0
    /// Of the random rounding.
    var key: UInt64 = 0

    init(inputCount: Int, outputCount: Int) {
        inputUses = RowUses(rowCount: inputCount)
        outputUses = RowUses(rowCount: outputCount)
    }

    /// Begins with those of other lines.
    mutating func removeAll(tokenCount: Int) {
        words.removeAll()
        outputEnds.removeAll()
        outputs.removeAll()
        rates.removeAll()
        rounds.removeAll(keepingCapacity: true)
        inputUses.removeAll()
        outputUses.removeAll()
        self.tokenCount = tokenCount
    }

    /// Makes room for outputs of the next center.
    mutating func reserve(_ count: Int) {
        outputs.reserve(count)
        rates.reserve(count)
    }

    /// Appends an output of the next center, for which there is room.
    mutating func append(output: UInt32, rate: Float) {
        outputs.append(output)
        rates.append(rate)
    }

    /// Ends the outputs of a center; without any, there is no center.
    ///
    /// - Parameter rows: Input rows of the word.
    mutating func endCenter(_ word: UInt32, rows: UnsafeBufferPointer<UInt32>) {
        let start = rounds.last ?? Round()
        let first = start.outputEnd + (words.count > start.centerEnd ? Int(outputEnds[words.count - 1]) : 0)
        guard outputs.count > first else { return }
        words.reserve(1)
        words.append(word)
        outputEnds.reserve(1)
        outputEnds.append(UInt32(outputs.count - start.outputEnd))
        let own = UnsafeBufferPointer(start: outputs.pointer + first, count: outputs.count - first)
        let hits = outputUses.append(own), shared = inputUses.useCount(of: rows)
        inputUses.append(rows)
        if words.count - start.centerEnd >= Self.largestRound || hits >= Self.largestHitCount
            || shared >= Self.largestSharedCount * rows.count
        {
            endRound()
        }
    }

    mutating func endRound() {
        guard outputs.count > rounds.last?.outputEnd ?? 0 else { return }
        inputUses.endRound()
        outputUses.endRound()
        rounds.append(Round(centerEnd: words.count, outputEnd: outputs.count))
    }
}
