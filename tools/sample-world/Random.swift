/// A deterministic random source: the same seed and label give the same numbers on every machine.
///
/// Everything derived from it is integer arithmetic, so no result depends on a floating-point library.
///
/// - Source: xoshiro256** 1.0, Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators"
///   (public-domain reference code); its state is filled by SplitMix64, Steele, Lea and Flood 2014, "Fast splittable
///   pseudorandom number generators"; labels are hashed with 64-bit FNV-1a.
package struct Random {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// Starts the stream named `label` of `seed`; streams with different labels are independent for our purposes.
    package init(seed: UInt64, label: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in label.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        var state = seed ^ hash
        func splitMix() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        s0 = splitMix()
        s1 = splitMix()
        s2 = splitMix()
        s3 = splitMix()
    }

    /// Starts from a given state, which must not be all zero.
    package init(state: (UInt64, UInt64, UInt64, UInt64)) {
        precondition(state != (0, 0, 0, 0), "the state of a generator must not be all zero")
        (s0, s1, s2, s3) = state
    }

    /// Returns the next 64 random bits.
    @inline(__always)
    package mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// Returns a number in `0 ..< bound` by a multiply-shift (bias below 2^-32 for the small bounds used here).
    @inline(__always)
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0 && bound <= 1 << 32, "bound \(bound) must be in 1 ... 2^32")
        return Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// Returns `true` with probability `perMille` / 1000.
    package mutating func chance(_ perMille: Int) -> Bool {
        below(1000) < perMille
    }

    /// Returns an index with probability proportional to its weight.
    ///
    /// - Precondition: `weights` is not empty, none is negative, and their sum is positive.
    package mutating func index(weights: [Int]) -> Int {
        var remaining = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if remaining < weight { return index }
            remaining -= weight
        }
        return weights.count - 1
    }

    /// Returns a nearly normal number with mean 0 and standard deviation 65536: the sum of twelve 16-bit uniforms.
    package mutating func gaussian() -> Int {
        var sum = 6 - 6 * 65536
        for _ in 0..<3 {
            let bits = next()
            sum += Int(bits & 0xffff) + Int((bits >> 16) & 0xffff) + Int((bits >> 32) & 0xffff) + Int(bits >> 48)
        }
        return sum
    }
}
