/// Plain versions of every kernel, for tests: the same definitions, one scalar loop each, sums in double precision.
///
/// Nothing in the pipeline calls them. They take and return arrays and read as the formulas do.
package enum Reference {
    /// `C = A B` with `A[m, k] = a[m * aRowStride + k * aColumnStride]` and dense `b`, `[K, N]`.
    ///
    /// - Returns: `[M, N]`, dense, as doubles: the exact-enough value to compare with.
    package static func multiply(
        rowCount: Int, columnCount: Int, depth: Int, a: [Float], aRowStride: Int, aColumnStride: Int, b: [Float]
    ) -> [Double] {
        var result = [Double](repeating: 0, count: rowCount * columnCount)
        for m in 0..<rowCount {
            for k in 0..<depth {
                let left = Double(a[m * aRowStride + k * aColumnStride])
                for n in 0..<columnCount { result[m * columnCount + n] += left * Double(b[k * columnCount + n]) }
            }
        }
        return result
    }

    /// One dense row: mean and `1 / sqrt(variance + epsilon)`, and the normalized, scaled and shifted values.
    package static func layerNorm(
        x: [Float], gamma: [Float], beta: [Float], epsilon: Float
    ) -> (y: [Double], mean: Double, inverseDeviation: Double) {
        let values = x.map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let inverse = 1 / (variance + Double(epsilon)).squareRoot()
        let y = values.indices.map { (values[$0] - mean) * inverse * Double(gamma[$0]) + Double(beta[$0]) }
        return (y, mean, inverse)
    }

    /// Gradients of one row of ``layerNorm(x:gamma:beta:epsilon:)``.
    package static func layerNormBackward(
        dy: [Float], x: [Float], gamma: [Float], epsilon: Float
    ) -> (dx: [Double], gammaGradient: [Double], betaGradient: [Double]) {
        let zeros = [Float](repeating: 0, count: x.count)
        let (_, mean, inverse) = layerNorm(x: x, gamma: gamma, beta: zeros, epsilon: epsilon)
        let hat = x.map { (Double($0) - mean) * inverse }
        let g = dy.indices.map { Double(dy[$0]) * Double(gamma[$0]) }
        let count = Double(x.count)
        let mean1 = g.reduce(0, +) / count
        let mean2 = g.indices.reduce(0) { $0 + g[$1] * hat[$1] } / count
        let dx = g.indices.map { inverse * (g[$0] - mean1 - hat[$0] * mean2) }
        return (dx, hat.indices.map { Double(dy[$0]) * hat[$0] }, dy.map(Double.init))
    }

    /// Softmax of one row; `exponential` is the system's, as this module imports none.
    ///
    /// The differences to the maximum are floats, as in the kernel: their rounding alone is 2e-6 of the result at 60.
    package static func softmax(_ logits: [Float], exponential: (Double) -> Double) -> [Double] {
        let top = logits.max() ?? 0
        let powers = logits.map { exponential(Double($0 - top)) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// The 32-bit hash of one element of a dropout mask.
    package static func hash(key: UInt64, index: UInt64) -> UInt32 {
        func mix(_ value: UInt64) -> UInt64 {
            var z = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        let golden: UInt64 = 0x9e37_79b9_7f4a_7c15
        let sub = mix(mix(key &+ golden) &+ ((index >> 32) &+ 1) &* golden)
        var h = UInt32(truncatingIfNeeded: index) ^ UInt32(truncatingIfNeeded: sub)
        h ^= h >> 16
        h = h &* 0x21f0_aaad
        h ^= h >> 15
        h = h &+ UInt32(truncatingIfNeeded: sub >> 32)
        h = h &* 0xd35a_2d97
        return h ^ (h >> 15)
    }

    /// `x * scale` where the mask keeps the element, else 0.
    package static func dropout(_ x: [Float], mask: DropoutMask, firstIndex: UInt64) -> [Float] {
        x.indices.map {
            hash(key: mask.key, index: firstIndex &+ UInt64($0)) >= mask.threshold ? x[$0] * mask.scale : 0
        }
    }

    /// One weight through one AdamW update, in double precision.
    package static func adamW(
        weight: Double, gradient: Double, firstMoment: Double, secondMoment: Double, update: AdamWUpdate
    ) -> (weight: Double, firstMoment: Double, secondMoment: Double) {
        let g = gradient * update.gradientScale
        let m = update.beta1 * firstMoment + (1 - update.beta1) * g
        let v = update.beta2 * secondMoment + (1 - update.beta2) * g * g
        let stepped = weight - update.biasCorrectedStep * m / (v.squareRoot() + update.epsilon)
        return (stepped - update.learningRate * update.weightDecay * stepped, m, v)
    }

    /// The value of an IEEE binary16 bit pattern.
    package static func float(half bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10) & 0x1f, fraction = Float(bits & 0x3ff)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
