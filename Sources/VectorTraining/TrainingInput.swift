import Corpora
import Diagnostics

/// What a table is trained from: one file (or all files of a folder) and what its lines are.
package struct TrainingInput: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Running text of one language: lines, or columns whose first one is the token (`.tsv`, `.conll`).
        case text
        /// `SENTENCE <TAB> TRANSLATION` lines.
        case parallel
        /// `WORD <TAB> TRANSLATION` lines.
        case dictionary
    }

    package var kind: Kind
    /// One language code, or two: source and target.
    package var languages: [String]
    package var paths: [String]

    /// Parses `sw=PATH` for text, `en-sw=PATH` for the others; a folder stands for the files in it, in order of their
    /// names.
    package init(_ kind: Kind, _ argument: String) throws {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
            throw Failure.withoutLanguage(kind, argument)
        }
        self.kind = kind
        let codes = argument[..<equals]
        languages = kind == .text ? [String(codes)] : codes.split(separator: "-", maxSplits: 1).map(String.init)
        guard languages.count == (kind == .text ? 1 : 2), Set(languages).count == languages.count else {
            throw Failure.withoutTwoLanguages(kind, argument)
        }
        paths = try RepeatedInput.paths(of: String(argument[argument.index(after: equals)...]))
    }

    /// `en-sw`, or `sw`.
    package var name: String { languages.joined(separator: "-") }
}
