extension CoNLLReader {
    /// Which of the last columns are tags.
    package struct TagColumns: Sendable {
        var count: Int
        /// What a line must be, for messages.
        var form: String
        /// What is wrong with a tag of the first of them; nil when it is good.
        var problem: @Sendable (String) -> String?

        package static let ignored = TagColumns(count: 0, form: "TOKEN<TAB>...<TAB>TAG") { _ in nil }
        package static func gold(problem: @escaping @Sendable (String) -> String? = { _ in nil }) -> TagColumns {
            TagColumns(count: 1, form: "TOKEN<TAB>...<TAB>TAG", problem: problem)
        }
        package static let goldAndPredicted = TagColumns(count: 2, form: "TOKEN ... GOLD PREDICTED") { _ in nil }
    }

    /// What becomes of a sentence that is too long.
    package enum LongSentences: Sendable {
        /// It is cut at ``maximumSentenceTokenCount`` tokens, or at the end of the entity that is there, and counted.
        case cut
        /// It is bad when it has more than 2^18 tokens: what is scored must be whole.
        case refuse

        package var maximumTokenCount: Int { self == .cut ? maximumSentenceTokenCount : 1 << 18 }
    }
}
