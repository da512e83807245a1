import Glibc
package import Kernels
import Randomness

/// Says of the state that a tagger has of a word whether the word is of the source: one hidden layer, rectified, and a sigmoid
/// (AdvPicker: Chen et al., ACL 2021, section 3.2).
package final class LanguageDiscriminator: Sendable {
    /// Numbers of a state.
    package let width: Int
    package let hiddenWidth: Int
    /// `W1` `[H, D]`, `b1` `[H]`, `w2` `[H]`, `b2`; then their first and second moments.
    package let arrays: FloatBuffer
    package let parameterCount: Int

    /// - Parameter seed: Of the initial weights.
    package init(width D: Int, hiddenWidth H: Int, seed: UInt64) {
        (width, hiddenWidth) = (D, H)
        parameterCount = H * D + 2 * H + 1
        arrays = FloatBuffer(count: 3 * parameterCount)
        var random = RandomSource(seed: seed, stream: .survey, 1)
        for index in 0..<H * D { arrays[index] = Float(random.nextNormal() * (2 / Double(D)).squareRoot()) }
        for index in 0..<H { arrays[H * D + H + index] = Float(random.nextNormal() * (1 / Double(H)).squareRoot()) }
    }

    /// P(source), and the hidden layer.
    package func output(_ state: UnsafePointer<Float>) -> (source: Double, hidden: [Float]) {
        let D = width, H = hiddenWidth, p = arrays.pointer
        var hidden = [Float](repeating: 0, count: H), squares = hidden
        Kernel.dotRows(rowCount: H, columnCount: D, x: p, xStride: D, q: state, dots: &hidden, squares: &squares)
        var logit = p[H * D + 2 * H]
        for j in 0..<H {
            hidden[j] = max(0, hidden[j] + p[H * D + j])
            logit += hidden[j] * p[H * D + H + j]
        }
        return (1 / (1 + exp(-Double(logit))), hidden)
    }

    /// Adds `weight` times the gradient of the binary cross-entropy by the weights.
    ///
    /// - Parameters:
    ///   - isSource: What is true of the state.
    ///   - gradient: `[parameterCount]`
    ///   - against: Receives the gradient by the *state* of `againstWeight` times the cross-entropy with the *other* answer:
    ///     what makes a tagger's states hard to tell apart.
    /// - Returns: The binary cross-entropy, not weighted, and P(source).
    @discardableResult
    package func learn(
        _ state: UnsafePointer<Float>, isSource: Bool, weight: Float, gradient: UnsafeMutablePointer<Float>,
        against: UnsafeMutablePointer<Float>? = nil, againstWeight: Float = 0
    ) -> (loss: Double, source: Double) {
        let D = width, H = hiddenWidth, p = arrays.pointer
        let (source, hidden) = output(state)
        let slope = weight * Float(source - (isSource ? 1 : 0))
        let back = againstWeight * Float(source - (isSource ? 0 : 1))
        gradient[H * D + 2 * H] += slope
        for j in 0..<H where hidden[j] > 0 {
            let w = p[H * D + H + j]
            gradient[H * D + H + j] += slope * hidden[j]
            gradient[H * D + j] += slope * w
            Kernel.axpy(count: D, a: slope * w, x: state, y: gradient + j * D)
            if let against { Kernel.axpy(count: D, a: back * w, x: p + j * D, y: against) }
        }
        return (-log(max(isSource ? source : 1 - source, 1e-30)), source)
    }

    /// One step of Adam; a gradient that is not finite changes nothing.
    ///
    /// - Parameter update: From 1.
    package func step(_ gradient: FloatBuffer, update: Int, learningRate: Double) {
        AdamW(learningRate: learningRate, beta1: 0.9, beta2: 0.999, weightDecay: 1e-4, maximumGradientNorm: 5)
            .apply(gradient, to: arrays, update: update)
    }
}
