import Corpora
import Shards

extension SentenceRanking {
    /// Sentences that together show many different words of which the teacher is unsure: uncertainty and diversity in one.
    ///
    /// Greedy for the coverage `sum over words w of max over tokens of w in S of the entropy`, a monotone submodular function of the set S
    /// of sentences, each gain per token (Lin and Bilmes 2011, "A class of submodular functions for document summarization", sections 3 and
    /// 4). A word counts by its bytes, so a name that comes ten times is worth one.
    package static let coverage = SentenceRanking("coverage") { batch, _ in
        let scores = batch.requiredScores
        let words = batch.text.withUnsafeBytes { text in
            (0..<batch.tokenCount).map {
                Digest.xxh3(UnsafeRawBufferPointer(rebasing: text[batch.textRange(ofToken: $0)]))
            }
        }
        var covered: [UInt64: Float] = [:]
        func gain(_ sentence: Int) -> Float {
            let tokens = batch.tokens(ofSentence: sentence)
            guard !tokens.isEmpty else { return -1 }
            var own: [UInt64: Float] = [:]
            for token in tokens {
                own[words[token]] = max(own[words[token]] ?? covered[words[token]] ?? 0, scores.entropy(ofToken: token))
            }
            // In the order of the tokens: sums over a dictionary differ in their last bits.
            var sum: Float = 0
            for token in tokens {
                guard let value = own.removeValue(forKey: words[token]) else { continue }
                sum += value - (covered[words[token]] ?? 0)
            }
            return sum / Float(tokens.count)
        }
        // Gains only fall, so an old gain is an upper bound (lazy greedy, Minoux 1978).
        var open = (0..<batch.sentenceCount).map { (sentence: $0, gain: gain($0), round: 0) }
        var order: [Int] = []
        while !open.isEmpty {
            var best = open.indices.max { isWorse(open[$0], open[$1]) } ?? 0
            while open[best].round < order.count {
                open[best].gain = gain(open[best].sentence)
                open[best].round = order.count
                best = open.indices.max { isWorse(open[$0], open[$1]) } ?? 0
            }
            let chosen = open.remove(at: best).sentence
            order.append(chosen)
            for token in batch.tokens(ofSentence: chosen) {
                covered[words[token]] = max(covered[words[token]] ?? 0, scores.entropy(ofToken: token))
            }
        }
        return order
    }

    private static func isWorse(
        _ a: (sentence: Int, gain: Float, round: Int), _ b: (sentence: Int, gain: Float, round: Int)
    )
        -> Bool
    {
        (a.gain, b.sentence) < (b.gain, a.sentence)
    }
}

extension RuleKind {
    static let uncertainWords = choice("that together show many words the teacher is unsure of", .coverage)
}
