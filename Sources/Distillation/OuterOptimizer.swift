package import Kernels

/// How the weights that a round begins with become those of the next, once every unit has gone on from them with its own data.
///
/// w: the weights of the round; m: the mean of what the units made of them; v: the velocity, zero at first.
package enum OuterOptimizer: Codable, Equatable, Sendable {
    /// `w <- m`: iterative parameter mixing (McDonald, Hall and Mann, NAACL 2010, figure 3).
    case mean
    /// `g = w - m; v <- momentum v + g; w <- w - rate (g + momentum v)`: Nesterov's step along the outer gradient g, as DiLoCo takes it
    /// (Douillard et al. 2023, algorithm 1).
    case nesterov(rate: Double, momentum: Double)

    /// Of DiLoCo, section 3.
    package static let diLoCo = (rate: 0.7, momentum: 0.9)

    package var hasVelocity: Bool { self != .mean }

    package var text: String {
        switch self {
        case .mean: "mean"
        case .nesterov(let rate, let momentum): "nesterov, rate \(rate), momentum \(momentum)"
        }
    }

    /// Takes the step, in 64 bits; what is kept is rounded to 32.
    ///
    /// - Parameters:
    ///   - weights: `[P]`, of the round; then of the next.
    ///   - mean: Of the `P` weights of all units.
    ///   - velocity: `[P]`; nil when there is none.
    package func step(_ weights: FloatBuffer, mean: WeightedMean, velocity: FloatBuffer?) {
        switch (self, velocity) {
        case (.nesterov(let rate, let momentum), let velocity?):
            precondition(velocity.count == weights.count, "\(velocity.count) velocities of \(weights.count) weights")
            for index in 0..<weights.count {
                let w = Double(weights[index]), gradient = w - mean[index]
                let v = momentum * Double(velocity[index]) + gradient
                velocity[index] = Float(v)
                weights[index] = Float(w - rate * (gradient + momentum * v))
            }
        case (.mean, _): for index in 0..<weights.count { weights[index] = Float(mean[index]) }
        case (.nesterov, nil): preconditionFailure("\(text) has a velocity")
        }
    }
}

/// `Σ a x / Σ a` in 64 bits, of arrays that come one after the other. Their order decides the last bits; of one array it is the array, to
/// the bit.
package struct WeightedMean {
    /// From -0, which changes no number that is added to it.
    private var sums: [Double]
    private var total = 0.0

    package init(count: Int) { sums = [Double](repeating: -0.0, count: count) }

    /// - Parameters:
    ///   - values: `[P]`
    ///   - a: How much they count, above 0.
    package mutating func add(_ values: FloatBuffer, weight a: Double) {
        precondition(values.count == sums.count && a > 0, "\(values.count) values of weight \(a) in \(sums.count) sums")
        for index in sums.indices { sums[index] += a * Double(values[index]) }
        total += a
    }

    package subscript(index: Int) -> Double { sums[index] / total }
}
