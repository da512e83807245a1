/// How a language writes sounds, and the punctuation it writes between words.
package struct Orthography {
    /// The kinds of script that need different composition.
    enum Kind {
        /// Letters in sequence, with capitals.
        case cased
        /// Consonant letters; short vowels are left out; written right to left.
        case abjad
        /// Consonant letters carry vowel signs; clusters are joined by a virama.
        case abugida
    }

    /// Which composition the script needs.
    let kind: Kind
    /// One spelling per sound of ``Phonology``.
    let letters: [String]
    /// The letters of vowels that follow no consonant, where they differ.
    let initialVowels: [String]
    /// The sign that ends a sentence.
    let fullStop: String
    /// The sign between parts of a sentence.
    let comma: String
    /// The signs around quoted speech.
    let quotes: (open: String, close: String)
    /// The digits zero to nine, or empty for ASCII.
    let digits: [String]

    /// Whether the script has capital letters.
    package var hasCapitals: Bool { kind == .cased }

    /// Returns the lower-case spelling of a word.
    func spelling(of sounds: [UInt8]) -> String {
        switch kind {
        case .cased: sounds.map { letters[Int($0)] }.joined()
        case .abjad: abjadSpelling(of: sounds)
        case .abugida: abugidaSpelling(of: sounds)
        }
    }

    /// Returns a numeral in the digits of the script.
    func numeral(_ ascii: String) -> String {
        guard !digits.isEmpty else { return ascii }
        return ascii.unicodeScalars.map { scalar in
            (48...57).contains(scalar.value) ? digits[Int(scalar.value) - 48] : String(scalar)
        }.joined()
    }

    private func abjadSpelling(of sounds: [UInt8]) -> String {
        var text = ""
        for (position, sound) in sounds.enumerated() {
            let edge = position == 0 || position == sounds.count - 1
            if edge, Phonology.isVowel(sound) {
                text += initialVowels[Int(sound - Phonology.consonantCount)]
            } else {
                text += letters[Int(sound)]
            }
        }
        return text
    }

    private func abugidaSpelling(of sounds: [UInt8]) -> String {
        var text = ""
        var afterConsonant = false
        for sound in sounds {
            if Phonology.isVowel(sound) {
                text += afterConsonant ? letters[Int(sound)] : initialVowels[Int(sound - Phonology.consonantCount)]
                afterConsonant = false
            } else {
                if afterConsonant { text += "\u{94d}" }
                text += letters[Int(sound)]
                afterConsonant = true
            }
        }
        return text
    }
}

extension Orthography {
    private static func split(_ letters: String) -> [String] {
        // By scalars: a vowel sign after a space would be one Character with it.
        letters.unicodeScalars.split(separator: " ").map { $0.elementsEqual("-".unicodeScalars) ? "" : String($0) }
    }

    private static func cased(_ letters: String, open: String, close: String) -> Orthography {
        Orthography(
            kind: .cased, letters: split(letters), initialVowels: [], fullStop: ".", comma: ",",
            quotes: (open, close), digits: [])
    }

    /// The source language: plain Latin letters.
    static let plainLatin = cased(
        "p b t d k g m n s z f v l r h y w sh ch a e i o u", open: "\"", close: "\"")
    /// Latin letters with diacritics.
    static let accentedLatin = cased(
        "p b t d c g m n s ž f v l r h j w š č a é i ø ü", open: "\u{201c}", close: "\u{201d}")
    /// Latin letters with many digraphs.
    static let digraphLatin = cased(
        "p b t d k gh m n sz dz ph w l r kh j v sch tch aa e ie oo u", open: "\u{201e}", close: "\u{201c}")
    /// Cyrillic letters.
    static let cyrillic = cased(
        "п б т д к г м н с з ф в л р х й ў ш ч а е и о у", open: "\u{ab}", close: "\u{bb}")
    /// Arabic letters, right to left.
    static let arabic = Orthography(
        kind: .abjad, letters: split("پ ب ت د ك گ م ن س ز ف ڤ ل ر ه ي غ ش چ ا - ي و و"),
        initialVowels: split("ا ه إ أ ؤ"), fullStop: ".", comma: "\u{60c}", quotes: ("\u{ab}", "\u{bb}"), digits: [])
    /// Hebrew letters, right to left, with the source language's punctuation.
    static let hebrew = Orthography(
        kind: .abjad, letters: split("פ ב ת ד כ ג מ נ ס ז ף ו ל ר ה י ע ש צ א - י ו ו"),
        initialVowels: split("א א אי או או"), fullStop: ".", comma: ",", quotes: ("\"", "\""), digits: [])
    /// Devanagari letters and digits.
    static let devanagari = Orthography(
        kind: .abugida, letters: split("प ब त द क ग म न स ज फ व ल र ह य ळ श च - \u{947} \u{93f} \u{94b} \u{941}"),
        initialVowels: split("अ ए इ ओ उ"), fullStop: "\u{964}", comma: ",", quotes: ("\u{201c}", "\u{201d}"),
        digits: split("० १ २ ३ ४ ५ ६ ७ ८ ९"))
}
