import Testing

@testable import Evaluation

struct SeedSummaryTests {
    @Test func dividesByOneLessThanTheCount() {
        let summary = SeedSummary([2, 4, 4, 4, 5, 5, 7, 9])
        #expect(summary.count == 8)
        #expect(summary.mean == 5)
        #expect(((summary.standardDeviation ?? 0) - 2.138_089_935_299_395).magnitude < 1e-12)
    }

    @Test func smallSpreadOfLargeValuesSurvives() {
        let summary = SeedSummary([1e9 + 1, 1e9 + 2, 1e9 + 3])
        #expect(summary.standardDeviation == 1)
    }

    @Test func tooFewValuesHaveNoDeviation() {
        #expect(SeedSummary([]).mean == 0)
        #expect(SeedSummary([]).standardDeviation == nil)
        #expect(SeedSummary([81.5]).mean == 81.5)
        #expect(SeedSummary([81.5]).standardDeviation == nil)
    }
}
