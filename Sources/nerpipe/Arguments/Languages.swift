import Diagnostics
import LanguageCodes
import Taggers
import Vectors

extension LanguageCode {
    /// Refuses inputs that name one language in two ways: it would become two.
    static func requireOneWriting(of codes: [String]) throws {
        guard let (one, other) = differentlyWritten(in: codes) else { return }
        throw Failure.oneLanguageWrittenTwice(one, other)
    }
}

/// The language that text to be tagged is taken to be of.
enum TextLanguage {
    /// What the user gave; when nothing, the language of the models, which is said where it decides about rows.
    static func of(
        _ given: String, models: [TaggerConfiguration], table: VectorTable, say: (String) -> Void
    ) throws -> String {
        guard given == "und" else { return given }
        let known = models.map { $0.languages ?? [] }
        let isDecisive = !table.description.languages.contains("*")
        guard let languages = known.first, languages.count == 1, known.allSatisfy({ $0 == languages }) else {
            let all = known.joined().reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            guard isDecisive, !all.isEmpty else { return given }
            throw Failure.languageNotGiven(known: all)
        }
        if isDecisive {
            say("the text is taken to be '\(languages[0])', the language of the model; --lang names another")
        }
        return languages[0]
    }
}
