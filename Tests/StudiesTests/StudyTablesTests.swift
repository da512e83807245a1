import Testing

@testable import Studies

struct StudyTablesTests {
    @Test func numbersAreWrittenAsPythonWritesThem() {
        #expect(StudyTables.decimal(-0.04, signed: true) == "-0.0")
        #expect(StudyTables.decimal(0.04, signed: true) == "+0.0")
        #expect(StudyTables.decimal(2.25) == "2.2" && StudyTables.decimal(-3, signed: true) == "-3.0")
        #expect(StudyTables.meanAndDeviation([40, 42]) == "41.0 ± 1.4")
        #expect(StudyTables.meanAndDeviation([-0.5], signed: true) == "-0.5")
        #expect(StudyTables.probability(0.0009) == "p < .001" && StudyTables.probability(0.0012) == "p = .001")
        #expect(StudyTables.probability(1) == "p = 1.000" && StudyTables.probability(0.0405) == "p = .041")
    }

    @Test func meansDoNotDependOnTheOrder() {
        let values = [1e16, 1, -1e16, 0.25, 0.1]
        #expect(ExactMean.of(values) == ExactMean.of(values.reversed()))
        #expect((ExactMean.of(values) - 0.27).magnitude < 1e-15)
        #expect(ExactMean.of([]) == 0)
    }
}
