/// Reads decimal numbers from text, eight digits at a time and without making strings.
enum DecimalNumber {
    /// Bytes behind a number that must be readable, whatever they hold.
    static let padding = 16

    /// The number at `start`, rounded to the nearest float, and where it ends; nil for a form that is not covered, for
    /// which ``slow(_:)`` exists: more than 19 digits, exponents beyond 22, `nan`, `inf`, and what is no number.
    ///
    /// A mantissa below 2^53 and a power of ten up to 10^22 are exact doubles, so one multiplication or division rounds
    /// once (Clinger 1990, "How to read floating point numbers accurately"). Rounding the result again to a float goes
    /// wrong only if the double is exactly between two floats, or below the normal range: these go the slow way.
    ///
    /// - Parameter powers: ``Powers/shared``, taken once outside of the loop.
    /// - Precondition: ``padding`` bytes behind the number's end are readable.
    @inline(__always)
    static func parse(_ start: UnsafePointer<UInt8>, _ powers: Powers)
        -> (value: Float, end: UnsafePointer<UInt8>)?
    {
        var position = start
        let isNegative = position[0] == 0x2D
        // Signs are as good as random: without a branch.
        position += isNegative || position[0] == 0x2B ? 1 : 0
        var mantissa = UInt64(position[0] &- 0x30)
        var digitCount = 1
        if mantissa < 10 && position[1] == 0x2E {
            position += 1  // the usual form: one digit, a point, more digits
        } else {
            mantissa = 0
            digitCount = appendDigits(&position, &mantissa, powers)
            if digitCount == 8 { digitCount += appendDigits(&position, &mantissa, powers) }
        }
        var exponent = 0
        if position[0] == 0x2E {
            position += 1
            var count = appendDigits(&position, &mantissa, powers)
            if count == 8 { count += appendDigits(&position, &mantissa, powers) }
            exponent = -count
            digitCount += count
        }
        if position[0] | 0x20 == 0x65 {
            position += 1
            let isNegative = position[0] == 0x2D
            if isNegative || position[0] == 0x2B { position += 1 }
            var power: UInt64 = 0
            let count = appendDigits(&position, &power, powers)
            guard count > 0, count < 4 else { return nil }
            exponent += isNegative ? -Int(power) : Int(power)
        }
        // 19 digits cannot overflow; the check of the mantissa then sees its true value.
        guard digitCount > 0, digitCount < 20, position[0] &- 0x30 > 9, mantissa < 1 << 53, exponent.magnitude < 23
        else { return nil }
        let power = powers.ofTen[Int(exponent.magnitude)]
        let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
        let isExactlyBetween = value.bitPattern & 0x1FFF_FFFF == 0x1000_0000
        guard !isExactlyBetween, value >= Double(Float.leastNormalMagnitude) || mantissa == 0 else { return nil }
        return (Float(bitPattern: Float(value).bitPattern | (isNegative ? 0x8000_0000 : 0)), position)
    }

    /// Any number, `nan` and `inf` too.
    static func slow(_ bytes: UnsafeBufferPointer<UInt8>) -> Float? { Float(String(decoding: bytes, as: UTF8.self)) }

    /// Reads up to eight digits; returns how many there were.
    @inline(__always)
    private static func appendDigits(
        _ position: inout UnsafePointer<UInt8>, _ mantissa: inout UInt64, _ powers: Powers
    ) -> Int {
        let digits =
            UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
            ^ 0x3030_3030_3030_3030
        // The high bit of the first byte that is no digit is set, and of none before it.
        let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
        let count = others == 0 ? 8 : others.trailingZeroBitCount &>> 3
        guard count > 0 else { return 0 }
        // The digits in the high bytes, zeros before them: then pairs, fours and eights are added up side by side.
        var value = digits &<< UInt64(64 &- 8 &* count)
        value = ((value & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) &>> 8
        value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
        value = ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
        mantissa = mantissa &* powers.wholeOfTen[count] &+ value
        position += count
        return count
    }

    /// Powers of ten, behind pointers: an array, or a global, would be checked with each number.
    struct Powers: @unchecked Sendable {  // nothing is written after the initializer, and nothing is freed
        /// 1 to 10^22, all exact.
        let ofTen: UnsafePointer<Double>
        /// 1 to 10^8.
        let wholeOfTen: UnsafePointer<UInt64>

        static let shared = Powers()

        private init() {
            let ofTen = UnsafeMutablePointer<Double>.allocate(capacity: 23)
            var power = 1.0
            for index in 0..<23 {
                ofTen[index] = power
                power *= 10
            }
            let wholeOfTen = UnsafeMutablePointer<UInt64>.allocate(capacity: 9)
            for index in 0..<9 { wholeOfTen[index] = UInt64(ofTen[index]) }
            (self.ofTen, self.wholeOfTen) = (UnsafePointer(ofTen), UnsafePointer(wholeOfTen))
        }
    }
}
