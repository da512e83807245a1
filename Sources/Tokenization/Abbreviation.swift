import CUnicodeTables
import UnicodeText

/// What the token before a period looks like, for the decision whether the period can end a sentence.
struct Abbreviation {
    /// Initials, with periods between them if there are several: `J`, `e.g`, `U.S`, `د`, `எம்.ஜி`.
    ///
    /// An initial is a single letter with its marks, or the name of a Latin letter in a script without case. Not a letter of a
    /// script whose letters are syllables or words (Hangul, Han ...), and not a word of one letter that ends sentences,
    /// unless it follows an initial.
    var isInitials = false
    /// At most four ASCII letters without a vowel and not all upper-case (`Dr`, `Sgt`, `ltd`, `Bw`), at most four Thai or
    /// Lao consonants (`ดร`), or a listed title.
    var isTitle = false
    /// At most four letters, or at most three digits: with a digit after the period it is `No. 5` or `12. 5`.
    var isShort = false
    /// At most three digits.
    var isShortNumber = false

    static let none = Abbreviation()

    private init() {}

    /// - Parameters:
    ///   - token: UTF-8. Longer tokens than any abbreviation are not read.
    ///   - followsInitial: Whether an initial and its period stand directly before it.
    init(_ token: UnsafeBufferPointer<UInt8>, _ list: AbbreviationList, followsInitial: Bool) {
        guard let base = token.baseAddress, let first = token.first else { return }
        // Letters of scripts without case take three bytes, and their initials several letters.
        guard token.count <= (first < 0xE0 ? 24 : 60) else { return }
        var letterCount = 0
        var digitCount = 0
        var otherCount = 0
        var initials = Initials(followsInitial: followsInitial)
        var index = 0
        while index < token.count {
            let decoded = nu_decode(base, index, token.count)
            let properties = nu_properties(decoded.scalar)
            let kind = CharacterClass(properties: properties)
            switch kind {
            case .upper, .lower, .otherLetter:
                letterCount += 1
                initials.addLetter(decoded.scalar, isCased: kind != .otherLetter)
            case .digit:
                digitCount += 1
                initials.fail()
            case .mark: initials.addMark(decoded.scalar)
            default:
                if Int(properties & 31) == NU_WORD_ZWJ || decoded.scalar == 0x200C { break }
                otherCount += 1
                if Int(properties >> 9 & 15) == NU_SENTENCE_PERIOD {
                    initials.endPart(of: token, at: index, next: index + Int(decoded.length))
                } else {
                    initials.fail()
                }
            }
            index += Int(decoded.length)
        }
        initials.endPart(of: token, at: index, next: index)
        isInitials = initials.holds
        guard otherCount == 0 else { return }
        isShortNumber = digitCount > 0 && digitCount < 4 && letterCount == 0
        isShort = isShortNumber || (digitCount == 0 && letterCount > 0 && letterCount < 5)
        isTitle =
            digitCount == 0
            && (Self.isVowelless(token) || Self.isThaiConsonants(token) || list.titles.contains(token))
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

    /// Words of Thai and Lao have vowel signs, but for a few, and no period ends a sentence there.
    private static func isThaiConsonants(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
        guard token[0] == 0xE0, token.count <= 12, token.count % 3 == 0, let base = token.baseAddress else {
            return false
        }
        return stride(from: 0, to: token.count, by: 3).allSatisfy {
            let scalar = nu_decode(base, $0, token.count).scalar
            return (0x0E01...0x0E2E).contains(scalar) || (0x0E81...0x0EAE).contains(scalar)
        }
    }

    /// The pattern initial (period initial)*, while a token is read.
    private struct Initials {
        private let followsInitial: Bool
        private(set) var holds = true
        private var partStart = 0
        /// Letters of the part, those that a virama joins to the one before not counted.
        private var letterCount = 0
        private var isSyllabic = false
        private var isCased = false
        private var isAfterVirama = false

        init(followsInitial: Bool) { self.followsInitial = followsInitial }

        mutating func fail() { holds = false }

        mutating func addLetter(_ scalar: UInt32, isCased: Bool) {
            if !isAfterVirama { letterCount += 1 }
            isAfterVirama = false
            self.isCased = isCased
            isSyllabic = !isCased && Self.isSyllable(scalar)
        }

        mutating func addMark(_ scalar: UInt32) {
            // Canonical combining class 9: virama.
            isAfterVirama = !isCased && nu_normalization(scalar) & 0xFF == 9
        }

        mutating func endPart(of token: UnsafeBufferPointer<UInt8>, at end: Int, next: Int) {
            defer { (partStart, letterCount, isSyllabic, isCased, isAfterVirama) = (next, 0, false, false, false) }
            guard holds else { return }
            guard !isCased else {
                holds = letterCount == 1
                return
            }
            let part = UnsafeBufferPointer(rebasing: token[partStart..<end])
            let isLetter =
                letterCount == 1 && !isSyllabic
                && (followsInitial || partStart > 0 || !AbbreviationList.finalWords.contains(part))
            holds = isLetter || AbbreviationList.letterNames.contains(part)
        }

        /// Whether it is a letter of a script in which words of one letter are common: Hangul, Han, kana, bopomofo,
        /// Yi, Vai, Tangut.
        private static func isSyllable(_ scalar: UInt32) -> Bool {
            switch scalar {
            case 0x1100..<0x1200, 0x2E80..<0xA640, 0xA960..<0xA980, 0xAC00..<0xD800, 0xF900..<0xFB00, 0xFF65..<0xFFE0:
                true
            case 0x16FE0..<0x1B300, 0x20000..<0x40000: true
            default: false
            }
        }
    }
}
