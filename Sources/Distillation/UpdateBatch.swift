package import Corpora

/// Sentences of one update: what a tagger reads of their tokens, and what it is to say of them.
///
/// `N` tokens, `K` labels. The columns are copies, so that no update keeps the blocks in memory that it was taken from.
package struct UpdateBatch: Sendable {
    package private(set) var embedding: EmbeddedColumns?
    /// `[N, K]`
    package private(set) var scores: ScoreColumns?
    /// `[N]`: instead of scores, where there are labels.
    package private(set) var gold: [UInt8]?
    /// Token behind the last one of each sentence.
    package private(set) var sentenceEnds: [Int] = []
    /// Number of the update in the whole run, from 1; the schedule goes by it.
    package var updateNumber = 0

    package init() {}

    package var tokenCount: Int { sentenceEnds.last ?? 0 }

    /// Tokens of a sentence.
    package func tokens(ofSentence sentence: Int) -> Range<Int> {
        (sentence == 0 ? 0 : sentenceEnds[sentence - 1])..<sentenceEnds[sentence]
    }

    /// Appends a sentence of a batch.
    ///
    /// - Precondition: the batch is embedded, and has scores or gold labels as those before it.
    package mutating func append(_ batch: SentenceBatch, sentence: Int) {
        let tokens = batch.tokens(ofSentence: sentence)
        guard let columns = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        if embedding == nil {
            embedding = columns.emptied
        }
        embedding?.append(columns, tokens: tokens)
        if let labels = batch.gold {
            if gold == nil { gold = [] }
            gold?.append(contentsOf: labels[tokens])
        } else if let given = batch.scores {
            if scores == nil { scores = ScoreColumns(labelCount: given.labelCount, probabilities: []) }
            scores?.append(given, tokens: tokens)
        } else {
            preconditionFailure("batch \(batch.index) has neither scores nor gold labels")
        }
        sentenceEnds.append(tokenCount + tokens.count)
    }

    /// The same update with some of its sentences.
    package func keeping(_ isKept: (Int) -> Bool) -> UpdateBatch {
        var result = UpdateBatch()
        result.updateNumber = updateNumber
        for sentence in sentenceEnds.indices where isKept(sentence) {
            let tokens = tokens(ofSentence: sentence)
            if let embedding {
                if result.embedding == nil { result.embedding = embedding.emptied }
                result.embedding?.append(embedding, tokens: tokens)
            }
            if let gold { result.gold = (result.gold ?? []) + gold[tokens] }
            if let scores {
                if result.scores == nil {
                    result.scores = ScoreColumns(labelCount: scores.labelCount, probabilities: [])
                }
                result.scores?.append(scores, tokens: tokens)
            }
            result.sentenceEnds.append(result.tokenCount + tokens.count)
        }
        return result
    }

    /// How much the tokens count together.
    package var weightSum: Double {
        guard let scores, !scores.weights.isEmpty else { return Double(tokenCount) }
        return scores.weights.reduce(0) { $0 + Double($1) }
    }
}
