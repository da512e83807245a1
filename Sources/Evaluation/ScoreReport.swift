/// Scores of one system on one test file. All rates are percentages, 0 to 100.
package struct ScoreReport: Equatable, Sendable {
    /// Score of one entity type.
    package struct TypeScore: Equatable, Sendable {
        package var name: String
        package var counts: PhraseCounts

        package init(name: String, counts: PhraseCounts) {
            self.name = name
            self.counts = counts
        }
    }

    /// Counts over all types, conlleval semantics: the primary score.
    package var overall: PhraseCounts

    /// Counts over all types when only entities that begin with `B` exist, on both sides.
    package var strict: PhraseCounts

    /// Counts of each type that occurs in gold or prediction, ordered by the bytes of its name, conlleval semantics.
    package var perType: [TypeScore]

    package var sentenceCount: Int
    package var tokenCount: Int

    /// Words whose predicted tag equals the gold tag, `O` included.
    package var correctTokenCount: Int

    /// `I-X` in the gold standard that do not follow `B-X` or `I-X`.
    package var goldIllFormedTagCount: Int

    /// `I-X` in the prediction that do not follow `B-X` or `I-X`.
    package var predictedIllFormedTagCount: Int

    /// Gold tags that are neither `B`, `I` nor `O`; ``strict`` means little when there are any.
    package var goldTagsBeyondIOB2: Int

    /// Predicted tags that are neither `B`, `I` nor `O`; ``strict`` means little when there are any.
    package var predictedTagsBeyondIOB2: Int

    /// Confidence interval of the overall F1, where one was asked for.
    package var interval: BootstrapInterval?

    package init(
        overall: PhraseCounts,
        strict: PhraseCounts,
        perType: [TypeScore],
        sentenceCount: Int,
        tokenCount: Int,
        correctTokenCount: Int,
        goldIllFormedTagCount: Int,
        predictedIllFormedTagCount: Int,
        goldTagsBeyondIOB2: Int,
        predictedTagsBeyondIOB2: Int,
        interval: BootstrapInterval?
    ) {
        self.overall = overall
        self.strict = strict
        self.perType = perType
        self.sentenceCount = sentenceCount
        self.tokenCount = tokenCount
        self.correctTokenCount = correctTokenCount
        self.goldIllFormedTagCount = goldIllFormedTagCount
        self.predictedIllFormedTagCount = predictedIllFormedTagCount
        self.goldTagsBeyondIOB2 = goldTagsBeyondIOB2
        self.predictedTagsBeyondIOB2 = predictedTagsBeyondIOB2
        self.interval = interval
    }

    package var precision: Double { overall.precision }
    package var recall: Double { overall.recall }
    package var f1: Double { overall.f1 }

    /// F1 over all types of entities that begin with `B`.
    package var strictF1: Double { strict.f1 }

    /// Share of words with the right tag in percent; 0 without words.
    package var tokenAccuracy: Double {
        tokenCount == 0 ? 0 : Double(100 * correctTokenCount) / Double(tokenCount)
    }
}
