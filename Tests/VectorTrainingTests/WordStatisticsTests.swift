import Glibc
import Testing

@testable import VectorTraining

struct WordStatisticsTests {
    /// Worked out by hand from the definitions.
    @Test func valuesAreThoseOfTheDefinitions() {
        var counts = WordCounts()
        (counts.inText, counts.tellsCase, counts.capitalized, counts.upper) = (20, 9, 7, 1)
        (counts.parallelLines, counts.identicalLines) = (4, 3)
        (counts.hasNext, counts.nextIsCased, counts.hasPrevious, counts.previousIsCased) = (16, 8, 6, 0)
        (counts.links, counts.linkIsCased) = (3, 3)
        let values = WordStatistics.values(counts, followedByCased: 0.1, spread: 0.25)
        let expected: [Double] = [
            2 * 0.85 - 1, 0.7 * log(10) / 4, 2 * 0.12 - 1, log(21) / 5 - 1, -0.5, 2 * 0.64 - 0.4,
            2 * log(5) / 3 * 0.44, 3 * (8.4 / 20 - 0.1), 3 * (0.4 / 10 - 0.1), 2 * 0.875 - 1, 0.75 * log(4) / 4,
        ]
        #expect(values.count == WordStatistics.names.count)
        for (name, pair) in zip(WordStatistics.names, zip(values, expected)) {
            #expect(abs(Double(pair.0) - pair.1) < 1e-6, "\(name)")
        }
    }

    @Test func anUnseenWordLeansNowhere() {
        let unseen = Dictionary(uniqueKeysWithValues: zip(WordStatistics.names, WordStatistics.unseen))
        for name in ["case", "case.sure", "identity", "identity.sure", "next", "previous", "translation"] {
            #expect(abs(unseen[name] ?? 1) < 1e-6, "\(name)")
        }
        #expect(unseen["frequency"] == -1 && unseen["spread"] == -1)
    }
}
