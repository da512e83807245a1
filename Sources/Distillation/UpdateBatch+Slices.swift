import Corpora
import Kernels
import Taggers

/// An update cut into slices, and a slice as a network and its objective read it.
extension UpdateBatch {
    /// Tokens of a slice: enough for the products to be efficient, few enough for two slices in a batch of the usual
    /// size.
    private static let sliceTokenCount = 384

    /// Ranges of sentences with nearly equal numbers of tokens, by a rule that knows nothing of the number of jobs.
    var slices: [Range<Int>] {
        let count = max(1, (tokenCount + Self.sliceTokenCount / 2) / Self.sliceTokenCount)
        var slices: [Range<Int>] = []
        var start = 0
        var seen = 0
        for index in sentenceEnds.indices {
            let sentenceTokenCount = tokens(ofSentence: index).count
            // The cut is made where it is nearest to the equal share: before or behind the sentence that reaches over it.
            let share = tokenCount * (slices.count + 1)
            let isNearerBefore = (2 * seen + sentenceTokenCount) * count > 2 * share
            if isNearerBefore && index > start && slices.count < count - 1 {
                slices.append(start..<index)
                start = index
            }
            seen += sentenceTokenCount
        }
        let end = sentenceEnds.count
        if start < end { slices.append(start..<end) }
        return slices
    }

    /// Tokens of a range of sentences; nil if there are none.
    func tokens(ofSentences sentences: Range<Int>) -> Range<Int>? {
        guard let first = sentences.first, let last = sentences.last else { return nil }
        return tokens(ofSentence: first).lowerBound..<tokens(ofSentence: last).upperBound
    }

    /// Some of the sentences as a network of this form reads them.
    func laidOut(_ slice: Range<Int>, _ configuration: TaggerConfiguration) -> LaidOutSentences {
        var sentences = LaidOutSentences(configuration)
        if let embedding {
            for sentence in slice { sentences.append(embedding, tokens: tokens(ofSentence: sentence)) }
        }
        return sentences
    }

    /// `[tokens.count, K]`
    func targets(_ tokens: Range<Int>, labelCount K: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: tokens.count * K) { targets, count in
            guard let y = targets.baseAddress else { return }
            if let gold {
                y.initialize(repeating: 0, count: tokens.count * K)
                for (index, label) in gold[tokens].enumerated() { y[index * K + Int(label)] = 1 }
            } else {
                scores?.probabilities.withUnsafeBufferPointer {
                    guard let x = $0.baseAddress else { return }
                    Kernel.halfToFloat(count: tokens.count * K, x: x + tokens.lowerBound * K, y: y)
                }
            }
            count = tokens.count * K
        }
    }

    /// Whether all teachers agree on the label of each token; not of one that does not count.
    func isAgreed(_ tokens: Range<Int>) -> [Bool] {
        guard let scores, !scores.votes.isEmpty else { return [] }
        return tokens.map { token in
            scores.votes[token] == scores.voterCount && (scores.weights.isEmpty || scores.weights[token] > 0)
        }
    }
}
