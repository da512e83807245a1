package import Corpora
import Glibc

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

    /// The most probable well-formed tag number of every token, and how sure the network is of it.
    ///
    /// The score of an entity is the product of the probabilities of its labels and of the one that the next token does not
    /// go on with it.
    ///
    /// - Parameter temperature: Logits are divided by it before they become probabilities (Guo et al. 2017, "On calibration
    ///   of modern neural networks"); the labels stay.
    package func tagWithScores(
        _ batch: SentenceBatch, tags: TagSet, temperature: Float = 1
    ) -> (labels: [UInt8], confidence: LabelConfidence) {
        var labels: [UInt8] = []
        labels.reserveCapacity(batch.tokenCount)
        var confidence = LabelConfidence()
        confidence.entityScores = Array(repeating: 0, count: batch.tokenCount)
        confidence.entropies = confidence.entityScores
        confidence.entityProbabilities = confidence.entityScores
        var decoder = ViterbiDecoder(tags)
        var distributions = LabelDistributions(labelCount: configuration.labelCount)
        forEachSentence(of: batch) { sentence in
            let first = sentence.tokens.lowerBound
            decoder.decode(
                tokenCount: sentence.tokens.count, logits: sentence.logits, stride: configuration.labelCount,
                into: &labels)
            distributions.fill(sentence.logits, tokenCount: sentence.tokens.count, temperature: temperature)
            for token in 0..<sentence.tokens.count {
                confidence.entropies[first + token] = distributions.entropy(token)
                confidence.entityProbabilities[first + token] = 1 - distributions.probability(0, token)
            }
            for span in EntitySpan.spans(ofLabels: labels[sentence.tokens].lazy.map(Int.init)) {
                confidence.entityScores[first + span.tokens.lowerBound] = distributions.score(
                    span, labels[sentence.tokens])
            }
        }
        return (labels, confidence)
    }
}

/// The distributions over the labels of the tokens of a sentence.
package struct LabelDistributions {
    private let labelCount: Int
    private var tokenCount = 0
    /// `[tokens, K]`
    private var probabilities: [Float] = []

    package init(labelCount: Int) { self.labelCount = labelCount }

    /// - Parameter logits: `[tokenCount, K]`, dense.
    package mutating func fill(_ logits: UnsafePointer<Float>, tokenCount: Int, temperature: Float) {
        self.tokenCount = tokenCount
        probabilities.removeAll(keepingCapacity: true)
        for token in 0..<tokenCount {
            let row = UnsafeBufferPointer(start: logits + token * labelCount, count: labelCount)
            let highest = row.max() ?? 0
            var sum: Float = 0
            for logit in row {
                let value = exp((logit - highest) / temperature)
                probabilities.append(value)
                sum += value
            }
            for label in 0..<labelCount { probabilities[token * labelCount + label] /= sum }
        }
    }

    package func probability(_ label: Int, _ token: Int) -> Float { probabilities[token * labelCount + label] }

    func entropy(_ token: Int) -> Float {
        probabilities[token * labelCount..<(token + 1) * labelCount].reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    }

    /// The probability of an entity.
    ///
    /// - Parameter labels: Of the sentence.
    package func score(_ span: EntitySpan, _ labels: ArraySlice<UInt8>) -> Float {
        var score: Float = 1
        for token in span.tokens { score *= probability(Int(labels[labels.startIndex + token]), token) }
        if span.tokens.upperBound < tokenCount { score *= 1 - probability(2 * span.type + 2, span.tokens.upperBound) }
        return score
    }
}
