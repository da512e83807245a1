import Foundation
import Randomness
import Testing

@testable import Statistics

struct RegressionTests {
    /// By hand: y = 1 + 2 x, and one point that is off by 1.
    @Test func leastSquares() throws {
        let fit = try #require(LeastSquares([1, 3, 5, 8], on: Matrix([[1, 0], [1, 1], [1, 2], [1, 3]])))
        #expect((fit.coefficients[0] - 0.8).magnitude < 1e-12 && (fit.coefficients[1] - 2.3).magnitude < 1e-12)
        #expect((fit.residualVariance - 0.15).magnitude < 1e-12)
        #expect((fit.standardErrors[1] - (0.15 / 5).squareRoot()).magnitude < 1e-12)
        // A weight of 0 is a point that is not there.
        let weighted = try #require(
            LeastSquares([1, 3, 5, 8], on: Matrix([[1, 0], [1, 1], [1, 2], [1, 3]]), weights: [1, 1, 1, 0]))
        #expect((weighted.coefficients[1] - 2).magnitude < 1e-12)
        #expect(LeastSquares([1, 2, 3], on: Matrix([[1, 2], [1, 2], [1, 2]])) == nil)
        #expect(LeastSquares([1, 2], on: Matrix([[1, 2], [1, 3]])) == nil)
    }

    /// A model of statsmodels on the same table: tools/reference/mixed_model.py.
    private struct Golden: Decodable {
        let name: String
        let y: [Double]
        let x: [[Double]]
        let effects: [[Int]]
        let coefficients, standardErrors, variances: [Double]
        let residualVariance, logLikelihood: Double
    }

    @Test func mixedModelsAreThoseOfStatsmodels() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "Fixtures/mixed_model.json")
        for golden in try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file)) {
            let model = try #require(
                MixedModel(golden.y, on: Matrix(golden.x), effects: golden.effects.map { .init("", groups: $0) }))
            func close(_ found: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
                zip(found, expected).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
            }
            #expect(close(model.coefficients, golden.coefficients, 1e-5), "\(golden.name): \(model.coefficients)")
            #expect(close(model.standardErrors, golden.standardErrors, 1e-4), "\(golden.name): \(model.standardErrors)")
            #expect(close(model.variances, golden.variances, 1e-3), "\(golden.name): \(model.variances)")
            #expect(close([model.residualVariance], [golden.residualVariance], 1e-4), "\(golden.name)")
            #expect(
                close([model.logLikelihood], [golden.logLikelihood], 1e-7), "\(golden.name): \(model.logLikelihood)")
        }
    }

    /// Crossed effects that are known: a slope of 3, deviations of 2 (targets), 1 (sources) and 0.5.
    @Test func mixedModelsFindWhatWasPutIn() throws {
        var random = RandomSource(seed: 11, stream: .survey)
        let own = (0..<20).map { _ in 2 * random.nextNormal() }, sources = (0..<20).map { _ in random.nextNormal() }
        var y: [Double] = [], x: [[Double]] = [], targetOf: [Int] = [], sourceOf: [Int] = []
        for source in 0..<20 {
            for target in 0..<20 {
                let distance = random.nextUniform()
                x.append([1, distance])
                y.append(5 + 3 * distance + own[target] + sources[source] + 0.5 * random.nextNormal())
                targetOf.append(target)
                sourceOf.append(source)
            }
        }
        let model = try #require(
            MixedModel(
                y, on: Matrix(x), effects: [.init("target", groups: targetOf), .init("source", groups: sourceOf)]))
        #expect((model.coefficients[1] - 3).magnitude < 3 * model.standardErrors[1], "\(model)")
        #expect(model.standardErrors[1] < 0.15)
        #expect((model.residualVariance.squareRoot() - 0.5).magnitude < 0.06)
        #expect(
            (1.2...3).contains(model.variances[0].squareRoot()) && (0.6...1.6).contains(model.variances[1].squareRoot())
        )
    }

    @Test func whatCannotBeFittedIsRefused() {
        #expect(MixedModel([1, 2], on: Matrix([[1, 1], [1, 2]]), effects: []) == nil)
        #expect(
            MixedModel(
                [1, 2, 3, 5], on: Matrix([[1, 2], [1, 2], [1, 2], [1, 2]]), effects: [.init("a", groups: [0, 0, 1, 1])])
                == nil)
    }

    /// Without effects it is least squares.
    @Test func withoutEffectsItIsLeastSquares() throws {
        let x = Matrix([[1, 0], [1, 1], [1, 2], [1, 3]]), y = [1.0, 3, 5, 8]
        let plain = try #require(LeastSquares(y, on: x)), mixed = try #require(MixedModel(y, on: x, effects: []))
        for (one, other) in zip(plain.standardErrors, mixed.standardErrors) { #expect((one - other).magnitude < 1e-12) }
    }

    @Test func drawnThingsGiveTheSpreadOfAMean() throws {
        var random = RandomSource(seed: 3, stream: .survey)
        let values = (0..<100).map { _ in random.nextNormal() }
        let interval = try #require(
            DrawnThings(count: 100, replicates: 500, seed: 1).interval { $0.map { values[$0] }.reduce(0, +) / 100 })
        #expect((0.3...0.5).contains(interval.high - interval.low), "\(interval)")
        #expect(DrawnThings(count: 3, replicates: 5, seed: 1).interval { _ in nil } == nil)
    }
}
