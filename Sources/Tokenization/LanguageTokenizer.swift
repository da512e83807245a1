/// Cuts text of a language into the tokens of labelled corpora: words as the stages find them, and clitics apart.
package struct LanguageTokenizer {
    private let tokenizer: WordTokenizer
    private let clitics: CliticSplitter
    private var paragraph = TokenizedParagraph()
    /// Tokens so far that are single characters because there is no dictionary for their script.
    package private(set) var unsegmentedTokenCounts: [UnspacedScript: Int] = [:]

    package init(language: String) {
        tokenizer = WordTokenizer(language: language)
        clitics = CliticSplitter(language: language)
    }

    /// Calls `body` with each token of a paragraph, valid UTF-8, and whether a sentence begins with it.
    package mutating func forEachToken(
        of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>, _ startsSentence: Bool) -> Void
    ) {
        tokenizer.tokenize(text, into: &paragraph)
        unsegmentedTokenCounts.merge(paragraph.unsegmentedTokenCounts, uniquingKeysWith: +)
        var first = 0
        for end in paragraph.sentenceEnds {
            for token in first..<Int(end) {
                let start = Int(paragraph.tokenStarts[token])
                let word = UnsafeBufferPointer(rebasing: text[start..<start + Int(paragraph.tokenLengths[token])])
                if let cut = clitics.cut(word) {
                    body(.init(rebasing: word[..<cut]), token == first)
                    body(.init(rebasing: word[cut...]), false)
                } else {
                    body(word, token == first)
                }
            }
            first = Int(end)
        }
    }
}
