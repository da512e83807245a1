internal import CKernels

/// The numbers of one AdamW update; see ``Kernel/adamW(count:weights:gradient:firstMoment:secondMoment:update:)``.
package struct AdamWUpdate: Sendable, Hashable {
    /// Factor of the gradient: the clipping by global norm.
    package var gradientScale: Double = 1
    /// Learning rate of this update, schedule included.
    package var learningRate: Double
    package var beta1: Double = 0.9
    package var beta2: Double = 0.999
    package var epsilon: Double = 1e-8
    /// Decoupled decay; 0 for biases and layer norms.
    package var weightDecay: Double = 0
    /// `learningRate * sqrt(1 - beta2^k) / (1 - beta1^k)`, update `k` counted from 1.
    package var biasCorrectedStep: Double

    package init(
        gradientScale: Double = 1, learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0, biasCorrectedStep: Double
    ) {
        self.gradientScale = gradientScale
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.biasCorrectedStep = biasCorrectedStep
    }
}

extension Kernel {
    /// `y += a * x`.
    package static func axpy(count: Int, a: Float, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        check(count: count, "axpy")
        nk_axpy(count, a, x, y)
    }

    /// `y += x`.
    package static func add(count: Int, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>) {
        check(count: count, "add")
        nk_add(count, x, y)
    }

    /// `y *= a`.
    package static func scale(count: Int, a: Float, y: UnsafeMutablePointer<Float>) {
        check(count: count, "scale")
        nk_scale(count, a, y)
    }

    /// The first index at which `factor * x - penalties` is above `bound`, or `count`; what is not a number is not above.
    ///
    /// The same on every path when `factor` is a power of two.
    package static func firstAbove(
        _ bound: Float, count: Int, x: UnsafePointer<Float>, factor: Float, penalties: UnsafePointer<Float>
    ) -> Int {
        check(count: count, "firstAbove")
        return nk_first_above(count, x, factor, penalties, bound)
    }

    /// The first index at which `x` is above `bound` or above its own of `bounds`, or `count`; what is not a number is not above.
    ///
    /// The same on every path.
    package static func firstAbove(
        _ bound: Float, or bounds: UnsafePointer<Float>, count: Int, x: UnsafePointer<Float>
    ) -> Int {
        check(count: count, "firstAbove")
        return nk_first_above_either(count, x, bound, bounds)
    }

    /// Sum of squares in double precision; the same bits on every path.
    package static func sumOfSquares(count: Int, x: UnsafePointer<Float>) -> Double {
        check(count: count, "sumOfSquares")
        return nk_sum_squares(count, x)
    }

    /// One AdamW update: the Adam step first, then the decoupled decay `w -= learningRate * weightDecay * w`.
    ///
    /// - Note: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; the order and the placement of
    ///   epsilon after the bias correction follow the BERT optimizer.
    package static func adamW(
        count: Int, weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, update: AdamWUpdate
    ) {
        check(count: count, "adamW")
        nk_adamw(
            count, weights, gradient, firstMoment, secondMoment, update.gradientScale, update.learningRate,
            update.beta1, update.beta2, update.epsilon, update.weightDecay, update.biasCorrectedStep)
    }
}
