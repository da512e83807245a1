import Corpora
import Testing

struct EntitySpanTests {
    @Test(
        arguments: [
            ([], []), ([0, 0], []), ([1, 2, 0], [(0, 0..<2)]), ([1, 1], [(0, 0..<1), (0, 1..<2)]),
            ([1, 4, 4], [(0, 0..<1), (1, 1..<3)]), ([0, 2, 2, 3], [(0, 1..<3), (1, 3..<4)]),
        ] as [([Int], [(Int, Range<Int>)])])
    func labelsBecomeSpans(_ labels: [Int], _ expected: [(Int, Range<Int>)]) {
        #expect(EntitySpan.spans(ofLabels: labels) == expected.map { EntitySpan(type: $0.0, tokens: $0.1) })
    }
}
