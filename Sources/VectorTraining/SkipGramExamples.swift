/// What the centers of some lines predict, in rounds: a function of the text and of chance, not of what was learnt.
///
/// All centers of a round are looked at with the same rows, so a round must not be long where few words share the work: it ends
/// when some word has been predicted ``largestHitCount`` times. The sum of so many steps from one point is no larger than
/// what the same steps one after the other would come to.
struct SkipGramExamples: Sendable {
    static let largestRound = 512
    static let largestHitCount = 32

    struct Round {
        var centerEnd: Int
        var outputEnd: Int
    }

    /// `[C]` words, and the end of each one's outputs, counted from the beginning of its round.
    private(set) var words: [UInt32] = []
    private(set) var outputEnds: [UInt32] = []
    /// `[O]` words that are predicted, positive and negative ones; and 1 for positive ones, for a negative one less the number
    /// of predictions that it stands for.
    private(set) var outputs: [UInt32] = []
    private(set) var rates: [Float] = []
    private(set) var rounds: [Round] = []
    /// Of the lines.
    let tokenCount: Int
    /// Of the random rounding.
    var key: UInt64 = 0

    init(tokenCount: Int) { self.tokenCount = tokenCount }

    /// Lends the arrays from a round on.
    func withPointers(
        from start: Round,
        _ body: (
            _ words: UnsafePointer<UInt32>, _ outputEnds: UnsafePointer<UInt32>, _ outputs: UnsafePointer<UInt32>,
            _ rates: UnsafePointer<Float>
        ) -> Void
    ) {
        words.withUnsafeBufferPointer { words in
            outputEnds.withUnsafeBufferPointer { ends in
                outputs.withUnsafeBufferPointer { outputs in
                    rates.withUnsafeBufferPointer { rates in
                        guard let words = words.baseAddress, let ends = ends.baseAddress,
                            let outputs = outputs.baseAddress, let rates = rates.baseAddress
                        else { return }
                        body(
                            words + start.centerEnd, ends + start.centerEnd, outputs + start.outputEnd,
                            rates + start.outputEnd)
                    }
                }
            }
        }
    }

    /// Appends an output of the next center.
    mutating func append(output: UInt32, rate: Float) {
        outputs.append(output)
        rates.append(rate)
    }

    /// Ends the outputs of a center; without any, there is no center.
    ///
    /// - Parameter hits: By word: how often it was met in the round; zero at the beginning.
    mutating func endCenter(_ word: UInt32, _ hits: inout [UInt8]) {
        let start = rounds.last?.outputEnd ?? 0
        let first = start + (words.count > (rounds.last?.centerEnd ?? 0) ? Int(outputEnds[words.count - 1]) : 0)
        guard outputs.count > first else { return }
        words.append(word)
        outputEnds.append(UInt32(outputs.count - start))
        var isFull = words.count - (rounds.last?.centerEnd ?? 0) >= Self.largestRound
        for output in outputs[first...] {
            hits[Int(output)] = min(hits[Int(output)], .max - 1) + 1
            if hits[Int(output)] >= Self.largestHitCount { isFull = true }
        }
        if isFull { endRound(&hits) }
    }

    mutating func endRound(_ hits: inout [UInt8]) {
        let start = rounds.last?.outputEnd ?? 0
        guard outputs.count > start else { return }
        for output in outputs[start...] { hits[Int(output)] = 0 }
        rounds.append(Round(centerEnd: words.count, outputEnd: outputs.count))
    }
}
