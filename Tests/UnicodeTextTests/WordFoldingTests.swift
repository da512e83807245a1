import Randomness
import Testing
import UnicodeText

/// Words whose usual ways of writing are looked up as one.
struct WordFoldingTests {
    private func form(_ text: String, _ language: String = "und") -> [UInt8] {
        var output: [UInt8] = []
        var text = text
        text.withUTF8 { LookupForm(language: language).append($0, to: &output) }
        return output
    }

    @Test(arguments: [
        // What nobody sees
        ("Donau\u{AD}dampf", "donaudampf"), ("می\u{200C}خواهم", "میخواهم"), ("क्\u{200D}ष", "क्ष"),
        ("\u{200F}שלום\u{200E}", "שלום"),
        ("❤\u{FE0F}", "❤"), ("e\u{200D}\u{301}", "é"), ("a\u{34F}\u{301}", "á"), ("\u{AD}\u{200D}", "\u{AD}\u{200D}"),
        ("\u{115F}", "\u{115F}"), ("10\u{A0}000", "10\u{A0}000"), ("\u{600}12", "\u{600}12"),
        // Apostrophes beside letters and digits
        ("n\u{2BB}ime", "n'ime"), ("O\u{2019}zbek", "o'zbek"), ("\u{2018}Yan", "'yan"), ("об\u{2BC}єкт", "об'єкт"),
        ("l\u{2019}", "l'"), ("\u{2019}90", "'90"), ("Hawai\u{B4}i", "hawai'i"), ("Sɔ\u{301}\u{2BC}", "sɔ\u{301}'"),
        ("ג\u{5F3}", "ג'"), ("Ａ\u{FF07}Ａ", "ａ'ａ"), ("a\u{201B}\u{AD}b", "a'b"), ("x\u{2019}\u{2019}", "x'\u{2019}"),
        // Quotation marks, primes and grave accents are none
        ("\u{2019}", "\u{2019}"), ("\u{2018}\u{2019}", "\u{2018}\u{2019}"), ("``", "``"), ("a`b", "a`b"),
        ("2\u{2032}", "2\u{2032}"),
        ("\u{2BC}", "\u{2BC}"),
        // Final sigma, as Python's str.lower has it
        ("ΑΘΉΝΑΣ", "αθήνας"), ("ΣΟΦΟΣ", "σοφος"), ("Σ", "σ"), ("ΟΔΟΣ-ΟΔΟΣ", "οδος-οδος"), ("ΑΣ\u{301}", "ας\u{301}"),
        ("ΑΣ\u{AD}Α", "ασα"), ("Α\u{2019}Σ", "α'ς"), ("1Σ", "1σ"), ("ΑΣ1", "ας1"), ("σας", "σας"), ("ΆΣ.Β", "άσ.β"),
        ("Α.Σ.", "α.ς."), ("ΆΣ:", "άς:"),
        // A dotted i has no dot of its own
        ("İstanbul", "istanbul"), ("I\u{307}", "i"), ("i\u{307}\u{301}", "í"), ("i\u{323}\u{307}", "\u{1ECB}"),
        ("i\u{307}\u{323}", "\u{1ECB}"),
        ("İ\u{323}", "\u{1ECB}"), ("Ė", "ė"), ("E\u{307}", "ė"), ("ISPARTA", "isparta"), ("ı", "ı"),
        // The rest is what it was
        ("Nairobi", "nairobi"), ("ÀÉÞß", "àéþß"), ("E\u{301}\u{323}", "ẹ\u{301}"), ("", ""), ("東京", "東京"),
    ])
    func folds(_ text: String, _ expected: String) {
        // Bytes are compared: String equality would hide what is tested.
        let found = form(text)
        #expect(found == Array(expected.utf8), "\(String(decoding: found, as: UTF8.self))")
        #expect(form(String(decoding: found, as: UTF8.self)) == found)
    }

    @Test(arguments: [
        ("İstanbul", "istanbul"), ("ISPARTA", "ısparta"), ("Intel", "ıntel"), ("I\u{307}zmir", "izmir"),
        ("DİYARBAKIR", "diyarbakır"),
        ("I\u{AD}\u{307}", "i"), ("I\u{301}", "ı\u{301}"), ("isparta", "isparta"), ("ABC", "abc"),
        ("Iğdır\u{2019}da", "ığdır'da"),
    ])
    func someLanguagesHaveAnIWithoutADot(_ text: String, _ expected: String) {
        for language in ["tr", "TUR", "az-Latn"] {
            let found = form(text, language)
            #expect(found == Array(expected.utf8), "\(String(decoding: found, as: UTF8.self))")
            #expect(form(String(decoding: found, as: UTF8.self), language) == found)
        }
    }

    /// Text that holds nothing of what is folded has the form it always had; and folding twice is folding once.
    @Test func onlyWhatIsFoldedChanges() {
        var random = SplitMix64(seed: 11)
        let pool: [UInt32] = [
            0x41, 0x49, 0x69, 0x61, 0xDF, 0xC9, 0x301, 0x307, 0x323, 0x345, 0x3A3, 0x3C3, 0x391, 0x130, 0x131, 0x27,
            0x2019, 0x2BC,
            0x200C, 0xAD, 0xFE0F, 0x34F, 0x1100, 0x1161, 0x5D0, 0x5B7, 0x94D, 0x915, 0x31, 0x2D, 0x20, 0xA0, 0x10400,
            0x1F600,
        ]
        let folded: Set<UInt32> = [0x307, 0x3A3, 0x130, 0x2019, 0x2BC, 0x200C, 0xAD, 0xFE0F, 0x34F]
        for _ in 0..<20_000 {
            let scalars = (0..<Int(random.next() % 7)).map { _ in pool[Int(random.next() % UInt64(pool.count))] }
            let text = String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
            let found = form(text)
            #expect(form(String(decoding: found, as: UTF8.self)) == found, "\(scalars)")
            if folded.isDisjoint(with: scalars) { #expect(found == LookupFormTests.lookup(text), "\(scalars)") }
        }
    }

    @Test func appendsAndLeavesWhatWasThere() {
        var output: [UInt8] = Array("E".utf8)
        for text in ["\u{301}A\u{2019}a", "Σ", "b"] {
            Array(text.utf8).withUnsafeBufferPointer { LookupForm().append($0, to: &output) }
        }
        #expect(output == Array("E\u{301}a'aσb".utf8))
    }
}
