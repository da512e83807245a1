import Kernels

/// How the rows of a table are scaled when it is made.
package enum VectorNormalization: String, CaseIterable, Sendable {
    /// Every row has length 1.
    case unit
    /// Length 1, then less the mean of the rows of its language, then length 1 again (Artetxe et al. 2018, "A robust
    /// self-learning method for fully unsupervised cross-lingual mappings", section 3.1).
    case centerUnit = "center,unit"
    case none
}

package enum VectorNorm {
    /// Scales to length 1; a vector that is zero, or so short that a float cannot hold the factor, becomes zero.
    package static func makeUnit(_ vector: UnsafeMutablePointer<Float>, _ dimension: Int) {
        let norm = Kernel.sumOfSquares(count: dimension, x: vector).squareRoot()
        let factor = Float(1 / norm)
        if factor.isFinite {
            Kernel.scale(count: dimension, a: factor, y: vector)
        } else {
            vector.update(repeating: 0, count: dimension)
        }
    }

    /// The largest magnitude, as the pattern of a float: 0 when all are zero, from that of infinity on when a value is
    /// infinite or no number.
    static func largestPattern(_ vector: UnsafePointer<Float>, _ dimension: Int) -> UInt32 {
        // All values are looked at, whatever the first ones are: so the loop is done with vector instructions.
        var largest: UInt32 = 0  // magnitudes are ordered as their patterns are
        for index in 0..<dimension { largest = max(largest, vector[index].bitPattern & 0x7FFF_FFFF) }
        return largest
    }
}
