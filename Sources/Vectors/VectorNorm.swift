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

    /// Whether any value is infinite or no number, and whether all are zero.
    static func examine(_ vector: UnsafePointer<Float>, _ dimension: Int) -> (hasSpecial: Bool, isZero: Bool) {
        // All values are looked at, whatever the first ones are: so the loop is done with vector instructions.
        var special: UInt32 = 0
        var bits: UInt32 = 0
        for index in 0..<dimension {
            let magnitude = vector[index].bitPattern & 0x7FFF_FFFF
            special |= magnitude >= 0x7F80_0000 ? 1 : 0
            bits |= magnitude
        }
        return (special != 0, bits == 0)
    }
}
