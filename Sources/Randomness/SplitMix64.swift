/// A small random number generator whose numbers are the same on every platform and in every version.
///
/// - Note: Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators"; constants of Vigna's
///   reference implementation.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mix(state)
    }

    static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The output function.
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number in `0..<bound`, from one draw.
    ///
    /// The high half of a product; its bias is below `bound / 2^64`, not worth a loop with a varying number of draws.
    package mutating func index(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
