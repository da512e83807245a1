import Diagnostics
import Vectors

extension Failure {
    static func zeroVector(_ table: VectorTable) -> Failure {
        Failure(.badData, "\(table.path): the vector of the word is zero, which is near to nothing")
    }

    /// - Parameter near: Words of the table that are spelt nearly so.
    static func noVector(of word: String, in language: String, near: [String], _ table: VectorTable) -> Failure {
        let reason =
            table.description.subwords == nil
            ? "the table has no sub-words to compose it from" : "it is too short to be composed from sub-words"
        return Failure(
            .noInput,
            "\(table.path): no vector for '\(word)' in \(language): no row, and \(reason)"
                + (near.isEmpty ? "" : "; near spellings: \(near.joined(separator: ", "))"))
    }
}
