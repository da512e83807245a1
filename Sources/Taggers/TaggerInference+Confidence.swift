package import Corpora

extension TaggerInference {
    /// The most probable well-formed tag number of every token, and the greatest probability that the network gives any
    /// tag of it.
    package func tagWithConfidence(_ batch: SentenceBatch, tags: TagSet) -> (labels: [UInt8], confidences: [Float]) {
        let K = configuration.labelCount
        var labels: [UInt8] = [], confidences: [Float] = []
        labels.reserveCapacity(batch.tokenCount)
        confidences.reserveCapacity(batch.tokenCount)
        var decoder = ViterbiDecoder(tags)
        forEachSentence(of: batch) { sentence in
            let count = sentence.tokens.count
            decoder.decode(tokenCount: count, logits: sentence.logits, stride: K, into: &labels)
            for token in 0..<count {
                let row = UnsafeBufferPointer(start: sentence.probabilities + token * K, count: K)
                confidences.append(row.max() ?? 0)
            }
        }
        return (labels, confidences)
    }
}
