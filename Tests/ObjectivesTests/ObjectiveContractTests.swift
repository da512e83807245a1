import NERPipeTesting
import Testing

@testable import Objectives

/// What holds of every objective there is; a new one is tested by being registered.
@Suite struct ObjectiveContractTests {
    private static let names = KnownObjectives.all.map { $0.name }

    private static func objective(_ name: String) throws -> any Objective {
        let type = try #require(KnownObjectives.all.first { $0.name == name })
        return ObjectiveChoice(type).made(of: try tinyInputs())
    }

    /// Six tokens of an update of nine, in doubles.
    private struct Point {
        var logits: [[Double]], states: [[Double]]
        var fixture: SliceFixture

        init(seed: UInt64, progress: Double, isWeighed: Bool) {
            var random = SeededGenerator(seed: seed)
            func matrix(_ width: Int) -> [[Double]] {
                (0..<6).map { _ in random.floats(width, in: -2...2).map(Double.init) }
            }
            (logits, states) = (matrix(5), matrix(4))
            let q = matrix(5).map { SliceFixture.softmax($0).map(Float.init) }
            fixture = SliceFixture(p: [], q: q)
            fixture.tokenCount = 9
            fixture.progress = progress
            fixture.weights = isWeighed ? [1, 0.5, 2, 0, 1.5, 1] : []
            fixture.weightSum = isWeighed ? 8 : 9
            fixture.agreement = Agreement(isAgreed: [true, false, true, false, false, true], count: 4)
        }

        func outcome(of objective: any Objective) -> SliceFixture.Outcome {
            var fixture = fixture
            fixture.p = logits.map { SliceFixture.softmax($0).map(Float.init) }
            fixture.states = states.map { $0.map(Float.init) }
            return fixture.outcome(of: objective)
        }

        /// Differences of the fourth order: losses are sums of floats, which nearer points would drown in their rounding.
        func slopes(_ objective: any Objective, _ place: WritableKeyPath<Point, [[Double]]>) -> [Double] {
            self[keyPath: place].indices.flatMap { token in
                self[keyPath: place][token].indices.map { column in
                    func loss(_ steps: Double) -> Double {
                        var moved = self
                        moved[keyPath: place][token][column] += steps * 0.05
                        return moved.outcome(of: objective).loss
                    }
                    return (8 * (loss(1) - loss(-1)) - (loss(2) - loss(-2))) / (12 * 0.05)
                }
            }
        }
    }

    @Test(arguments: names, [0.1, 0.7])
    func gradientAgreesWithFiniteDifferences(_ name: String, _ progress: Double) throws {
        let objective = try Self.objective(name)
        for isWeighed in [false, true] {
            let point = Point(seed: 71, progress: progress, isWeighed: isWeighed)
            let found = point.outcome(of: objective)
            let byLogits = point.slopes(objective, \.logits), byStates = point.slopes(objective, \.states)
            #expect(worstDifference(found.logits, byLogits, absolute: 2e-5, relative: 1e-3) == nil)
            #expect(worstDifference(found.states, byStates, absolute: 2e-5, relative: 1e-3) == nil)
            #expect((found.logits + found.states).contains { abs($0) > 2e-3 }, "nothing is learnt")
            #expect(found.elsewhere == 0 && found.loss.isFinite)
            #expect(byStates.contains { $0 != 0 } == type(of: objective).needs.contains(.states))
        }
    }

    /// A network that says nothing of what is to be said, and one that says it already, have gradients that are numbers.
    @Test(arguments: names) func certaintiesAreBorne(_ name: String) throws {
        for q: [Float] in [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0]] {
            var fixture = SliceFixture(p: [[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]], q: [q, q])
            fixture.states = [[0, 0, 0, 0], [1, 0, 0, 0]]
            fixture.agreement = Agreement(isAgreed: [true, true], count: 2)
            let outcome = fixture.outcome(of: try Self.objective(name))
            #expect(outcome.loss.isFinite && outcome.loss >= 0)
            #expect((outcome.logits + outcome.states).allSatisfy { $0.isFinite })
        }
    }

    /// What is learnt is a sum over slices: nothing of an empty one, nothing of an update that does not count.
    @Test(arguments: names) func nothingIsLearntOfNothing(_ name: String) throws {
        var point = Point(seed: 72, progress: 0, isWeighed: false)
        point.fixture.weights = Array(repeating: 0, count: 6)
        point.fixture.weightSum = 0
        point.fixture.agreement = Agreement(isAgreed: Array(repeating: false, count: 6), count: 0)
        let outcome = point.outcome(of: try Self.objective(name))
        #expect(outcome.loss == 0 && (outcome.logits + outcome.states).allSatisfy { $0 == 0 })
    }

    @Test func namesAreOfOneObjective() {
        #expect(Set(Self.names).count == Self.names.count)
        #expect(KnownObjectives.ofStudents.first?.name == "mse")
        #expect(KnownObjectives.ofTasks.first?.task?.name == "labels")
        let options = KnownObjectives.parameters.map { $0.option }
        #expect(Set(options).count == options.count)
        #expect(KnownObjectives.names(needing: .evaluator) == ["pairs"])
        #expect(KnownObjectives.names(needing: .votes) == ["hard-soft"])
    }

    @Test func identityHasTheParameters() {
        var choice = ObjectiveChoice(PairsOfWords.self)
        #expect(choice.parameters == ["weight of similarity": 0.5])
        choice[PairsOfWords.similarityWeight] = 0.25
        #expect(choice.parameters == ["weight of similarity": 0.25])
        #expect(choice != ObjectiveChoice(PairsOfWords.self) && choice.refused == nil)
        choice[PairsOfWords.similarityWeight] = -1
        #expect(choice.refused?.option == "similarity-weight")
        #expect(ObjectiveChoice(MeanSquaredError.self).parameters.isEmpty)
    }
}
