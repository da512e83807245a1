import Randomness
import Testing
import UnicodeText

struct CapitalizationTests {
    static func capitalization(_ bytes: [UInt8]) -> Capitalization {
        bytes.withUnsafeBufferPointer { Capitalization(of: $0) }
    }

    @Test(
        arguments: [
            ("", .noLetter), ("2024", .noLetter), ("--", .noLetter), ("\u{301}", .noLetter), ("😀", .noLetter),
            ("nairobi", .lower), ("iPhone", .lower), ("'s", .lower), ("3rd", .lower), ("東京", .lower), ("दिल्ली", .lower),
            ("مصر", .lower), ("ኢትዮጵያ", .lower), ("A", .capitalized), ("I", .capitalized), ("É", .capitalized),
            ("E\u{301}", .capitalized), ("Nairobi", .capitalized), ("McDonald", .capitalized), ("«Иван", .capitalized),
            ("ǅungla", .capitalized), ("Ab", .capitalized), ("ʻOkina", .capitalized), ("1Ab", .capitalized),
            ("UN", .upper), ("U.S.", .upper), ("J.", .capitalized), ("G8", .capitalized), ("МОСКВА", .upper),
            ("ΑΘΗΝΑ", .upper),
            ("თბილისი", .lower), ("ᲗᲑᲘᲚᲘᲡᲘ", .upper), ("ᏣᎳᎩ", .lower), ("ÉCOLE", .upper), ("UNs", .capitalized),
            ("東A", .capitalized), ("A東b", .capitalized),
        ] as [(String, Capitalization)])
    func classOfAToken(_ token: String, _ expected: Capitalization) {
        #expect(Self.capitalization(Array(token.utf8)) == expected)
        // Another normalization form is the same token.
        #expect(Self.capitalization(Array(token.unicodeScalars.flatMap { String($0).utf8 })) == expected)
    }

    /// Against the properties of the standard library.
    @Test func agreesWithItsDefinitionOnRandomTokens() {
        var random = SplitMix64(seed: 8)
        let scalars: [Unicode.Scalar] = Array("aBéÉжЖß東あن\u{301}1.ǅʻ😀Ωω".unicodeScalars)
        var seen: Set<Capitalization> = []
        for _ in 0..<5_000 {
            let token = (0..<random.index(below: 5)).map { _ in scalars[random.index(below: scalars.count)] }
            let letters = token.filter {
                $0.properties.isAlphabetic && $0.properties.canonicalCombiningClass == .notReordered
            }
            let cased = letters.filter {
                [.uppercaseLetter, .titlecaseLetter, .lowercaseLetter].contains($0.properties.generalCategory)
            }
            let isUpper = cased.map { $0.properties.generalCategory != .lowercaseLetter }
            let expected: Capitalization =
                letters.isEmpty
                ? .noLetter
                : isUpper.first != true
                    ? .lower : isUpper.contains(false) || isUpper.count == 1 ? .capitalized : .upper
            let text = String(String.UnicodeScalarView(token))
            #expect(Self.capitalization(Array(text.utf8)) == expected, "\(text)")
            seen.insert(expected)
        }
        #expect(seen.count == 4)
    }

    @Test func bytesThatAreNoTextAreHarmless() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<2_000 {
            let bytes = (0..<random.index(below: 12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            _ = Self.capitalization(bytes)
        }
    }

    @Test(
        arguments: [
            ("london", .lower, "london"), ("london", .capitalized, "London"), ("london", .upper, "LONDON"),
            ("iwacu", .capitalized, "Iwacu"), ("straße", .upper, "STRASSE"), ("é", .capitalized, "É"),
            ("москва", .capitalized, "Москва"), ("東京", .upper, "東京"), ("'s", .capitalized, "'S"),
            ("3rd", .capitalized, "3rd"), ("ǆungla", .capitalized, "ǅungla"), ("o'brien", .capitalized, "O'brien"),
            ("x", .noLetter, "x"), ("", .upper, ""),
        ] as [(String, Capitalization, String)])
    func isAppliedToALowerCaseWord(_ word: String, _ capitalization: Capitalization, _ expected: String) {
        #expect(String(decoding: capitalization.applied(to: Array(word.utf8)), as: UTF8.self) == expected)
    }
}
