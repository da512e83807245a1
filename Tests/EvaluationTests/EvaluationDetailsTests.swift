import Evaluation
import Testing

/// What an evaluation says besides its scores.
struct EvaluationDetailsTests {
    private func spans(_ tags: String) -> [TypedSpan] {
        TypedSpan.spans(ofIOB2: tags.split(separator: " ").map(String.init))
    }

    @Test func entitiesOfTagsThatTouch() {
        #expect(
            spans("B-PER I-PER B-PER O B-LOC I-LOC") == [
                TypedSpan(words: 0..<2, type: "PER"), TypedSpan(words: 2..<3, type: "PER"),
                TypedSpan(words: 4..<6, type: "LOC"),
            ])
    }

    @Test func foundEntitiesBelongWhereTheirOwnWordsDo() {
        var entities = SeenEntities(known: ["Nairobi", "Anna Otieno"])
        let words = ["Anna", "Otieno", "in", "Nairobi", "und", "Kisumu"]
        // Gold: seen, seen, unseen; found: a part of the first, which is unseen, and both places.
        entities.add(
            words: words, gold: spans("B-PER I-PER O B-LOC O B-LOC"), predicted: spans("O B-PER O B-LOC O B-LOC"))
        #expect(entities.seen == PhraseCounts(correct: 1, predicted: 1, gold: 2))
        #expect(entities.unseen == PhraseCounts(correct: 1, predicted: 2, gold: 1))
    }

    @Test func theSentencesOfLeastAgreementComeFirst() {
        var agreement = Agreement()
        let words = ["a", "b", "c"], gold = spans("B-PER O O")
        agreement.add(words: words, gold: gold, system: spans("B-PER O O"), reference: spans("B-PER O O"))
        agreement.add(words: words, gold: gold, system: spans("B-PER O O"), reference: spans("O O O"))
        agreement.add(words: words, gold: gold, system: spans("B-PER O B-LOC"), reference: spans("B-ORG O O"))
        for _ in 0..<30 {
            agreement.add(words: words, gold: gold, system: spans("B-PER B-PER O"), reference: spans("O O O"))
        }
        #expect(agreement.sameCount == 1 && agreement.sentenceCount == 33)
        #expect(agreement.entities == PhraseCounts(correct: 1, predicted: 64, gold: 2))
        // Three differences, then two each in the order of the text; the one with a single difference had to go.
        #expect(agreement.worst.map(\.number) == [3] + Array(4..<23))
        #expect(agreement.worst[0].difference == 3)
    }

    @Test func detailsAreMembersOfTheReport() throws {
        var scorer = SpanScorer()
        try scorer.add(gold: ["B-PER"], predicted: ["B-LOC"])
        var seen = SeenEntities(known: ["x"]), agreement = Agreement()
        seen.add(words: ["x"], gold: spans("B-PER"), predicted: spans("B-LOC"))
        agreement.add(words: ["x\""], gold: spans("B-PER"), system: spans("B-LOC"), reference: spans("B-PER"))
        let details = EvaluationDetails(seen: seen, agreement: agreement)
        let text = scorer.report.jsonObject(details)
        #expect(text.hasPrefix(#"{"agreement":{"entities":{"correct":0,"f1":0.0000,"gold":1,"#), "\(text)")
        #expect(
            text.contains(
                #""worst":[{"gold":[{"end":1,"start":0,"type":"PER"}],"number":1,"reference":[{"end":1,"start":0,"type":"PER"}],"system":[{"end":1,"start":0,"type":"LOC"}],"words":["x\""]}]"#
            ), "\(text)")
        #expect(text.contains(#""seen":{"correct":0,"#) && text.contains(#""unseen":{"correct":0,"#))
        #expect(details.table.contains("the same in 0 of 1 sentences\n"))
        #expect(!scorer.report.jsonObject().contains("agreement"))
    }

    @Test func everyTypeHasAnIntervalOfItsOwn() throws {
        var scorer = SpanScorer()
        for number in 0..<40 {
            try scorer.add(gold: ["B-PER", "B-LOC"], predicted: ["B-PER", number % 2 == 0 ? "B-LOC" : "O"])
        }
        let types = scorer.report(bootstrap: Bootstrap(replicates: 200, seed: 1)).perType
        #expect(types.map(\.name) == ["LOC", "PER"])
        let intervals = try types.map { try #require($0.interval) }
        #expect(intervals[1].f1Low == 100 && intervals[1].f1High == 100)
        #expect(intervals[0].f1Low < types[0].counts.f1 && intervals[0].f1High > types[0].counts.f1)
        #expect(scorer.report.perType.allSatisfy { $0.interval == nil })
    }
}
