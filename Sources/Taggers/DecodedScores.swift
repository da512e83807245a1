package import Corpora
import Glibc
import Kernels

extension SentenceBatch {
    /// The sentences with the most probable well-formed tags of their scores as labels, as a tagger would give them; each token's own best would make
    /// entities without a beginning.
    ///
    /// - Parameter tags: Those of the scores' labels, in their order. A batch without scores, or with labels, stays as it is.
    package func decodingScores(_ tags: TagSet) -> SentenceBatch {
        guard let scores, gold == nil, scores.labelCount == tags.count else { return self }
        let K = tags.count, logits = FloatBuffer(count: tokenCount * K)
        for index in 0..<logits.count {
            logits.pointer[index] = log(
                max(Float(Float16(bitPattern: scores.probabilities[index])), .leastNormalMagnitude))
        }
        var decoder = ViterbiDecoder(tags)
        var labels: [UInt8] = []
        labels.reserveCapacity(tokenCount)
        for sentence in 0..<sentenceCount {
            let tokens = tokens(ofSentence: sentence)
            decoder.decode(
                tokenCount: tokens.count, logits: logits.pointer + tokens.lowerBound * K, stride: K, into: &labels)
        }
        var decoded = self
        decoded.gold = labels
        return decoded
    }
}
