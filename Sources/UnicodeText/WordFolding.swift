import CUnicodeTables

/// What is done to a word before it is lower-cased and composed, so that its usual ways of writing are one; the slow path
/// of ``LookupForm`` with the folding `words`, for the few words that need it.
///
/// - What nobody sees is left out: soft hyphen, zero-width (non-)joiner, marks of direction, variation selectors (the
///   scalars that are Default_Ignorable_Code_Point or Cf, but for letters and prepended marks; as in NFKC_Casefold).
///   A Persian word is one with and without its joiner. A word of nothing else is left as it is.
/// - Apostrophes beside a letter or digit become U+0027: modifier letters (Hausa, Igbo, Ghomala, Ukrainian, Hawaiian,
///   Uzbek) and quotation marks in their place. A quotation mark alone stays what it is, and so do the prime and the ASCII
///   grave accent: inside of words it stands in 4 of 1.9 million tokens of labelled text, and where it opens quotations
///   in many more.
/// - A capital sigma at the end of a word becomes final (Final_Sigma of SpecialCasing; all marks count as case-ignorable,
///   modifier letters and symbols other than apostrophes do not).
/// - A dotted i has no dot of its own: U+0307 after i or I is left out, so `İ` becomes i. Where I has no dot (Turkish,
///   Azerbaijani) it becomes ı.
///
/// What was folded stays as it is when it is folded again.
///
/// - Note: The Unicode Standard, section 3.13 and SpecialCasing.txt; Unicode Standard Annex #31, section 5.1.
enum WordFolding {
    /// Calls `body` with the folded bytes. Memory is 3 bytes for each of the word.
    static func withFolded(
        _ base: UnsafePointer<UInt8>, _ count: Int, hasDotlessI: Bool, _ body: (UnsafePointer<UInt8>, Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count * 3) { buffer in
            guard let output = buffer.baseAddress else { return }
            let word = Word(base: base, count: count, hasDotlessI: hasDotlessI)
            let filled = word.fold(into: output)
            if filled == 0 { body(base, count) } else { body(output, filled) }
        }
    }

    private struct Word {
        let base: UnsafePointer<UInt8>
        let count: Int
        let hasDotlessI: Bool

        func fold(into output: UnsafeMutablePointer<UInt8>) -> Int {
            var filled = 0, index = 0
            var followsWord = false, followsCased = false, followsDottedI = false
            while index < count {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: count)
                let properties = nu_properties(scalar)
                index += length
                if WordFolding.isRemoved(properties) || scalar == WordFolding.dotAbove && followsDottedI { continue }
                let isApostrophe = WordFolding.isApostrophe(scalar)
                var mapped = scalar
                switch scalar {
                case 0x3A3 where followsCased && !isFollowedByCased(index): mapped = 0x3C2
                case 0x130: mapped = 0x69
                case 0x49 where hasDotlessI: mapped = isFollowedByDot(index) ? 0x69 : 0x131
                case _ where isApostrophe: if followsWord || isFollowedByWord(index) { mapped = 0x27 }
                default: break
                }
                filled += WordFolding.write(mapped, to: output + filled)
                let kind = CharacterClass(properties: properties)
                followsWord = !isApostrophe && WordFolding.isPartOfWord(kind) || followsWord && kind == .mark
                followsCased =
                    WordFolding.isCased(kind) || followsCased && WordFolding.isCaseIgnorable(scalar, properties)
                let combiningClass = nu_normalization(scalar) & 0xFF
                followsDottedI =
                    mapped == 0x69 || mapped == 0x49 || followsDottedI && combiningClass != 0 && combiningClass != 230
            }
            return filled
        }

        private func isFollowedByCased(_ start: Int) -> Bool {
            first(from: start) { !WordFolding.isCaseIgnorable($0, $1) }
                .map { WordFolding.isCased(CharacterClass(properties: $0.properties)) } ?? false
        }

        private func isFollowedByWord(_ start: Int) -> Bool {
            first(from: start) { _, _ in true }.map {
                !WordFolding.isApostrophe($0.scalar)
                    && WordFolding.isPartOfWord(CharacterClass(properties: $0.properties))
            } ?? false
        }

        private func isFollowedByDot(_ start: Int) -> Bool {
            first(from: start) { scalar, _ in
                let combiningClass = nu_normalization(scalar) & 0xFF
                return combiningClass == 0 || combiningClass == 230
            }.map { $0.scalar == WordFolding.dotAbove } ?? false
        }

        /// The next scalar that is not left out and that `isMeant` says.
        private func first(
            from start: Int, where isMeant: (_ scalar: UInt32, _ properties: UInt16) -> Bool
        ) -> (scalar: UInt32, properties: UInt16)? {
            var index = start
            while index < count {
                let (scalar, length) = UTF8Scalar.decode(base, at: index, end: count)
                let properties = nu_properties(scalar)
                if !WordFolding.isRemoved(properties), isMeant(scalar, properties) { return (scalar, properties) }
                index += length
            }
            return nil
        }
    }

    private static let dotAbove: UInt32 = 0x307

    /// Invisible and folded: see the generated tables.
    private static func isRemoved(_ properties: UInt16) -> Bool { properties & 0xA000 == 0xA000 }

    private static func isApostrophe(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x27, 0xB4, 0x2BB, 0x2BC, 0x5F3, 0x2018, 0x2019, 0x201B, 0xFF07: true
        default: false
        }
    }

    private static func isPartOfWord(_ kind: CharacterClass) -> Bool { kind.isLetter || kind == .digit }
    private static func isCased(_ kind: CharacterClass) -> Bool { kind == .upper || kind == .lower }

    private static func isCaseIgnorable(_ scalar: UInt32, _ properties: UInt16) -> Bool {
        switch Int(properties & 31) {
        case NU_WORD_MIDLETTER, NU_WORD_MIDNUMLET, NU_WORD_SINGLE_QUOTE: true
        default: CharacterClass(properties: properties) == .mark || isApostrophe(scalar)
        }
    }

    /// Writes the UTF-8 form of a scalar; returns how many bytes.
    private static func write(_ scalar: UInt32, to output: UnsafeMutablePointer<UInt8>) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | scalar &>> shift & 0x3F) }
        if scalar < 0x80 {
            output[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        }
        if scalar < 0x800 {
            output[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar &>> 6)
            output[1] = tail(0)
            return 2
        }
        if scalar < 0x10000 {
            output[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar &>> 12)
            output[1] = tail(6)
            output[2] = tail(0)
            return 3
        }
        output[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar &>> 18)
        output[1] = tail(12)
        output[2] = tail(6)
        output[3] = tail(0)
        return 4
    }
}
