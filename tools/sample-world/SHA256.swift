/// The SHA-256 digest.
///
/// - Source: FIPS 180-4, sections 4.1.2, 5.1.1, 5.3.3 and 6.2. The constants are the first 32 bits of the fractional
///   parts of the square and cube roots of the first primes, computed here from that definition.
package enum SHA256 {
    private static let primes: [UInt64] = {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < 64 {
            if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }()

    /// Returns the first 32 bits of the fractional part of the `power`-th root of `prime`.
    private static func rootFraction(of prime: UInt64, power: Int) -> UInt32 {
        // The largest r with r^power <= prime * 2^(32 power), found bit by bit in 128-bit arithmetic.
        let target = UInt128(prime) << UInt128(32 * power)
        var root: UInt128 = 0
        for bit in stride(from: 36, through: 0, by: -1) {
            let trial = root | (1 << UInt128(bit))
            if (power == 2 ? trial * trial : trial * trial * trial) <= target { root = trial }
        }
        return UInt32(truncatingIfNeeded: root)
    }

    private static let initial = primes.prefix(8).map { rootFraction(of: $0, power: 2) }
    private static let rounds = primes.map { rootFraction(of: $0, power: 3) }

    /// Returns the digest as 64 hexadecimal digits.
    package static func hexadecimal(of bytes: [UInt8]) -> String {
        var state = initial
        var words = [UInt32](repeating: 0, count: 64)
        let constants = rounds
        var tail = Array(bytes[(bytes.count / 64 * 64)...])
        tail.append(0x80)
        while tail.count % 64 != 56 { tail.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: (UInt64(bytes.count) * 8) >> UInt64(shift)))
        }
        for start in stride(from: 0, to: bytes.count / 64 * 64, by: 64) {
            absorb(bytes[start..<start + 64], into: &state, words: &words, constants: constants)
        }
        for start in stride(from: 0, to: tail.count, by: 64) {
            absorb(tail[start..<start + 64], into: &state, words: &words, constants: constants)
        }
        let digits = Array("0123456789abcdef")
        return String(
            state.flatMap { word in
                stride(from: 28, through: 0, by: -4).map { digits[Int(word >> UInt32($0)) & 15] }
            })
    }

    private static func absorb(
        _ block: ArraySlice<UInt8>, into state: inout [UInt32], words: inout [UInt32], constants: [UInt32]
    ) {
        func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { (value >> count) | (value << (32 - count)) }
        for index in 0..<16 {
            words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[block.startIndex + index * 4 + $1]) }
        }
        for index in 16..<64 {
            let near = words[index - 2]
            let far = words[index - 15]
            let sum1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >> 10)
            let sum0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >> 3)
            words[index] = words[index - 16] &+ sum0 &+ words[index - 7] &+ sum1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ words[index]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let second = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
}
