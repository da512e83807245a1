import Testing

@testable import Evaluation

struct HolmCorrectionTests {
    @Test func stepsDownAndStaysMonotone() {
        let holm = HolmCorrection(pValues: [0.01, 0.04, 0.03, 0.005])
        let expected = [0.03, 0.06, 0.06, 0.02]
        for (found, value) in zip(holm.adjusted, expected) { #expect((found - value).magnitude < 1e-12) }
        #expect(holm.rejected() == [true, false, false, true])
        #expect(holm.rejected(level: 0.025) == [false, false, false, true])
    }

    @Test func capsAtOneAndTreatsTiesAlike() {
        #expect(HolmCorrection(pValues: [0.5, 0.5, 1]).adjusted == [1, 1, 1])
        #expect(HolmCorrection(pValues: [0.02, 0.02]).adjusted == [0.04, 0.04])
        #expect(HolmCorrection(pValues: [0.2]).adjusted == [0.2])
        #expect(HolmCorrection(pValues: []).adjusted.isEmpty)
    }
}
