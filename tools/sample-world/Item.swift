/// One token of a sentence before it is spelt.
package struct Item {
    /// What stands at this place.
    package enum Content: Equatable {
        /// A form of a concept.
        case word(concept: Int, form: WordForm)
        /// A numeral in ASCII digits.
        case number(String)
        /// A punctuation mark, as written.
        case mark(String)
    }

    /// What stands at this place.
    package var content: Content
    /// The tag.
    package var tag = Tag.outside
    /// How it is capitalized inside a sentence.
    package var capitals = Capitals.none
    /// Whether no space comes before it in running text.
    package var joinsPrevious = false
    /// Whether no space comes after it in running text.
    package var joinsNext = false

    /// Whether it is a form of a concept rather than a numeral or a mark.
    var isWord: Bool {
        if case .word = content { true } else { false }
    }
}

/// A finished sentence of one language.
package struct Sentence {
    /// The tokens in order.
    package var items: [Item]
    /// Whether the words are written in the language's second script.
    package var isInSecondScript = false
}
