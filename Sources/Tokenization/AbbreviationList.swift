/// The words that are known to stand before a period without ending a sentence, for one language.
final class AbbreviationList: Sendable {
    /// Titles and other abbreviations that stand before names.
    let titles: ByteWordSet
    /// Names of Latin letters in scripts without case (`एम`, `ఎస్`), with which these write initials.
    static let letterNames = ByteWordSet(AbbreviationData.letterNames.flatMap { $0.split(separator: " ") })
    /// Words of a single letter, with its marks, that end sentences and are therefore no initials.
    static let finalWords = ByteWordSet(AbbreviationData.finalWords.flatMap { $0.split(separator: " ") })

    /// - Parameter language: Code with or without script and region; of an undetermined one all languages' titles
    ///   count.
    init(language: String) {
        let code = language.prefix { $0 != "-" && $0 != "_" }.lowercased()
        let isUndetermined = ["", "und", "mul", "zxx"].contains(code)
        titles = ByteWordSet(
            AbbreviationData.titles.filter {
                isUndetermined || $0.languages == "*" || $0.languages.split(separator: " ").contains { $0 == code }
            }
            .flatMap { $0.words.split(separator: " ") })
    }
}
