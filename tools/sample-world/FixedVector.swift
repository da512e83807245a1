/// A word vector in fixed point: every component is an integer in units of 1/65536.
///
/// Integers keep the files equal on every machine; floating-point sums and printing would not promise that.
package struct FixedVector {
    /// The width of every vector of the world.
    package static let dimension = 50

    /// The length that vectors have in a file, in thousandths.
    ///
    /// Readers normalise, so the length carries nothing; a small one keeps the compressed files small, and three
    /// decimals still resolve about a fourteenth of a component's standard deviation.
    package static let fileLengthInThousandths = 100

    /// The components, ``dimension`` of them.
    package var components: [Int]

    /// The zero vector.
    init() {
        components = [Int](repeating: 0, count: Self.dimension)
    }

    /// A random direction; each component has standard deviation 1 (65536).
    package init(random: inout Random) {
        components = []
        components.reserveCapacity(Self.dimension)
        for _ in 0..<Self.dimension { components.append(random.gaussian()) }
    }

    /// Adds `other` times `weight` / 1000.
    mutating func add(_ other: FixedVector, weight: Int) {
        for index in 0..<Self.dimension {
            components[index] += other.components[index] * weight / 1000
        }
    }

    /// Returns the components in thousandths after scaling to ``fileLengthInThousandths``, rounded half away from zero.
    package func thousandths() -> [Int] {
        let length = max(1, Self.squareRoot(components.reduce(0) { $0 + $1 * $1 }))
        return components.map { component in
            let scaled = component * Self.fileLengthInThousandths * 2
            return (scaled + (scaled < 0 ? -length : length)) / (2 * length)
        }
    }

    /// Returns the integer square root, rounded down.
    ///
    /// - Precondition: `value` is not negative.
    static func squareRoot(_ value: Int) -> Int {
        precondition(value >= 0, "square root of \(value)")
        guard value > 1 else { return value }
        var estimate = 1 << ((Int.bitWidth - value.leadingZeroBitCount + 1) / 2)
        while true {
            let better = (estimate + value / estimate) / 2
            if better >= estimate { return estimate }
            estimate = better
        }
    }
}
