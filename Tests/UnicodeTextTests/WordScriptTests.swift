import Testing
import UnicodeText

struct WordScriptTests {
    @Test(arguments: [
        ("house", "Latin"), ("ɓaɗi", "Latin"), ("ẹ̀kọ́", "Latin"), ("дом", "Cyrillic"), ("οίκος", "Greek"),
        ("በረት", "Ethiopic"), ("שלום", "Hebrew"), ("بيت", "Arabic"), ("घर", "Devanagari"), ("家", "Han"),
        ("いえ", "Hiragana"), ("イエ", "Katakana"), ("집", "Hangul"), ("บ้าน", "Thai"), ("ߛߏ", "Nko"),
        ("𞤀𞤣", "Adlam"), ("𠀀", "Han"), ("2024", "digits"), ("३", "digits"), ("3rd", "Latin"), (",", "punctuation"),
        ("€", "symbols"), ("", "other"), ("\u{200B}", "other"), ("'дом'", "Cyrillic"),
    ])
    func namesTheScriptOfTheFirstLetter(_ word: String, _ script: String) {
        #expect(Array(word.utf8).withUnsafeBufferPointer { "\(WordScript.name(of: $0))" } == script)
    }
}
