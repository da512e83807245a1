/// A failure of scoring or of comparing scores.
package struct EvaluationError: Error, Equatable, CustomStringConvertible {
    /// What to branch on.
    package enum Code: Hashable, Sendable {
        /// A sentence has different numbers of gold and predicted tags.
        case unequalSentenceLengths
        /// Two systems, or a grouping and its sentences, differ in the number of units.
        case unequalUnitCounts
        /// Two systems were scored against different gold standards.
        case differentGold
    }

    package var code: Code

    /// What happened, where, and what to do about it. Holds indices and counts, never text of the corpus.
    package var message: String

    package var description: String { message }

    static func unequalSentenceLengths(sentence: Int, gold: Int, predicted: Int) -> EvaluationError {
        EvaluationError(
            code: .unequalSentenceLengths,
            message: """
                sentence \(sentence) (counted from 0): \(gold) gold tags but \(predicted) predicted tags; \
                score the same tokens on both sides, with O for words the tagger did not see
                """
        )
    }

    static func unequalUnitCounts(first: Int, second: Int) -> EvaluationError {
        EvaluationError(
            code: .unequalUnitCounts,
            message: """
                the first system has counts for \(first) sentences, the second for \(second); \
                a paired test needs both systems on the same test file
                """
        )
    }

    static func unequalDocumentLengths(sentences: Int, sum: Int) -> EvaluationError {
        EvaluationError(
            code: .unequalUnitCounts,
            message: """
                the document lengths add up to \(sum) sentences, but \(sentences) were scored; \
                give the number of sentences of every document, none of them negative
                """
        )
    }

    static func differentGold(unit: Int, first: Int, second: Int) -> EvaluationError {
        EvaluationError(
            code: .differentGold,
            message: """
                sentence \(unit) (counted from 0): \(first) gold entities for the first system, \
                \(second) for the second; a paired test needs both systems on the same test file
                """
        )
    }
}
