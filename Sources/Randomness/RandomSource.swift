import Glibc

/// Random numbers as a pure function of (seed, stream, count), the same on every machine.
///
/// ``SplitMix64`` from a state that all of them make together.
package struct RandomSource: RandomNumberGenerator, Sendable {
    /// What the numbers are for; different purposes never share numbers.
    package enum Stream: UInt64, Sendable {
        case initialization = 1, blockOrder, sentenceOrder, dropout, codeSwitch, skipGram, hiding, similarity
        case pairs, selection, survey, subwordFit, units
        case projection = 64
    }

    private var generator: SplitMix64

    package init(seed: UInt64, stream: Stream, _ counters: UInt64...) {
        var state = seed
        for value in [stream.rawValue] + counters {
            state = SplitMix64.mix(state &+ SplitMix64.increment) ^ SplitMix64.mix(value &+ 0xD1B5_4A32_D192_ED03)
        }
        generator = SplitMix64(seed: state)
    }

    package mutating func next() -> UInt64 { generator.next() }

    /// Uniform in 0 ..< 1, with 53 bits.
    package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0 ..< count.
    package mutating func below(_ count: Int) -> Int { generator.index(below: count) }

    /// Standard normal, by Box and Muller 1958.
    package mutating func nextNormal() -> Double {
        let radius = (-2 * log(1 - nextUniform())).squareRoot()
        return radius * cos(2 * Double.pi * nextUniform())
    }

    /// A permutation of 0 ..< count (Fisher and Yates).
    package mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for index in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(index, below(index + 1))
        }
        return order
    }
}
