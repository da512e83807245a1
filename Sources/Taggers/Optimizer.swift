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

    /// Applies update `k` (from 1) and returns the norm of the gradient before clipping.
    ///
    /// A gradient that is not finite changes nothing; the caller sees it in the returned norm.
    package func apply(
        update k: Int, scheduleFactor: Double, parameters: FloatBuffer, gradient: FloatBuffer, firstMoment: FloatBuffer,
        secondMoment: FloatBuffer, layout: ParameterLayout
    ) -> Double {
        let norm = Kernel.sumOfSquares(count: gradient.count, x: gradient.pointer).squareRoot()
        guard norm.isFinite else { return norm }
        let rate = learningRate * scheduleFactor
        var step = AdamWUpdate(
            gradientScale: norm > maximumGradientNorm ? maximumGradientNorm / norm : 1, learningRate: rate,
            beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay,
            biasCorrectedStep: rate * (1 - pow(beta2, Double(k))).squareRoot() / (1 - pow(beta1, Double(k))))
        for tensor in layout.tensors {
            step.weightDecay = tensor.isDecayed ? weightDecay : 0
            Kernel.adamW(
                count: tensor.count, weights: parameters.pointer + tensor.offset,
                gradient: gradient.pointer + tensor.offset,
                firstMoment: firstMoment.pointer + tensor.offset, secondMoment: secondMoment.pointer + tensor.offset,
                update: step)
        }
        return norm
    }
}
