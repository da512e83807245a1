import Glibc

/// Random numbers as a pure function of (seed, stream, count), the same on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
package struct RandomSource: RandomNumberGenerator, Sendable {
    /// What the numbers are for; different purposes never share numbers.
    package enum Stream: UInt64, Sendable {
        case initialization = 1, blockOrder, sentenceOrder, dropout, codeSwitch, skipGram, hiding, similarity
        case pairs, selection, survey
        case projection = 64
    }

    private var state: UInt64

    package init(seed: UInt64, stream: Stream, _ counters: UInt64...) {
        state = seed
        for value in [stream.rawValue] + counters {
            state = Self.mix(state &+ 0x9E37_79B9_7F4A_7C15) ^ Self.mix(value &+ 0xD1B5_4A32_D192_ED03)
        }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Uniform in 0 ..< 1, with 53 bits.
    package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0 ..< count.
    package mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    /// Standard normal, by Box and Muller 1958.
    package mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUniform())).squareRoot()
        return radius * cos(2 * Double.pi * nextUniform())
    }

    /// A permutation of 0 ..< count (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, Int(next().multipliedFullWidth(by: UInt64(index + 1)).high))
        }
        return order
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
