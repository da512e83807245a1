import Corpora
import Testing

@testable import Evaluation

struct SpanExtractionTests {
    /// Tags separated by spaces, entities written as `TYPE[start,end)`.
    private func spans(_ text: String, strict: Bool = false) -> [String] {
        var types = TypeInventory()
        let tags = text.split(separator: " ").map { types.parse($0) }
        let spans = strict ? TagScheme.iob2.strictSpans(tags) : SpanExtraction.spans(tags)
        return spans.map { "\(types.names[Int($0.type)])[\($0.start),\($0.end))" }
    }

    @Test(arguments: [
        ("B-PER I-PER O", ["PER[0,2)"]),
        ("I-PER I-PER O", ["PER[0,2)"]),
        ("B-PER I-LOC O", ["PER[0,1)", "LOC[1,2)"]),
        ("B-LOC B-LOC", ["LOC[0,1)", "LOC[1,2)"]),
        ("B-LOC I-LOC", ["LOC[0,2)"]),
        ("O B-ORG O", ["ORG[1,2)"]),
        ("O I-ORG", ["ORG[1,2)"]),
        ("I-A I-B I-A", ["A[0,1)", "B[1,2)", "A[2,3)"]),
        ("B-A I-A B-A I-A", ["A[0,2)", "A[2,4)"]),
        ("B-work-of-art I-work-of-art", ["work-of-art[0,2)"]),
        ("B I O I B", ["[0,2)", "[3,4)", "[4,5)"]),
        ("S-A S-A B-A E-A E-A I-A E-A", ["A[0,1)", "A[1,2)", "A[2,4)", "A[4,5)", "A[5,7)"]),
        ("U-A U-A B-A L-A", ["A[0,1)", "A[1,2)", "A[2,4)"]),
        ("O O-PER . .-PER PER", []),
        ("X-A X-A X-B é-B", ["A[0,2)", "B[2,4)"]),
        ("", []),
    ]) func readsTagsAtTheirWord(tags: String, expected: [String]) {
        #expect(spans(tags) == expected)
    }

    @Test(arguments: [
        ("I-PER I-PER O", []),
        ("B-PER I-LOC I-LOC", ["PER[0,1)"]),
        ("B-PER I-PER B-PER", ["PER[0,2)", "PER[2,3)"]),
        ("B-PER O I-PER", ["PER[0,1)"]),
        ("B-PER I-PER", ["PER[0,2)"]),
        ("S-PER B-PER E-PER", ["PER[1,2)"]),
    ]) func strictModeKeepsOnlyEntitiesThatBeginWithB(tags: String, expected: [String]) {
        #expect(spans(tags, strict: true) == expected)
    }

    @Test(arguments: [
        ("I-A I-A", 1), ("B-A I-A I-A", 0), ("B-A I-B", 1), ("O I-A O I-A", 2), ("B-A O I-A", 1), ("E-A I-A", 1),
    ]) func countsIllFormedTags(tags: String, expected: Int) {
        var types = TypeInventory()
        #expect(SpanExtraction.illFormedTagCount(tags.split(separator: " ").map { types.parse($0) }) == expected)
    }

    @Test func splitsTagsAtTheFirstHyphen() {
        var types = TypeInventory()
        #expect(types.parse("B-a-b") == ParsedTag(prefix: UInt8(ascii: "B"), type: 0))
        #expect(types.parse("I-a-b".dropFirst(0)) == ParsedTag(prefix: UInt8(ascii: "I"), type: 0))
        #expect(types.parse("O") == ParsedTag.outside)
        #expect(types.parse("") == ParsedTag(prefix: ParsedTag.unrecognizedPrefix, type: -1))
        #expect(types.parse("-x") == ParsedTag(prefix: ParsedTag.unrecognizedPrefix, type: 1))
        #expect(types.parse("BB-x") == ParsedTag(prefix: ParsedTag.unrecognizedPrefix, type: 1))
        #expect(types.names == ["a-b", "x"])
    }

    @Test func typesThatOnlyUnicodeCallsEqualStayApart() {
        var types = TypeInventory()
        #expect(types.parse("B-\u{E9}").type != types.parse("B-e\u{301}").type)
        #expect(types.names.count == 2)
    }
}
