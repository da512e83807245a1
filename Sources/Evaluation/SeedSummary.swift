// Optimized builds turn squareRoot() into a call of libm, which only this import links.
import Glibc

/// Mean and spread of one score over training seeds.
///
/// Report these, never the best seed.
package struct SeedSummary: Equatable, Sendable {
    package let count: Int

    /// 0 without values.
    package let mean: Double

    /// With n - 1 in the denominator; `nil` for fewer than two values, where it does not exist.
    package let standardDeviation: Double?

    package init(_ values: [Double]) {
        count = values.count
        guard !values.isEmpty else {
            mean = 0
            standardDeviation = nil
            return
        }
        var sum = 0.0
        for value in values { sum += value }
        let mean = sum / Double(values.count)
        self.mean = mean
        guard values.count >= 2 else {
            standardDeviation = nil
            return
        }
        // Second pass over deviations: the sum of squares minus the squared sum cancels when scores are close together.
        var squares = 0.0
        for value in values { squares += (value - mean) * (value - mean) }
        standardDeviation = (squares / Double(values.count - 1)).squareRoot()
    }
}
