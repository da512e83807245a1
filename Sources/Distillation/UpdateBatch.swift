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
    /// - Parameter hasTargets: Whether something is to be learnt about its tokens.
    /// - Precondition: the batch is embedded, and has scores or gold labels as those before it.
    package mutating func append(_ batch: SentenceBatch, sentence: Int, hasTargets: Bool = true) {
        let tokens = batch.tokens(ofSentence: sentence)
        guard let columns = batch.embedding else { preconditionFailure("batch \(batch.index) is not embedded") }
        precondition(
            !hasTargets || batch.gold != nil || batch.scores != nil,
            "batch \(batch.index) has neither scores nor gold labels")
        append(
            tokens, columns, gold: hasTargets ? batch.gold : nil,
            scores: hasTargets && batch.gold == nil ? batch.scores : nil)
    }

    /// The same update with some of its sentences.
    package func keeping(_ isKept: (Int) -> Bool) -> UpdateBatch {
        var result = UpdateBatch()
        result.updateNumber = updateNumber
        for sentence in sentenceEnds.indices where isKept(sentence) {
            result.append(tokens(ofSentence: sentence), embedding, gold: gold, scores: scores)
        }
        return result
    }

    private mutating func append(
        _ tokens: Range<Int>, _ columns: EmbeddedColumns?, gold labels: [UInt8]?, scores given: ScoreColumns?
    ) {
        if let columns {
            if embedding == nil { embedding = columns.emptied }
            embedding?.append(columns, tokens: tokens)
        }
        if let labels {
            if gold == nil { gold = [] }
            gold?.append(contentsOf: labels[tokens])
        }
        if let given {
            if scores == nil { scores = ScoreColumns(labelCount: given.labelCount, probabilities: []) }
            scores?.append(given, tokens: tokens)
        }
        sentenceEnds.append(tokenCount + tokens.count)
    }

    /// How much the tokens count together.
    package var weightSum: Double {
        guard let scores, !scores.weights.isEmpty else { return Double(tokenCount) }
        return scores.weights.reduce(0) { $0 + Double($1) }
    }
}
