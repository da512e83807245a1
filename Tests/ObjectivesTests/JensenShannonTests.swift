import Foundation
import NERPipeTesting
import Testing

@testable import Objectives

/// Its gradient is tested with those of all objectives.
@Suite struct JensenShannonTests {
    private static func outcome(_ p: [Double], _ q: [Double]) -> SliceFixture.Outcome {
        SliceFixture(p: [p.map(Float.init)], q: [q.map(Float.init)]).outcome(
            of: ObjectiveChoice(JensenShannon.self).made())
    }

    /// The entropy of the middle less the middle of the entropies.
    private static func definition(_ p: [Double], _ q: [Double]) -> Double {
        func entropy(_ x: [Double]) -> Double { x.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 } }
        return entropy(zip(p, q).map { ($0 + $1) / 2 }) - (entropy(p) + entropy(q)) / 2
    }

    @Test func valueIsThatOfTheDefinition() {
        // By hand: H(0.5, 0.5) - (H(0.75, 0.25) + H(0.25, 0.75)) / 2 = 0.693147 - 0.562335.
        #expect(abs(Self.outcome([0.75, 0.25], [0.25, 0.75]).loss - 0.130812) < 1e-6)
        for (p, q) in [([0.2, 0.5, 0.3], [0.1, 0.8, 0.1]), ([0.7, 0.2, 0.1], [0, 1, 0])] {
            #expect(abs(Self.outcome(p, q).loss - Self.definition(p, q)) < 1e-6)
            #expect(abs(Self.outcome(q, p).loss - Self.definition(p, q)) < 1e-6)
        }
    }

    @Test func itIsNothingOfEqualsAndLnTwoOfOpposites() {
        let equal = Self.outcome([0.7, 0.2, 0.1], [0.7, 0.2, 0.1])
        #expect(abs(equal.loss) < 1e-7 && equal.logits.allSatisfy { abs($0) < 1e-7 })
        #expect(abs(Self.outcome([1, 0, 0], [0, 1, 0]).loss - log(2)) < 1e-6)
    }
}
