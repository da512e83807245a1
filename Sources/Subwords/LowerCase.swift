import CUnicodeTables

/// Lower case as Rust's `char::to_lowercase` has it (Unicode 17.0): scalar by scalar, whatever the language.
enum LowerCase {
    /// The first scalar of the mapping; only U+0130 has a second one, U+0307.
    static func map(_ scalar: UInt32) -> UInt32 {
        let mapped = nu_lower(scalar)
        return mapped == scalar ? recent(scalar) : mapped
    }

    /// What came after Unicode 15.0, that of `nu_lower`.
    private static func recent(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x1C89, 0xA7CC, 0xA7CE, 0xA7D2, 0xA7D4, 0xA7DA: scalar + 1
        case 0xA7CB: 0x264
        case 0xA7DC: 0x19B
        case 0x10D50...0x10D65: scalar + 32
        case 0x16EA0...0x16EB8: scalar + 27
        default: scalar
        }
    }
}
