import Glibc
package import Kernels

/// Learning-rate factor as a function of the update number alone, so that a resumed run needs no state for it.
package enum LearningRateSchedule: Sendable, Equatable {
    /// Linear warm-up over the first updates, then linear decay that reaches `floor` at the last update.
    case linear(updateCount: Int, warmUpFraction: Double, floor: Double)
    /// For a stream whose length nobody knows: linear warm-up, then the inverse square root of the update number
    /// (Vaswani et al. 2017, section 5.3).
    case inverseSquareRoot(warmUpUpdateCount: Int)
    case constant

    /// The factor of update `k`, counted from 1.
    ///
    /// For `linear` with floor 0: k / warm-up for k below the warm-up count, afterwards (T - k) / (T - warm-up).
    package func factor(atUpdate k: Int) -> Double {
        switch self {
        case .linear(let T, let warmUpFraction, let floor):
            let warmUp = Int(warmUpFraction * Double(T))
            if k < warmUp { return Double(k) / Double(max(1, warmUp)) }
            let remaining = max(0, Double(T - k) / Double(max(1, T - warmUp)))
            return floor + (1 - floor) * remaining
        case .inverseSquareRoot(let warmUp):
            return k < warmUp ? Double(k) / Double(warmUp) : (Double(max(1, warmUp)) / Double(max(1, k))).squareRoot()
        case .constant: return 1
        }
    }
}

/// AdamW with clipping by the global norm, in this order: clip, Adam step with bias correction, then decoupled
/// decay.
package struct AdamW: Sendable {
    package var learningRate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon = 1e-8
    package var weightDecay: Double
    /// Largest global norm of a gradient; larger ones are scaled down to it.
    package var maximumGradientNorm: Double

    package init(learningRate: Double, beta1: Double, beta2: Double, weightDecay: Double, maximumGradientNorm: Double) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        self.maximumGradientNorm = maximumGradientNorm
    }

    /// The numbers of update `k` (from 1), given the norm of its gradient before clipping.
    ///
    /// - Precondition: the norm is finite.
    package func step(update k: Int, scheduleFactor: Double, gradientNorm norm: Double) -> AdamWUpdate {
        let rate = learningRate * scheduleFactor
        return AdamWUpdate(
            gradientScale: norm > maximumGradientNorm ? maximumGradientNorm / norm : 1, learningRate: rate,
            beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
            biasCorrectedStep: rate * (1 - pow(beta2, Double(k))).squareRoot() / (1 - pow(beta1, Double(k))))
    }
}

extension AdamW {
    /// One update of parameters that are no tagger's: weights, and behind them their first and second moments.
    ///
    /// - Parameters:
    ///   - arrays: `[3 * gradient.count]`
    ///   - gradient: One that is not finite changes nothing.
    package func apply(_ gradient: FloatBuffer, to arrays: FloatBuffer, update k: Int) {
        let n = gradient.count
        precondition(arrays.count == 3 * n, "\(arrays.count) numbers for \(n) parameters")
        let norm = Kernel.sumOfSquares(count: n, x: gradient.pointer).squareRoot()
        guard norm.isFinite else { return }
        Kernel.adamW(
            count: n, weights: arrays.pointer, gradient: gradient.pointer, firstMoment: arrays.pointer + n,
            secondMoment: arrays.pointer + 2 * n, update: step(update: k, scheduleFactor: 1, gradientNorm: norm))
    }
}

/// What AdamW works on: weights and moments in the layout of the parameters.
package struct AdamWState: Sendable {
    package let parameters: FloatBuffer
    package let firstMoment: FloatBuffer
    package let secondMoment: FloatBuffer

    /// Moments of zero for fresh weights.
    package init(parameters: FloatBuffer) {
        self.parameters = parameters
        firstMoment = FloatBuffer(count: parameters.count)
        secondMoment = FloatBuffer(count: parameters.count)
    }

    /// Changes one part of the parameters by its gradient.
    package func apply(
        _ step: AdamWUpdate, gradient: FloatBuffer, to part: TaggerGradient.Part, _ layout: ParameterLayout
    ) {
        var step = step
        if !layout.tensors[part.tensor].isDecayed { step.weightDecay = 0 }
        for range in part.ranges(layout) {
            Kernel.adamW(
                count: range.count, weights: parameters.pointer + range.lowerBound,
                gradient: gradient.pointer + range.lowerBound, firstMoment: firstMoment.pointer + range.lowerBound,
                secondMoment: secondMoment.pointer + range.lowerBound, update: step)
        }
    }
}
