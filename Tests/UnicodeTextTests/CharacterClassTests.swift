import CUnicodeTables
import Testing
import UnicodeText

struct CharacterClassTests {
    @Test func versionIsThatOfTheTables() {
        #expect(UnicodeVersion.ofTables == UnicodeVersion.current)
    }

    @Test(
        arguments: [
            ("A", .upper), ("ǅ", .upper), ("ß", .lower), ("ж", .lower), ("Ж", .upper), ("ª", .otherLetter),
            ("ʰ", .otherLetter),
            ("ა", .otherLetter), ("Ა", .upper), ("ⴀ", .lower), ("Ꭰ", .otherLetter), ("ꭰ", .otherLetter),
            ("語", .otherLetter), ("א", .otherLetter), ("ก", .otherLetter), ("ሀ", .otherLetter), ("7", .digit),
            ("٣", .digit),
            ("½", .otherNumber), ("Ⅷ", .otherNumber), ("\u{301}", .mark), ("\u{903}", .mark), (" ", .space),
            ("\t", .space),
            ("\u{A0}", .space), ("\u{2028}", .space), ("\u{85}", .space), (".", .punctuation), ("።", .punctuation),
            ("_", .punctuation), ("$", .symbol), ("😀", .symbol), ("\u{0}", .other), ("\u{200B}", .other),
            ("\u{E000}", .other), ("\u{378}", .other), ("\u{10FFFF}", .other),
        ] as [(Unicode.Scalar, CharacterClass)])
    func classifies(_ scalar: Unicode.Scalar, _ expected: CharacterClass) {
        #expect(CharacterClass(scalar.value) == expected)
    }

    @Test func whatIsNoScalarIsOther() {
        for value: UInt32 in [0xD800, 0xDFFF, 0x110000, 0x7FFF_FFFF, .max] { #expect(CharacterClass(value) == .other) }
    }

    /// The runtime's tables are newer: of scalars that are in both versions none may differ but for known corrections.
    @Test func agreesWithTheRuntimeForEveryScalarOfThisVersion() {
        var different: [UInt32] = []
        for value in UInt32(0)..<0x11_0000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            if let age = properties.age, age.major > 15 || (age.major == 15 && age.minor > 0) {
                #expect(CharacterClass(value) == .other)
                continue
            }
            let isUncased = Self.uncased.contains { $0.contains(value) } && properties.isAlphabetic
            let expected = isUncased ? .otherLetter : Self.runtimeClass(properties)
            if CharacterClass(value) != expected { different.append(value) }
        }
        #expect(different == Self.correctedLater, "\(different.map { String($0, radix: 16) })")
    }

    /// Georgian Mkhedruli and Cherokee, whose running text has no case.
    private static let uncased: [ClosedRange<UInt32>] = [0x10D0...0x10FF, 0x13A0...0x13FF, 0xAB70...0xABBF]

    /// U+0295 (a pharyngeal without case) was Ll and became Lo after 15.0.
    private static let correctedLater: [UInt32] = [0x295]

    private static func runtimeClass(_ properties: Unicode.Scalar.Properties) -> CharacterClass {
        if properties.isWhitespace { return .space }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: return .upper
        case .lowercaseLetter: return .lower
        case .modifierLetter, .otherLetter: return .otherLetter
        case .decimalNumber: return .digit
        case .letterNumber, .otherNumber: return .otherNumber
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: return .symbol
        default: return .other
        }
    }

    /// The numbers in the header are those of the generator.
    @Test(
        arguments: [
            ("a", NU_WORD_ALETTER), ("7", NU_WORD_NUMERIC), ("_", NU_WORD_EXTENDNUMLET), ("א", NU_WORD_HEBREW),
            ("カ", NU_WORD_KATAKANA), ("\u{301}", NU_WORD_EXTEND), ("\u{AD}", NU_WORD_FORMAT), ("\u{200D}", NU_WORD_ZWJ),
            (":", NU_WORD_MIDLETTER), (",", NU_WORD_MIDNUM), (".", NU_WORD_MIDNUMLET), ("'", NU_WORD_SINGLE_QUOTE),
            ("\"", NU_WORD_DOUBLE_QUOTE), ("\u{1F1E6}", NU_WORD_REGIONAL), (" ", NU_WORD_WSEGSPACE), ("\r", NU_WORD_CR),
            ("\n", NU_WORD_LF), ("\u{2029}", NU_WORD_NEWLINE), ("語", NU_WORD_OTHER), ("😀", NU_WORD_PICTOGRAPHIC),
            ("Ⓜ", NU_WORD_PICTOGRAPHIC_LETTER),
        ] as [(Unicode.Scalar, Int)])
    func wordBreakClassesHaveTheNumbersOfTheHeader(_ scalar: Unicode.Scalar, _ expected: Int) {
        #expect(Int(nu_properties(scalar.value) & 31) == expected)
    }

    @Test(
        arguments: [
            ("a", NU_SENTENCE_NONE), ("!", NU_SENTENCE_ASCII_TERMINATOR), ("।", NU_SENTENCE_TERMINATOR),
            ("།", NU_SENTENCE_TERMINATOR), (".", NU_SENTENCE_PERIOD), ("．", NU_SENTENCE_WIDE_PERIOD),
            ("…", NU_SENTENCE_ELLIPSIS), (",", NU_SENTENCE_CONTINUATION), (")", NU_SENTENCE_CLOSE_BRACKET),
            ("»", NU_SENTENCE_FINAL_QUOTE), ("“", NU_SENTENCE_INITIAL_QUOTE), ("\"", NU_SENTENCE_NEUTRAL_QUOTE),
            ("„", NU_SENTENCE_OPEN_BRACKET), ("።", NU_SENTENCE_TERMINATOR), ("؟", NU_SENTENCE_TERMINATOR),
            ("۔", NU_SENTENCE_TERMINATOR), ("。", NU_SENTENCE_TERMINATOR), ("։", NU_SENTENCE_TERMINATOR),
        ] as [(Unicode.Scalar, Int)])
    func sentenceClassesHaveTheNumbersOfTheHeader(_ scalar: Unicode.Scalar, _ expected: Int) {
        #expect(Int(nu_properties(scalar.value) >> 9 & 15) == expected)
    }
}
