/// Spells sentences, as columns and as running text.
package struct SentenceText {
    private let lexicon: Lexicon

    /// Spells with the words of `lexicon`.
    package init(lexicon: Lexicon) {
        self.lexicon = lexicon
    }

    /// Returns the text of one token.
    package func text(of item: Item, inSecondScript: Bool = false) -> String {
        switch item.content {
        case .word(let concept, let form) where inSecondScript:
            lexicon.secondSpelling(of: concept, form: form)
        case .word(let concept, let form): lexicon.spelling(of: concept, form: form, capitals: item.capitals)
        case .number(let digits): lexicon.profile.orthography.numeral(digits)
        case .mark(let mark): mark
        }
    }

    /// Returns the sentence as it stands in running text, without a final space.
    package func running(_ sentence: Sentence) -> String {
        var text = ""
        var joins = true
        for item in sentence.items {
            if !joins, !item.joinsPrevious { text += " " }
            text += self.text(of: item, inSecondScript: sentence.isInSecondScript)
            joins = item.joinsNext
        }
        return text
    }

    /// Returns the sentence as lines of token, tab and tag, and an empty line.
    package func columns(_ sentence: Sentence) -> String {
        var text = ""
        for item in sentence.items {
            text += self.text(of: item, inSecondScript: sentence.isInSecondScript) + "\t" + item.tag.text + "\n"
        }
        return text + "\n"
    }
}
