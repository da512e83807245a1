import Glibc

/// The standard normal distribution.
package enum Normal {
    /// The chance of a value at least as far from 0, on either side.
    package static func twoSidedPValue(_ z: Double) -> Double { erfc(z.magnitude / 2.0.squareRoot()) }

    /// The value below which a share lies, to some 1e-15: Newton's method on the distribution function.
    ///
    /// - Precondition: `share` lies between 0 and 1.
    package static func quantile(_ share: Double) -> Double {
        precondition(share > 0 && share < 1, "share \(share) must lie between 0 and 1")
        // From the side where the function is convex the steps come nearer and never overshoot.
        guard share > 0.5 else { return share == 0.5 ? 0 : -quantile(1 - share) }
        var value = 0.0
        for _ in 0..<200 {
            let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
            let step = (share - (1 - erfc(value / 2.0.squareRoot()) / 2)) / density
            value += step
            if step.magnitude < 1e-15 * max(1, value) { break }
        }
        return value
    }
}
