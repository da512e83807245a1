import Testing

@testable import Formats

/// Spans of a text laid over its tokens.
struct SpanAlignmentTests {
    /// "Anna-Lena lives" as four tokens.
    private static let tokens = [0..<4, 4..<5, 5..<9, 10..<15]

    private static func align(_ spans: [(Int, Int, String)]) -> (String, ReadingLosses) {
        var losses = ReadingLosses()
        let spans = spans.map { LabelledSpan(label: $0.2, bytes: $0.0..<$0.1) }
        let alignment = SpanAlignment(spans, tokens: tokens, losses: &losses)
        return (alignment.tags(tokenCount: tokens.count).joined(separator: " "), losses)
    }

    @Test(arguments: [
        ([(0, 9, "P")], "B-P I-P I-P O", nil),
        // White space at the edges is no matter.
        ([(9, 15, "P")], "O O O B-P", nil),
        ([(2, 9, "P")], "B-P I-P I-P O", ReadingLosses.Kind.widened),
        ([(0, 9, "P"), (0, 4, "Q")], "B-P I-P I-P O", .overlapping),
        // Wherever they stand, the longer one is kept; of equal ones the first.
        ([(0, 4, "Q"), (0, 9, "P")], "B-P I-P I-P O", .overlapping),
        ([(0, 5, "Q"), (4, 9, "P")], "B-Q I-Q O O", .overlapping),
        ([(9, 10, "P")], "O O O O", .wordless), ([(3, 3, "P")], "O O O O", .empty),
        ([(0, 4, "P"), (0, 4, "P")], "B-P O O O", nil), ([(0, 4, "P"), (0, 4, "Q")], "B-P O O O", .overlapping),
    ])
    func spansBecomeTags(_ spans: [(Int, Int, String)], _ tags: String, _ loss: ReadingLosses.Kind?) {
        let (found, losses) = Self.align(spans)
        #expect(found == tags)
        for kind in ReadingLosses.Kind.allCases { #expect(losses.count(of: kind) == (kind == loss ? 1 : 0)) }
    }

    @Test func lossesNameTheFirst() {
        var losses = ReadingLosses(), one = ReadingLosses()
        one.note(.overlapping)
        losses.add(one, place: "a:1")
        losses.add(one, place: "a:2")
        #expect(losses.notes == ["spans that overlap a longer one; left out: 2 (the first: a:1)"])
    }
}

/// Places of a text in the units of several programs.
struct TextOffsetsTests {
    private static let text = Array("é👩‍👧x".utf8)

    @Test(arguments: [
        // é, woman, joiner, girl, x
        (OffsetUnit.codePoints, [0, 1, 2, 3, 4, 5], [0, 2, 6, 9, 13, 14]),
        (.utf16, [0, 1, 3, 4, 6, 7], [0, 2, 6, 9, 13, 14]),
        (.graphemes, [0, 1, 2, 3], [0, 2, 13, 14]),
        (.bytes, [0, 2, 6], [0, 2, 6]),
    ])
    func placesAreFound(_ unit: OffsetUnit, _ places: [Int], _ bytes: [Int]) {
        let offsets = TextOffsets(places.reversed(), unit: unit, in: Self.text)
        #expect(places.map(offsets.byte) == bytes)
        var counter = OffsetCounter(unit, in: Self.text[...])
        if unit != .graphemes { #expect(bytes.map { counter.count(before: $0) } == places) }
    }

    @Test(arguments: [
        (OffsetUnit.codePoints, 6), (.utf16, 2), (.utf16, 8), (.graphemes, 4), (.bytes, 1), (.bytes, 15),
        (.codePoints, -1), (.bytes, -1),
    ])
    func placesThatAreNotThereAreNone(_ unit: OffsetUnit, _ place: Int) {
        #expect(TextOffsets([place], unit: unit, in: Self.text).byte(place) == nil)
    }
}
