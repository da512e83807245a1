import Formats
import Tokenization
import UnicodeText

/// Cuts lines into tokens in their look-up form, and says which are not to be learnt from. One thread uses it at a time.
///
/// `@unchecked Sendable`: the threads of a pool have one each.
final class LineCutter: @unchecked Sendable {
    private let inputs: [TrainingInput]
    private let excluded: ExcludedSentences
    private var tokenizers: [String: LanguageTokenizer] = [:]
    private var forms: [String: LookupForm] = [:]

    init(_ inputs: [TrainingInput], excluding excluded: ExcludedSentences) {
        (self.inputs, self.excluded) = (inputs, excluded)
        for language in inputs.flatMap(\.languages) where forms[language] == nil {
            tokenizers[language] = LanguageTokenizer(language: language)
            forms[language] = LookupForm(language: language)
        }
    }

    var unsegmentedTokenCounts: [UnspacedScript: Int] {
        tokenizers.values.reduce(into: [:]) { $0.merge($1.unsegmentedTokenCounts, uniquingKeysWith: +) }
    }

    func form(of language: String) -> LookupForm { forms[language] ?? LookupForm(language: language) }

    /// - Parameters:
    ///   - target: Of a pair.
    ///   - line: Its input is set.
    func cut(
        _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeBufferPointer<UInt8>?, into line: inout CorpusLine
    ) -> LineBatch.Outcome {
        let input = inputs[line.input]
        // A sentence of one word must not take the word out of a dictionary.
        if input.kind != .dictionary, excluded.contains(source) || target.map(excluded.contains) == true {
            return .excluded
        }
        tokenize(source, input.languages[0], into: &line.source)
        guard let target else { return line.source.count > 0 ? .kept : .empty }
        tokenize(target, input.languages[1], into: &line.target)
        return line.source.count > 0 && line.target.count > 0 ? .kept : .withoutWords
    }

    /// The same for a sentence whose tokens are given.
    func judge(_ text: UnsafeBufferPointer<UInt8>) -> LineBatch.Outcome {
        excluded.contains(text) ? .excluded : .kept
    }

    private func tokenize(_ text: UnsafeBufferPointer<UInt8>, _ language: String, into output: inout TokenLine) {
        output.lookupForm = form(of: language)
        tokenizers[language]?.forEachToken(of: text) { output.append($0, startsSentence: $1) }
        output.markCase()
    }
}
