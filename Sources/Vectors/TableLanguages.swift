import Diagnostics
import LanguageCodes

/// Which rows of a table are those of a language that a user names.
///
/// Codes are understood (``LanguageCode``): the table's own code is found by every other one of the same language, and from
/// there on it is what stands in streams and models, so that nothing is told apart by how somebody wrote `sw`.
extension VectorTable {
    /// Number of a language in this table; nil when it has no rows of its own, or when the code could mean several.
    package func languageNumber(_ code: String) -> UInt16? {
        guard case .one(let number) = LanguageCode.match(code, among: description.languages) else { return nil }
        return UInt16(number)
    }

    /// The table's own code for the language of a text. Where the table has rows for any language (`*`), a language
    /// without rows of its own keeps the code it was given.
    ///
    /// - Parameter option: What names the language, for the message.
    /// - Throws: `Failure` for a language that the table does not have, and for none (`und`) where it has rows of certain
    ///   languages: nearly all words would be looked up in the wrong one.
    package func ownCode(for language: String, option: String = "--lang") throws -> String {
        let languages = description.languages
        switch LanguageCode.match(language, among: languages) {
        case .one(let number): return languages[number]
        case .several(let numbers):
            throw Failure.ambiguousLanguage(language, numbers.map { languages[$0] }, in: path, option: option)
        case .none(let nearest):
            if languages.contains("*") { return language }
            if language == "und" { throw Failure.languageNotGiven(languages, in: path, option: option) }
            throw Failure.unknownLanguage(
                language, languages, nearest: nearest.map { languages[$0] }, in: path, option: option)
        }
    }

    /// The number of a language that must have rows of its own.
    package func requireNumber(of language: String, option: String) throws -> UInt16 {
        let code = try ownCode(for: language, option: option)
        guard let number = languageNumber(code) else {
            throw Failure.unknownLanguage(language, description.languages, nearest: nil, in: path, option: option)
        }
        return number
    }

    /// The numbers to look a language up under, in order: its own, any language, the table's pivot.
    package func lookupOrder(for language: String) -> [UInt16] {
        var order: [UInt16] = []
        for code in [language, "*", description.pivot] {
            guard let number = code.flatMap(languageNumber), !order.contains(number) else { continue }
            order.append(number)
        }
        return order
    }

    /// The number of the pivot, where its rows stand in for those of a language.
    package func pivotNumber(for language: String) -> UInt16? {
        guard let pivot = description.pivot.flatMap(languageNumber), languageNumber(language) != pivot else {
            return nil
        }
        return pivot
    }
}
