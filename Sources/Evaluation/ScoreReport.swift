package import Corpora

/// Scores of one system on one test file. All rates are percentages, 0 to 100.
package struct ScoreReport: Equatable, Sendable {
    /// Score of one entity type.
    package struct TypeScore: Equatable, Sendable {
        package var name: String
        package var counts: PhraseCounts
        /// Of its F1, where one was asked for.
        package var interval: BootstrapInterval?

        package init(name: String, counts: PhraseCounts) {
            self.name = name
            self.counts = counts
        }
    }

    /// Counts over all types, as ``SpanExtraction/spans(_:)`` reads tags: the primary score.
    package var overall: PhraseCounts

    /// Counts over all types as conlleval itself reads tags, where there are tags beyond IOB2 and this may differ.
    package var conlleval: PhraseCounts?

    /// Counts over all types of entities whose tags follow ``scheme``, on both sides.
    package var strict: PhraseCounts

    /// What ``strict`` follows.
    package var scheme: TagScheme

    /// Counts of each type that occurs in gold or prediction, ordered by the bytes of its name.
    package var perType: [TypeScore]

    package var sentenceCount: Int
    package var tokenCount: Int

    /// Words whose predicted tag equals the gold tag, `O` included.
    package var correctTokenCount: Int

    /// `I-X` that do not follow `B-X` or `I-X`, as they stand in the input.
    package var illFormedTags: Sides

    /// Tags that ``scheme`` does not have; ``strict`` means little when there are any.
    package var tagsBeyondScheme: Sides

    /// Confidence interval of the overall F1, where one was asked for.
    package var interval: BootstrapInterval?

    /// Counts of something on both sides.
    package struct Sides: Equatable, Sendable {
        package var gold = 0
        package var predicted = 0
    }

    package var precision: Double { overall.precision }
    package var recall: Double { overall.recall }
    package var f1: Double { overall.f1 }

    /// F1 over all types of entities whose tags follow ``scheme``.
    package var strictF1: Double { strict.f1 }

    /// Share of words with the right tag in percent; 0 without words.
    package var tokenAccuracy: Double {
        tokenCount == 0 ? 0 : Double(100 * correctTokenCount) / Double(tokenCount)
    }
}
