import Foundation
import NERPipeTesting
import Testing

@testable import Objectives

/// Values by hand and from the definitions.
@Suite struct LossValueTests {
    private static func outcome(_ type: any Objective.Type, p: [[Float]], q: [[Float]]) -> SliceFixture.Outcome {
        SliceFixture(p: p, q: q).outcome(of: ObjectiveChoice(type).made())
    }

    @Test func squaredErrorHasTheValuesOfTheTestVector() {
        let third = Float(1) / 3
        let found = Self.outcome(MeanSquaredError.self, p: [[third, third, third]], q: [[0.7, 0.2, 0.1]])
        #expect(abs(found.loss - 0.068889) < 1e-6)
        #expect(worstDifference(found.logits, [-0.081481, 0.029630, 0.051852], absolute: 1e-6) == nil)
    }

    @Test func divergenceIsThatOfTheDefinition() {
        let p: [Double] = [0.2, 0.5, 0.3], q = [0.1, 0.8, 0.1]
        let exact = zip(q, p).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
        let found = Self.outcome(KullbackLeibler.self, p: [p.map(Float.init)], q: [q.map(Float.init)])
        #expect(abs(found.loss - exact) < 1e-6)
        #expect(worstDifference(found.logits, [0.1, -0.3, 0.2], absolute: 1e-6) == nil)
    }

    @Test func hardLabelTakesTheFirstOfEqualTargets() {
        let found = Self.outcome(HardLabels.self, p: [[0.5, 0.25, 0.25]], q: [[0.1, 0.45, 0.45]])
        #expect(abs(found.loss - log(4)) < 1e-6)
        #expect(found.logits == [0.5, -0.75, 0.25])
    }

    @Test func divergenceOfEqualDistributionsIsZeroAndZeroTargetsAreAllowed() {
        let same = Self.outcome(KullbackLeibler.self, p: [[0.7, 0.2, 0.1]], q: [[0.7, 0.2, 0.1]])
        #expect(abs(same.loss) < 1e-7)
        let oneHot = Self.outcome(KullbackLeibler.self, p: [[0.5, 0.25, 0.25]], q: [[0, 1, 0]])
        #expect(abs(oneHot.loss - log(4)) < 1e-6)
    }

    @Test func mixedObjectiveChangesAfterThirtyPercent() {
        var fixture = SliceFixture(p: [[0.2, 0.5, 0.3]], q: [[0.1, 0.8, 0.1]])
        let objective = ObjectiveChoice(KLThenMSE.self).made()
        for progress in [0, 0.299] {
            fixture.progress = progress
            #expect(fixture.outcome(of: objective) == fixture.outcome(of: ObjectiveChoice(KullbackLeibler.self).made()))
        }
        for progress in [0.3, 1] {
            fixture.progress = progress
            // 4 (0.1^2 + 0.3^2 + 0.2^2)
            #expect(abs(fixture.outcome(of: objective).loss - 0.56) < 1e-6)
        }
    }

    /// UniTrans: the mean squared error over all tokens, plus the mean cross-entropy over those that are agreed on.
    @Test func agreedTokensHaveTheirLabelsToo() {
        var fixture = SliceFixture(
            p: [[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]],
            q: [[0.1, 0.8, 0.1], [0.5, 0.4, 0.1], [0.3, 0.3, 0.4]])
        fixture.agreement = Agreement(isAgreed: [true, false, true], count: 2)
        let found = fixture.outcome(of: ObjectiveChoice(HardSoft.self).made())
        let squared = (0.01 + 0.09 + 0.04 + 0.01 + 0.01 + 0 + 0.04 + 0.04 + 0.16) / 9
        #expect(abs(found.loss - (squared - (log(0.5) + log(0.8)) / 2)) < 1e-6)
        // Second token: only the squared error; first: both.
        let soft = Self.row([0.6, 0.3, 0.1], [0.5, 0.4, 0.1], weight: 1.0 / 9)
        #expect(worstDifference(Array(found.logits[3..<6]), soft, absolute: 1e-6) == nil)
        let both = zip(Self.row([0.2, 0.5, 0.3], [0.1, 0.8, 0.1], weight: 1.0 / 9), [0.1, -0.25, 0.15]).map(+)
        #expect(worstDifference(Array(found.logits[0..<3]), both, absolute: 1e-6) == nil)
    }

    /// Gradient of weighted squared error, from its formula.
    static func row(_ p: [Double], _ q: [Double], weight: Double) -> [Double] {
        let mean = zip(p, q).reduce(0) { $0 + $1.0 * ($1.0 - $1.1) }
        return zip(p, q).map { 2 * weight * $0 * ($0 - $1 - mean) }
    }

    /// A token of weight 2 is two tokens, one of weight 0 is none; of losses that are a mean over tokens.
    @Test(arguments: KnownObjectives.all.filter { $0.needs.isDisjoint(with: [.states, .votes]) }.map { $0.name })
    func weightsCountTokens(_ name: String) throws {
        let objective = ObjectiveChoice(try #require(KnownObjectives.all.first { $0.name == name })).made()
        let p: [[Float]] = [[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]]
        let q: [[Float]] = [[0.1, 0.8, 0.1], [0.5, 0.4, 0.1], [1, 0, 0]]
        var fixture = SliceFixture(p: p, q: q)
        fixture.weights = [2, 1, 0]
        fixture.weightSum = 3
        let weighted = fixture.outcome(of: objective)
        let single = SliceFixture(p: [p[0], p[0], p[1]], q: [q[0], q[0], q[1]]).outcome(of: objective)
        #expect(abs(weighted.loss - single.loss) < 1e-6)
        #expect(
            worstDifference(
                Array(weighted.logits[..<3]), single.logits[..<3].map { 2 * Double($0) }, absolute: 1e-6) == nil)
        #expect(
            worstDifference(Array(weighted.logits[3..<6]), single.logits[6...].map(Double.init), absolute: 1e-6) == nil)
        #expect(weighted.logits[6...].allSatisfy { $0 == 0 })
    }
}
