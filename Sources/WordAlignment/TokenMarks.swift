/// What the statistics of words need to know of a token besides its look-up form.
package struct TokenMarks: OptionSet, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `Capitalization.capitalized`
    package static let capitalized = TokenMarks(rawValue: 1)
    /// `Capitalization.upper`
    package static let upper = TokenMarks(rawValue: 2)
    /// Its first scalar is a letter.
    package static let startsWithLetter = TokenMarks(rawValue: 4)
    /// It has a letter.
    package static let hasLetter = TokenMarks(rawValue: 8)
    /// It begins a sentence.
    package static let sentenceStart = TokenMarks(rawValue: 16)
    /// It has three scalars or more.
    package static let isLong = TokenMarks(rawValue: 32)
    /// Its capitalization says something of the word: it follows a word, in a sentence that is not all capitals.
    package static let tellsCase = TokenMarks(rawValue: 64)

    package var isCased: Bool { !isDisjoint(with: [.capitalized, .upper]) }
}
