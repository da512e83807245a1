import Distillation
import Kernels
import Randomness
import Testing

@Suite struct OuterOptimizerTests {
    private static func mean(_ units: [([Float], Double)]) -> WeightedMean {
        var mean = WeightedMean(count: units[0].0.count)
        for (values, weight) in units { mean.add(FloatBuffer(values), weight: weight) }
        return mean
    }

    @Test func meanWeighsByTokens() {
        let weights = FloatBuffer([9, 9] as [Float])
        // (1 * 1 + 3 * 5) / 4 and (1 * -2 + 3 * 2) / 4
        OuterOptimizer.mean.step(weights, mean: Self.mean([([1, -2], 1), ([5, 2], 3)]), velocity: nil)
        #expect(weights.array == [4, 1])
    }

    /// Two steps on paper: rate 0.5, momentum 0.5, from w = 2 with means 1 and 0.
    @Test func nesterovByHand() {
        let outer = OuterOptimizer.nesterov(rate: 0.5, momentum: 0.5)
        let weights = FloatBuffer([2] as [Float]), velocity = FloatBuffer(count: 1)
        // g = 1, v = 1, w = 2 - 0.5 (1 + 0.5 * 1) = 1.25
        outer.step(weights, mean: Self.mean([([1], 7)]), velocity: velocity)
        #expect(weights.array == [1.25] && velocity.array == [1])
        // g = 1.25, v = 0.5 + 1.25 = 1.75, w = 1.25 - 0.5 (1.25 + 0.5 * 1.75) = 0.1875
        outer.step(weights, mean: Self.mean([([0], 7)]), velocity: velocity)
        #expect(weights.array == [0.1875] && velocity.array == [1.75])
    }

    /// Without momentum, a whole step is the mean.
    @Test func nesterovContainsTheMean() {
        let weights = FloatBuffer([8, -3] as [Float])
        OuterOptimizer.nesterov(rate: 1, momentum: 0).step(
            weights, mean: Self.mean([([1, 2], 1), ([2, 4], 1)]), velocity: FloatBuffer(count: 2))
        #expect(weights.array == [1.5, 3])
    }

    /// Of any bits and any number of tokens, the sign of zero and subnormal numbers included.
    @Test func meanOfOneIsItToTheBit() {
        var random = RandomSource(seed: 1, stream: .initialization)
        var values: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3,
        ]
        while values.count < 5000 {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            if value.isFinite { values.append(value) }
        }
        for tokens in [1, 3, 658_123, 1_000_000_007, 1 << 40] {
            let weights = FloatBuffer(count: values.count)
            OuterOptimizer.mean.step(weights, mean: Self.mean([(values, Double(tokens))]), velocity: nil)
            #expect(weights.array.map(\.bitPattern) == values.map(\.bitPattern), "\(tokens)")
        }
    }

    /// It is the order that decides, and nothing else: so the units are folded in theirs.
    @Test func sumsAreOfTheOrder() {
        let units: [([Float], Double)] = [([1], 1), ([1e17], 1), ([-1e17], 1)]
        #expect(Self.mean(units)[0] == 0)
        #expect(Self.mean(units.reversed())[0] == 1.0 / 3)
    }
}
