/// Writes numbers with a fixed count of decimals, as C's `%.2f` does, without Foundation or a locale.
package enum FixedDecimal {
    /// Returns `value` rounded to `decimals` places.
    ///
    /// The exact binary value is rounded, half to even, like glibc's `printf`; only a minus sign before zero is left
    /// out. Values from 1e18 and those that are not finite come as `Double` describes itself.
    ///
    /// - Precondition: `decimals` is in `0..<10`.
    package static func text(_ value: Double, decimals: Int) -> String {
        precondition((0..<10).contains(decimals), "decimals \(decimals) outside 0..<10")
        guard value.isFinite, value.magnitude < 1e18 else { return "\(value)" }
        var scale: UInt128 = 1
        for _ in 0..<decimals { scale *= 10 }

        let rounded = roundedProduct(value.magnitude, scale)
        let sign = value < 0 && rounded > 0 ? "-" : ""
        let whole = "\(rounded / scale)"
        guard decimals > 0 else { return sign + whole }
        let fraction = "\(rounded % scale)"
        return "\(sign)\(whole).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    /// Returns `magnitude * scale` rounded half to even, computed in integers.
    private static func roundedProduct(_ magnitude: Double, _ scale: UInt128) -> UInt128 {
        guard magnitude > 0 else { return 0 }
        // magnitude = significand * 2^exponent with a significand below 2^53; the product stays below 2^83.
        let raw = magnitude.bitPattern & 0xF_FFFF_FFFF_FFFF
        let biased = Int(magnitude.exponentBitPattern)
        let significand = UInt128(biased == 0 ? raw : raw | 0x10_0000_0000_0000)
        let exponent = (biased == 0 ? 1 : biased) - 1075
        let product = significand * scale
        if exponent >= 0 { return product << UInt128(exponent) }
        let shift = -exponent
        guard shift < 100 else { return 0 }
        let quotient = product >> UInt128(shift)
        let remainder = product & ((UInt128(1) << UInt128(shift)) - 1)
        let half = UInt128(1) << UInt128(shift - 1)
        return remainder > half || (remainder == half && quotient & 1 == 1) ? quotient + 1 : quotient
    }
}
