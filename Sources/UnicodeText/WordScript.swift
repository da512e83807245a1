/// The script of a word, roughly: that of the Unicode block of its first letter.
///
/// Blocks, not the Script property: what is asked for is a heading in a report, and borrowed letters of other blocks
/// do not matter there.
///
/// - Note: Unicode 16, Blocks.txt.
package enum WordScript {
    /// The name of the script; `digits`, `punctuation`, `symbols` or `other` for a word without letters.
    package static func name(of word: UnsafeBufferPointer<UInt8>) -> StaticString {
        guard let base = word.baseAddress else { return "other" }
        var fallback: StaticString = "other"
        var hasFallback = false
        var index = 0
        while index < word.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index, end: word.count)
            index += length
            let kind = CharacterClass(scalar)
            if kind.isLetter { return name(ofLetter: scalar) }
            if hasFallback { continue }
            hasFallback = true
            fallback =
                switch kind {
                case .digit, .otherNumber: "digits"
                case .punctuation: "punctuation"
                case .symbol: "symbols"
                default: "other"
                }
        }
        return fallback
    }

    private static func name(ofLetter scalar: UInt32) -> StaticString {
        var low = 0, high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].first <= scalar { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? "Latin" : blocks[low - 1].name
    }

    /// Where a run of blocks of one script begins; it ends where the next one begins.
    private static let blocks: [(first: UInt32, name: StaticString)] = [
        (0, "Latin"), (0x370, "Greek"), (0x400, "Cyrillic"), (0x530, "Armenian"), (0x590, "Hebrew"),
        (0x600, "Arabic"), (0x700, "Syriac"), (0x750, "Arabic"), (0x780, "Thaana"), (0x7C0, "Nko"), (0x800, "other"),
        (0x860, "Syriac"), (0x870, "Arabic"), (0x900, "Devanagari"), (0x980, "Bengali"), (0xA00, "Gurmukhi"),
        (0xA80, "Gujarati"), (0xB00, "Oriya"), (0xB80, "Tamil"), (0xC00, "Telugu"), (0xC80, "Kannada"),
        (0xD00, "Malayalam"), (0xD80, "Sinhala"), (0xE00, "Thai"), (0xE80, "Lao"), (0xF00, "Tibetan"),
        (0x1000, "Myanmar"), (0x10A0, "Georgian"), (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, "Cherokee"),
        (0x1400, "Canadian Aboriginal"), (0x1680, "other"), (0x1780, "Khmer"), (0x1800, "Mongolian"),
        (0x18B0, "Canadian Aboriginal"), (0x1900, "other"), (0x1C80, "Cyrillic"), (0x1C90, "Georgian"),
        (0x1CC0, "other"), (0x1D00, "Latin"), (0x1F00, "Greek"), (0x2000, "other"), (0x2070, "Latin"),
        (0x20A0, "other"), (0x2C00, "Glagolitic"), (0x2C60, "Latin"), (0x2C80, "Coptic"), (0x2D00, "Georgian"),
        (0x2D30, "Tifinagh"), (0x2D80, "Ethiopic"), (0x2DE0, "Cyrillic"), (0x2E00, "other"), (0x2E80, "Han"),
        (0x3040, "Hiragana"), (0x30A0, "Katakana"), (0x3100, "Bopomofo"), (0x3130, "Hangul"), (0x3190, "other"),
        (0x31F0, "Katakana"), (0x3200, "other"), (0x3400, "Han"), (0xA000, "Yi"), (0xA4D0, "Lisu"), (0xA500, "Vai"),
        (0xA640, "Cyrillic"), (0xA6A0, "Bamum"), (0xA700, "Latin"), (0xA800, "other"), (0xA8E0, "Devanagari"),
        (0xA900, "other"), (0xA960, "Hangul"), (0xA980, "other"), (0xAA60, "Myanmar"), (0xAA80, "other"),
        (0xAB00, "Ethiopic"), (0xAB30, "Latin"), (0xAB70, "Cherokee"), (0xABC0, "other"), (0xAC00, "Hangul"),
        (0xD800, "other"), (0xF900, "Han"), (0xFB00, "Latin"), (0xFB13, "Armenian"), (0xFB1D, "Hebrew"),
        (0xFB50, "Arabic"), (0xFE00, "other"), (0xFE70, "Arabic"), (0xFF00, "Latin"), (0xFF65, "Katakana"),
        (0xFFA0, "Hangul"), (0xFFE0, "other"), (0x16800, "Bamum"), (0x16A40, "other"), (0x1B000, "Katakana"),
        (0x1B170, "other"), (0x1E900, "Adlam"), (0x1E960, "other"), (0x1EE00, "Arabic"), (0x1EF00, "other"),
        (0x20000, "Han"), (0x323B0, "other"),
    ]
}
