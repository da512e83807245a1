import LanguageCodes

/// Cuts the tokens of running text where named-entity corpora cut them: `Clinton's` is two tokens there, `l'Espagne` too.
///
/// Without it the vectors would know `clinton's` and not that it is `clinton`. Penn Treebank conventions for English,
/// elisions for French and Italian; other languages are left alone.
package struct CliticSplitter: Sendable {
    private let suffixes: [[UInt8]]
    private let splitsElisions: Bool

    /// - Parameter language: A code as `LanguageCode` reads it.
    package init(language: String) {
        let language = LanguageCode(language)?.language
        let isEnglish = language == "eng"
        suffixes =
            isEnglish
            ? ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"].flatMap { [$0, $0.replacing("'", with: "\u{2019}")] }
                .map { Array($0.utf8) } : []
        splitsElisions = ["fra", "ita", "cat"].contains(language)
    }

    /// Where a token is to be cut; nil leaves it whole.
    package func cut(_ token: UnsafeBufferPointer<UInt8>) -> Int? {
        for suffix in suffixes where token.count > suffix.count {
            let start = token.count - suffix.count
            // Setting bit 5 lower-cases ASCII letters; the apostrophes have it set, or are no ASCII.
            if zip(token[start...], suffix).allSatisfy({ $0 == $1 || $0 < 0x80 && $0 | 0x20 == $1 }) { return start }
        }
        guard splitsElisions else { return nil }
        for index in token.indices.dropLast() {
            if token[index] == 0x27 { return index > 0 && index <= 8 ? index + 1 : nil }
            if index + 3 < token.count, token[index] == 0xE2, token[index + 1] == 0x80, token[index + 2] == 0x99 {
                return index > 0 && index <= 8 ? index + 3 : nil
            }
        }
        return nil
    }
}
