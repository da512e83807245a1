/// What the centers of some lines predict, in rounds: a function of the text and of chance, not of what was learnt.
///
/// All centers of a round are looked at with the same rows, so a round must not be long where few words share the work, or the
/// sum of steps from one point leaps over what they aim at, and grows without end. It ends when some word has been predicted
/// ``largestHitCount`` times, or when a center shares so many rows with those before it that they move its vector
/// ``largestSharedCount`` times as far as it does itself.
struct SkipGramExamples: Sendable {
    static let largestRound = 512
    static let largestHitCount = 32
    static let largestSharedCount = 4

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
    /// - Parameter rows: Input rows of the word.
    mutating func endCenter(_ word: UInt32, rows: UnsafeBufferPointer<UInt32>, _ hits: inout Hits) {
        let start = rounds.last?.outputEnd ?? 0
        let first = start + (words.count > (rounds.last?.centerEnd ?? 0) ? Int(outputEnds[words.count - 1]) : 0)
        guard outputs.count > first else { return }
        words.append(word)
        outputEnds.append(UInt32(outputs.count - start))
        var isFull = words.count - (rounds.last?.centerEnd ?? 0) >= Self.largestRound
        for output in outputs[first...] where hits.addOutput(output) >= Self.largestHitCount { isFull = true }
        if hits.addInputs(rows) >= Self.largestSharedCount * rows.count { isFull = true }
        if isFull { endRound(&hits) }
    }

    mutating func endRound(_ hits: inout Hits) {
        guard outputs.count > rounds.last?.outputEnd ?? 0 else { return }
        hits.removeAll()
        rounds.append(Round(centerEnd: words.count, outputEnd: outputs.count))
    }

    /// How often each row was met in a round.
    struct Hits {
        private var inputs: [UInt16]
        private var outputs: [UInt16]
        private var met: (inputs: [UInt32], outputs: [UInt32]) = ([], [])

        init(inputCount: Int, outputCount: Int) {
            inputs = Array(repeating: 0, count: inputCount)
            outputs = Array(repeating: 0, count: outputCount)
        }

        /// - Returns: How often it was met, now too.
        fileprivate mutating func addOutput(_ row: UInt32) -> Int {
            if outputs[Int(row)] == 0 { met.outputs.append(row) }
            outputs[Int(row)] = min(outputs[Int(row)], .max - 1) + 1
            return Int(outputs[Int(row)])
        }

        /// - Returns: How often all of them together were met before.
        fileprivate mutating func addInputs(_ rows: UnsafeBufferPointer<UInt32>) -> Int {
            var sum = 0
            for row in rows { sum += Int(inputs[Int(row)]) }
            for row in rows {
                if inputs[Int(row)] == 0 { met.inputs.append(row) }
                inputs[Int(row)] = min(inputs[Int(row)], .max - 1) + 1
            }
            return sum
        }

        fileprivate mutating func removeAll() {
            for row in met.inputs { inputs[Int(row)] = 0 }
            for row in met.outputs { outputs[Int(row)] = 0 }
            met.inputs.removeAll(keepingCapacity: true)
            met.outputs.removeAll(keepingCapacity: true)
        }
    }
}
