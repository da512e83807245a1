import Testing

@testable import Evaluation

struct SpanScorerTests {
    private func words(_ text: String) -> [Substring] { text.split(separator: " ") }

    private func scored(_ pairs: [(String, String)]) throws -> SpanScorer {
        var scorer = SpanScorer()
        for (gold, predicted) in pairs { try scorer.add(gold: words(gold), predicted: words(predicted)) }
        return scorer
    }

    /// The four worked examples, and cases in which an entity overlaps another without being equal.
    @Test(arguments: [
        ("B-PER I-PER O", "I-PER I-PER O", PhraseCounts(correct: 1, predicted: 1, gold: 1)),
        ("B-PER I-PER O", "B-PER I-LOC O", PhraseCounts(correct: 0, predicted: 2, gold: 1)),
        ("B-LOC B-LOC", "B-LOC I-LOC", PhraseCounts(correct: 0, predicted: 1, gold: 2)),
        ("O B-ORG I-ORG", "O B-ORG O", PhraseCounts(correct: 0, predicted: 1, gold: 1)),
        ("B-A I-A I-A B-B", "B-A B-A I-A B-B", PhraseCounts(correct: 1, predicted: 3, gold: 2)),
        ("B-A B-B B-C", "B-A B-C B-C", PhraseCounts(correct: 2, predicted: 3, gold: 3)),
        ("O O", "O O", PhraseCounts()),
    ]) func countsExactEntities(gold: String, predicted: String, expected: PhraseCounts) throws {
        #expect(try scored([(gold, predicted)]).report.overall == expected)
    }

    @Test func entitiesDoNotCrossSentences() throws {
        let scorer = try scored([("B-A", "B-A"), ("I-A", "I-A"), ("O", "O")])
        #expect(scorer.report.overall == PhraseCounts(correct: 2, predicted: 2, gold: 2))
        #expect(scorer.report.illFormedTags.gold == 1)
        #expect(scorer.sentences.map(\.total.correct) == [1, 1, 0])
    }

    @Test func perTypeRowsUseTheirOwnDenominators() throws {
        let report = try scored([("B-LOC O B-PER", "B-ORG O B-PER"), ("B-LOC I-LOC", "B-LOC I-LOC")]).report
        #expect(report.perType.map(\.name) == ["LOC", "ORG", "PER"])
        #expect(report.perType.map(\.counts.precision) == [100, 0, 100])
        #expect(report.perType.map(\.counts.recall) == [50, 0, 100])
        #expect(report.tokenAccuracy == 80)
        #expect(report.f1.bitPattern == report.precision.bitPattern)
    }

    @Test func sentenceCountsAddUpToTheReport() throws {
        let scorer = try scored([("B-A B-B", "B-A B-A"), ("B-B O", "B-B I-B"), ("O", "I-C")])
        var sum = PhraseCounts()
        for sentence in scorer.sentences {
            var parts = PhraseCounts()
            for entry in sentence.perType { parts += entry.counts }
            #expect(parts == sentence.total)
            sum += sentence.total
        }
        #expect(sum == scorer.report.overall)
        #expect(scorer.sentences[0].perType.map(\.type) == [0, 1])
    }

    @Test func emptyInputGivesZeros() throws {
        let report = SpanScorer().report(bootstrap: Bootstrap(replicates: 10, seed: 1))
        #expect(report.overall == PhraseCounts())
        let rates = [report.precision, report.recall, report.f1, report.strictF1, report.tokenAccuracy]
        #expect(rates == [0, 0, 0, 0, 0])
        #expect(report.interval == BootstrapInterval(f1Low: 0, f1High: 0, replicates: 10, seed: 1))
        var scorer = SpanScorer()
        try scorer.add(gold: [String](), predicted: [String]())
        #expect(scorer.report.sentenceCount == 1)
        #expect(scorer.report.tokenCount == 0)
    }

    @Test func unequalLengthsAreRefusedAndChangeNothing() throws {
        var scorer = try scored([("B-A", "B-A"), ("O O", "O B-A")])
        let before = scorer.report
        do throws(EvaluationError) {
            try scorer.add(gold: ["B-Z", "O", "O"], predicted: ["O", "B-Y"])
            Issue.record("accepted sentences of unequal lengths")
        } catch {
            #expect(error.code == .unequalSentenceLengths)
            #expect(
                error.message == """
                    sentence 2 (counted from 0): 3 gold tags but 2 predicted tags; \
                    score the same tokens on both sides, with O for words the tagger did not see
                    """
            )
        }
        #expect(scorer.report == before)
        #expect(scorer.types.names == ["A"])
    }

    /// Whole entities are renamed or left out, on both sides; what is ill-formed is what the tags say before that.
    @Test func renamingGoesOverBothSides() throws {
        var scorer = SpanScorer { ["LOC": "LOC", "GPE": "LOC"][$0] }
        try scorer.add(gold: words("B-LOC B-GPE I-PER B-LOC"), predicted: words("B-GPE B-LOC B-PER I-LOC"))
        try scorer.add(gold: words("I-GPE I-LOC O B-PER"), predicted: words("I-LOC I-LOC B-PER O"))
        let report = scorer.report
        #expect(report.overall == PhraseCounts(correct: 3, predicted: 4, gold: 5))
        #expect(report.strict == PhraseCounts(correct: 2, predicted: 2, gold: 3))
        #expect(report.perType.map(\.name) == ["LOC"])
        #expect(report.illFormedTags == ScoreReport.Sides(gold: 2, predicted: 2))
        // All but B-LOC against I-LOC, and a person counts as O.
        #expect(report.correctTokenCount == 7)
        #expect(scorer.entityCountsByTag.gold == ["LOC": 3, "GPE": 2, "PER": 2])
    }

    @Test func conllevalsReadingIsGivenBesideTagsThatItJoins() throws {
        #expect(try scored([("B-A I-A", "B-A I-A")]).report.conlleval == nil)
        let report = try scored([("S-A S-A B-B", "S-A S-A B-B"), ("B-A", "B-A")]).report
        #expect(report.overall == PhraseCounts(correct: 4, predicted: 4, gold: 4))
        #expect(report.conlleval == PhraseCounts(correct: 3, predicted: 3, gold: 3))
    }

    @Test func tagsOfNoSchemeAreCountedAndNotTakenForEqual() throws {
        let report = try scored([("PER LOC B-A", "PER PER E-A")]).report
        #expect(report.tagsBeyondScheme.gold == 2)
        #expect(report.tagsBeyondScheme.predicted == 3)
        #expect(report.correctTokenCount == 1)
        #expect(report.overall == PhraseCounts(correct: 1, predicted: 1, gold: 1))
    }

    @Test func documentTotalsSumTheirSentences() throws {
        let scorer = try scored([("B-A", "B-A"), ("B-A", "O"), ("O", "B-A")])
        let totals = try scorer.documentTotals(sentenceCounts: [2, 0, 1])
        #expect(
            totals == [
                PhraseCounts(correct: 1, predicted: 1, gold: 2), PhraseCounts(),
                PhraseCounts(correct: 0, predicted: 1, gold: 0),
            ]
        )
    }

    @Test(arguments: [[2], [2, 2], [4, -1], [Int.max, Int.max], [-1, 4], []])
    func documentLengthsMustAddUp(lengths: [Int]) throws {
        let scorer = try scored([("B-A", "B-A"), ("B-A", "O"), ("O", "B-A")])
        #expect { try scorer.documentTotals(sentenceCounts: lengths) } throws: { error in
            (error as? EvaluationError)?.code == .unequalUnitCounts
        }
    }
}
