import LanguageCodes
import Testing

struct LanguageCodeTests {
    @Test(arguments: [
        // One language in its codes, whatever their case
        ("sw", "sw"), ("swa", "sw"), ("swh", "sw"), ("SW", "sw"), ("sw-KE", "sw"), ("sw_KE", "sw"), ("sw", "swh"),
        ("de", "deu"), ("ger", "deu"), ("ger", "de"), ("DEU", "de"), ("iw", "he"), ("fre", "fr"),
        // Private use, and codes that no registry has
        ("qab_Latn", "qab"), ("QAB", "qab"), ("qab-Latn-x-mine", "qab"), ("xqz", "xqz"),
        // Macro-languages: what is meant by them, and their other members
        ("no", "nb"), ("nor", "nb"), ("nob", "no"), ("nb", "nor"), ("nn", "no"), ("ar", "arz"), ("arb", "ar"),
        ("cmn", "zh"), ("zh-yue", "yue"), ("yue", "zh"), ("ms", "zsm"), ("fa", "pes"), ("prs", "fa"), ("uzn", "uz"),
        // Script and region
        ("zh-Hans", "zh"), ("zh", "zh-Hant"), ("zh-CN", "zh-Hans"), ("pt-BR", "pt"), ("pt-BR", "pt-PT"),
        ("es-419", "es"), ("de-1996", "de"),
        // Names that are no codes
        ("Swahili", "swahili"), ("xx", "xx"), ("XX", "xx"),
    ])
    func findsTheSameLanguage(_ text: String, _ code: String) {
        #expect(LanguageCode.match(text, among: ["tlh", code, "*"]) == .one(1))
    }

    @Test(arguments: [
        ("swa", ["swh", "sw", "swc"], 1),  // the same ISO 639-3 code before its usual member
        ("no", ["nn", "nb"], 1), ("zh-TW", ["zh-Hans", "zh-Hant"], 1), ("pt-BR", ["pt-PT", "pt", "pt-BR"], 2),
        ("pt-AO", ["pt-PT", "pt"], 1), ("sr", ["sr-Latn", "sr"], 1), ("nor", ["no", "nor"], 1),
    ])
    func prefersTheNearest(_ text: String, _ codes: [String], _ place: Int) {
        #expect(LanguageCode.match(text, among: codes) == .one(place))
    }

    @Test func doesNotChooseBetweenEquals() {
        #expect(LanguageCode.match("zh", among: ["zh-Hans", "en", "zh-Hant"]) == .several([0, 2]))
        #expect(LanguageCode.match("ar", among: ["arz", "ary"]) == .several([0, 1]))
    }

    @Test(arguments: [
        ("sv", ["en", "sw"], 1 as Int?), ("xx", ["en", "yy"], nil), ("nn", ["de", "nb"], 1),
        ("sr-Latn", ["sr-Cyrl"], 0),
        ("fr", ["de", "sw"], nil), ("und", ["de"], nil), ("swahili", ["sw"], nil), ("", ["sw"], nil),
        ("en-", ["sw"], nil), ("swahilli", ["swahili"], 0), ("x", ["*"], nil),
    ])
    func namesTheNearestOfOthers(_ text: String, _ codes: [String], _ nearest: Int?) {
        #expect(LanguageCode.match(text, among: codes) == .none(nearest: nearest))
    }

    @Test func tellsWhoseIHasNoDot() {
        #expect(["tr", "tur", "az", "AZJ", "az-Latn", "tr-CY"].allSatisfy { LanguageCode($0)?.hasDotlessI == true })
        #expect(["en", "de", "tt", "kk"].allSatisfy { LanguageCode($0)?.hasDotlessI == false })
    }
}
