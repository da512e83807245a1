import Foundation
import Kernels
import NERPipeTesting
import Taggers
import Testing

@Suite struct OptimizerTests {
    @Test func agreesWithTheFormulasOverSeveralUpdates() {
        let configuration = tinyConfiguration()
        let layout = ParameterLayout(configuration)
        let parameters = perturbedParameters(configuration, seed: 41)
        let optimizer = AdamW(learningRate: 0.01, beta1: 0.9, beta2: 0.999, weightDecay: 0.1, maximumGradientNorm: 1)
        let state = AdamWState(parameters: parameters)
        var w = parameters.array.map(Double.init)
        var first = [Double](repeating: 0, count: layout.count), second = first
        var random = SeededGenerator(seed: 42)
        for k in 1...6 {
            // Norm well above 1 in even updates, below in odd ones: clipped and not.
            let g = random.floats(layout.count).map { $0 * (k.isMultiple(of: 2) ? 2 : 0.001) }
            let factor = 1 - Double(k) / 10
            let trueNorm = g.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let update = optimizer.step(update: k, scheduleFactor: factor, gradientNorm: trueNorm)
            let gradient = FloatBuffer(g)
            for part in TaggerGradient.parts(layout) {
                state.apply(update, gradient: gradient, to: part, layout)
            }
            let rate = 0.01 * factor
            let step = rate * (1 - pow(0.999, Double(k))).squareRoot() / (1 - pow(0.9, Double(k)))
            for tensor in layout.tensors {
                let isDecayed = !tensor.name.hasSuffix("bias") && !tensor.name.contains("norm")
                for i in tensor.offset..<tensor.offset + tensor.count {
                    let clipped = Double(g[i]) * (trueNorm > 1 ? 1 / trueNorm : 1)
                    first[i] = 0.9 * first[i] + 0.1 * clipped
                    second[i] = 0.999 * second[i] + 0.001 * clipped * clipped
                    w[i] -= step * first[i] / (second[i].squareRoot() + 1e-8)
                    if isDecayed { w[i] -= rate * 0.1 * w[i] }
                }
            }
            #expect(worstDifference(parameters.array, w, relative: 1e-6) == nil, "update \(k)")
            #expect(worstDifference(state.firstMoment.array, first, relative: 1e-6) == nil)
            #expect(worstDifference(state.secondMoment.array, second, relative: 1e-6) == nil)
        }
    }

    @Test(arguments: [(1, 0.1), (9, 0.9), (10, 1.0), (55, 0.5), (100, 0.0)])
    func linearScheduleHasTheFactorsOfThePaper(_ update: Int, _ factor: Double) {
        let schedule = LearningRateSchedule.linear(updateCount: 100, warmUpFraction: 0.1, floor: 0)
        #expect(abs(schedule.factor(atUpdate: update) - factor) < 1e-12)
    }

    @Test func linearScheduleEndsAtItsFloor() {
        let schedule = LearningRateSchedule.linear(updateCount: 40, warmUpFraction: 0.05, floor: 0.02)
        #expect(abs(schedule.factor(atUpdate: 40) - 0.02) < 1e-12)
        #expect(schedule.factor(atUpdate: 2) == 1)
        #expect(
            LearningRateSchedule.linear(updateCount: 1, warmUpFraction: 0.05, floor: 0).factor(atUpdate: 1).isFinite)
    }

    @Test func inverseSquareRootScheduleFallsByHalfFromFourToSixteenWarmUps() {
        let schedule = LearningRateSchedule.inverseSquareRoot(warmUpUpdateCount: 100)
        #expect(schedule.factor(atUpdate: 50) == 0.5)
        #expect(schedule.factor(atUpdate: 100) == 1)
        #expect(abs(schedule.factor(atUpdate: 400) - 0.5) < 1e-12)
        #expect(abs(schedule.factor(atUpdate: 1600) - 0.25) < 1e-12)
    }
}
