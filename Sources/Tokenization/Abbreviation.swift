import CUnicodeTables
import UnicodeText

/// What the token before a period looks like, for the decision whether the period can end a sentence.
struct Abbreviation {
    /// A single cased letter, or such letters with periods between: `J`, `e.g`, `U.S`.
    var isInitials = false
    /// At most four ASCII letters without a vowel and not all upper-case (`Dr`, `Sgt`, `ltd`, `Bw`), or a listed title.
    var isTitle = false
    /// At most four letters, or at most three digits: with a digit after the period it is `No. 5` or `12. 5`.
    var isShort = false
    /// At most three digits.
    var isShortNumber = false

    /// Titles with a vowel that stand before names, capitalized; those without one are recognised by that.
    private static let titles: [StaticString] = [
        "Prof", "Gen", "Rev", "Gov", "Sen", "Capt", "Col", "Maj", "Hon", "Sra", "Srta", "Dra",
    ]

    static let none = Abbreviation()

    private init() {}

    /// - Parameter token: UTF-8. Longer tokens than any abbreviation are not read.
    init(_ token: UnsafeBufferPointer<UInt8>) {
        guard let base = token.baseAddress, token.count <= 24 else { return }
        var letterCount = 0
        var digitCount = 0
        var otherCount = 0
        // The pattern letter (period letter)*: true while it holds.
        var isInitials = true
        var expectsLetter = true
        var index = 0
        while index < token.count {
            let decoded = nu_decode(base, index, token.count)
            let properties = nu_properties(decoded.scalar)
            index += Int(decoded.length)
            switch CharacterClass(properties: properties) {
            case .upper, .lower:
                letterCount += 1
                isInitials = isInitials && expectsLetter
                expectsLetter = false
            case .otherLetter:
                letterCount += 1
                isInitials = false
            case .digit:
                digitCount += 1
                isInitials = false
            case .mark:
                continue
            default:
                otherCount += 1
                isInitials = isInitials && !expectsLetter && Int(properties >> 9 & 15) == NU_SENTENCE_PERIOD
                expectsLetter = true
            }
        }
        self.isInitials = isInitials && letterCount > 0 && !expectsLetter
        guard otherCount == 0 else { return }
        isShortNumber = digitCount > 0 && digitCount < 4 && letterCount == 0
        isShort = isShortNumber || (digitCount == 0 && letterCount > 0 && letterCount < 5)
        isTitle = digitCount == 0 && (Self.isVowelless(token) || Self.isListed(token))
    }

    private static func isVowelless(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        guard token.count >= 2, token.count < 5 else { return false }
        var hasLower = false
        for (position, byte) in token.enumerated() {
            switch byte | 0x20 {
            case 0x61, 0x65, 0x69, 0x6F, 0x75, 0x79: return false
            case 0x62...0x7A: break
            default: return false
            }
            if byte & 0x20 != 0 { hasLower = true } else if position > 0 { return false }
        }
        return hasLower
    }

    private static func isListed(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        titles.contains { title in
            title.utf8CodeUnitCount == token.count
                && token.elementsEqual(UnsafeBufferPointer(start: title.utf8Start, count: title.utf8CodeUnitCount))
        }
    }
}
