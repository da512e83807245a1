import Corpora
import Testing
import WordAlignment

@testable import Projection

struct EntityProjectionTests {
    /// Sides of words separated by spaces; a bar ends a sentence.
    static func side(_ text: String) -> PairSide {
        var side = PairSide()
        for word in text.split(separator: " ") {
            if word == "|" {
                side.sentenceEnds.append(side.count)
            } else {
                Array(word.utf8).withUnsafeBufferPointer { side.append($0) }
            }
        }
        side.sentenceEnds.append(side.count)
        return side
    }

    private func project(
        _ source: String, _ target: String, _ entities: [Range<Int>], _ links: [(Int, Int)]
    ) -> EntityProjection {
        EntityProjection(
            entities.enumerated().map { SourceEntity(span: EntitySpan(type: $0 % 3, tokens: $1), confidence: 1) },
            of: SentencePair(source: Self.side(source), target: Self.side(target)),
            links: links.map { WordLink(source: $0.0, target: $0.1) })
    }

    @Test func theSpanReachesFromTheFirstToTheLastLinkedToken() {
        let projection = project("in New York City", "katika Jiji la New York", [1..<4], [(1, 3), (2, 4), (3, 1)])
        #expect(projection.entities == [EntitySpan(type: 0, tokens: 1..<5)])
        #expect(projection.rejections == [])
    }

    @Test func anEntityWithoutLinksIsRejected() {
        #expect(project("a Bo", "c d", [1..<2], [(0, 0)]).rejections == [.noLink])
    }

    /// Twice the length of the source and one are allowed.
    @Test func longSpansAreRejected() {
        let three = project("Bo", "A x B", [0..<1], [(0, 0), (0, 2)])
        #expect(three.entities.map(\.tokens) == [0..<3])
        #expect(project("Bo", "A x y B", [0..<1], [(0, 0), (0, 1), (0, 3)]).rejections == [.tooLong])
    }

    /// Half of the span may be gaps.
    @Test func spansOfMoreGapsThanLinksAreRejected() {
        #expect(project("Bo Ba", "A x y B", [0..<2], [(0, 0), (1, 3)]).entities.map(\.tokens) == [0..<4])
        #expect(project("Bo Ba", "A x y z B", [0..<2], [(0, 0), (1, 4)]).rejections == [.gaps])
    }

    @Test func ofTwoThatOverlapTheOneWithMoreLinksStays() {
        let projection = project("Bo Ba met Bi", "Ba Bo x", [0..<1, 1..<4], [(0, 1), (1, 0), (3, 1)])
        #expect(projection.entities == [EntitySpan(type: 1, tokens: 0..<2)])
        #expect(projection.rejections == [.overlap])
        let equal = project("Bo Ba", "Ba x", [0..<1, 1..<2], [(0, 0), (1, 0)])
        #expect(equal.entities == [EntitySpan(type: 0, tokens: 0..<1)], "the first one")
    }

    @Test(arguments: [
        ("Bo", ", -", ProjectionRejection.punctuation), ("Bo", "bo le", .lostCapital), ("UN", "онн я", .lostCapital),
        ("Bo", "« »", .punctuation),
    ])
    func spansThatCanBeNoNameAreRejected(source: String, target: String, reason: ProjectionRejection) {
        #expect(project(source, target, [0..<1], [(0, 0), (0, 1)]).rejections == [reason])
    }

    @Test(arguments: [("bo", "bo le"), ("Bo", "בו לה"), ("Bo", "bo Le"), ("1996", "1996 12"), ("Bo", "北 京")])
    func capitalsMatterOnlyWhereThereWereAnyAndCouldBe(source: String, target: String) {
        #expect(project(source, target, [0..<1], [(0, 0), (0, 1)]).entities.map(\.tokens) == [0..<2])
    }

    @Test func spansInTwoSentencesAreRejected() {
        #expect(project("Bo Ba", "Bo | Ba", [0..<2], [(0, 0), (1, 1)]).rejections == [.sentences])
    }

    /// Georgian has no capitals to lose; its Mtavruli and Latin have.
    @Test(arguments: [("თბილისი", 1), ("ᏣᎳᎩ", 1), ("ᲗᲑᲘᲚᲘᲡᲘ", 1), ("東京", 1), ("tbilisi", 0)])
    func onlyScriptsWithCapitalsLoseThem(_ target: String, _ entityCount: Int) {
        let projection = project("in Tbilisi", "a \(target)", [1..<2], [(1, 1)])
        #expect(projection.entities.count == entityCount)
        #expect(projection.rejections == (entityCount == 0 ? [.lostCapital] : []))
    }
}
