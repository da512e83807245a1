import Testing

@testable import TeacherPrograms

struct SentenceWindowsTests {
    @Test(arguments: [1, 2, 3, 4, 7, 8, 10, 100], [0, 1, 2, 5, 8, 9, 10, 11, 15, 16, 17, 99, 1000])
    func everyWordCountsOnce(_ limit: Int, _ count: Int) {
        let parts = SentenceWindows.parts(wordCount: count, limit: limit)
        #expect(parts.flatMap { Array($0.counted) } == Array(0..<count))
        for part in parts {
            #expect(part.words.count <= limit && part.words.upperBound <= count)
            #expect(
                part.words.lowerBound <= part.counted.lowerBound && part.counted.upperBound <= part.words.upperBound)
        }
        #expect(count > limit || parts.count == 1)
    }

    @Test func aWordCountsWhereItIsFartherFromTheEdge() {
        let parts = SentenceWindows.parts(wordCount: 14, limit: 8)
        #expect(parts.map(\.words) == [0..<8, 6..<14])
        #expect(parts.map(\.counted) == [0..<7, 7..<14])
    }
}
