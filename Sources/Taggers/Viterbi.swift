package import Corpora

/// Finds the most probable well-formed tag sequence.
///
/// The score of a path is the sum of the tokens' log-probabilities; a path in which `I-X` follows neither `B-X` nor
/// `I-X`, also at the start of a sentence, is not allowed. There are no learned transitions, and the
/// first word is constrained too, so that the output is IOB2.
package struct ViterbiDecoder {
    private let labelCount: Int
    /// Labels that may begin a sentence.
    private let starts: [Bool]
    /// By label: those that it may follow; nil where it may follow all, which most labels do.
    private let predecessors: [[Int]?]
    private var scores: [Float] = []
    private var nextScores: [Float] = []
    private var backPointers: [UInt8] = []

    package init(_ tags: TagSet) {
        labelCount = tags.count
        starts = (0..<tags.count).map { tags.allows($0, after: nil) }
        predecessors = (0..<tags.count).map { next in
            let allowed = (0..<tags.count).filter { tags.allows(next, after: $0) }
            return allowed.count == tags.count ? nil : allowed
        }
    }

    /// Appends one label number for each token.
    ///
    /// - Parameter logits: row `i` of the sentence begins at `logits + i * stride`; unnormalized values will do,
    ///   because a constant per token changes no comparison.
    package mutating func decode(tokenCount: Int, logits: UnsafePointer<Float>, stride: Int, into labels: inout [UInt8])
    {
        guard tokenCount > 0 else { return }
        let K = labelCount
        backPointers.removeAll(keepingCapacity: true)
        backPointers.append(contentsOf: repeatElement(0, count: tokenCount * K))
        scores = (0..<K).map { starts[$0] ? logits[$0] : -.infinity }
        nextScores = scores
        for token in 1..<max(1, tokenCount) {
            let row = logits + token * stride
            let any = best(of: 0..<K)
            for next in 0..<K {
                let (from, score) = predecessors[next].map { best(of: $0) } ?? any
                nextScores[next] = score + row[next]
                backPointers[token * K + next] = UInt8(from)
            }
            swap(&scores, &nextScores)
        }
        // Not `max`: the first of equal scores wins, so that the result does not depend on a library's tie rule.
        var label = 0
        for candidate in 1..<K where scores[candidate] > scores[label] { label = candidate }
        let start = labels.count
        labels.append(contentsOf: repeatElement(0, count: tokenCount))
        for token in Swift.stride(from: tokenCount - 1, through: 0, by: -1) {
            labels[start + token] = UInt8(label)
            label = Int(backPointers[token * K + label])
        }
    }

    /// The first of the labels with the greatest score.
    @inline(__always)
    private func best(of labels: some Sequence<Int>) -> (label: Int, score: Float) {
        var best = (label: 0, score: -Float.infinity)
        for label in labels where scores[label] > best.score { best = (label, scores[label]) }
        return best
    }
}
