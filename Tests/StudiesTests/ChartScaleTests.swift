import Testing

@testable import Studies

struct ChartScaleTests {
    @Test func amountsLieByTheirLogarithms() {
        let scale = ChartScale([100, 400, 1600], from: 0, to: 10, logarithmicFrom: 8)
        #expect((scale.place(400) - 5).magnitude < 1e-12 && scale.place(1600) == 10)
        #expect((scale.value(at: 0.5) - 400).magnitude < 1e-9)
        // Below the spread, and where there is a zero, evenly.
        #expect(ChartScale([100, 400], from: 0, to: 9, logarithmicFrom: 8).place(200) == 3)
        #expect(ChartScale([0, 0.2, 0.6], from: 0, to: 6, logarithmicFrom: 8).place(0.2) == 2)
        #expect(ChartScale([3], from: 0, to: 6).place(3) == 3)
    }

    @Test(arguments: [(400, "400"), (0.25, "0.250"), (37602.4, "37602"), (-1, "-1")])
    func numbersAreShort(value: Double, text: String) { #expect(ChartScale.number(value) == text) }
}
