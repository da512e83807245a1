/// The shapes a word takes: its base form, the plural, and case endings that only some target languages have.
package enum WordForm: Int, CaseIterable {
    case base, plural, accusative, genitive, locative, dative
}

/// What makes a language differ from the source language. All shares are per mille.
package struct LanguageProfile {
    /// The order of subject, verb and object in a clause.
    enum WordOrder { case subjectVerbObject, subjectObjectVerb, verbSubjectObject }

    /// A private-use language code.
    package let code: String
    /// One line for the description of the world.
    package let summary: String
    /// How sounds are written.
    package let orthography: Orthography

    /// A second script without capitals that some sentences are written in.
    package var secondOrthography: Orthography?
    /// How often a sentence is in the second script.
    var secondScriptShare = 0
    /// Common words whose root is not the source's.
    var newRootShare = 0
    /// Names whose root is not the source's.
    var newNameShare = 0
    /// Whether consonants between vowels are voiced.
    var voicesBetweenVowels = false
    /// Whether long words lose a final vowel.
    var dropsFinalVowel = false
    /// How new roots are built.
    var phonology = Phonology.source

    /// Clause order.
    var order = WordOrder.subjectVerbObject
    /// Whether "in", "of" and their like follow the noun.
    var hasPostpositions = false
    /// Whether adjectives follow the noun.
    var putsAdjectiveLast = false
    /// Whether titles and roles follow the name.
    var putsTitleLast = false
    /// Whether the family name comes before the given name.
    var putsFamilyNameFirst = false
    /// Whether "University" comes before the name in an organization's name.
    var putsOrganizationNounFirst = false
    /// Whether there are articles.
    var hasArticles = true
    /// Whether every noun is capitalized.
    var capitalizesNouns = false
    /// Whether words derived from place names are capitalized.
    var capitalizesNationalities = false
    /// How often a noun phrase in a role takes its case ending, by ``WordForm``; 0 where the language lacks it.
    var caseShares = [0, 1000, 0, 0, 0, 0]
    /// How often a case ending makes the adposition superfluous.
    var adpositionDropShare = 0
    /// The endings, by ``WordForm``, as sounds.
    var endings: [[UInt8]] = [[], [9], [], [], [], []]
    /// How far the popularity of names is from the source's; 0 is the same, 1000 unrelated.
    var popularityShift = 0

    /// Random error of every vector, relative to a concept's own direction.
    package var vectorNoise = 100
    /// Cue words (``WordClass/isCue``) whose vector lies at another, wrong class of word.
    package var misalignedCueShare = 0
    /// Names whose vector lies at another type of name or at a noun.
    package var misalignedNameShare = 0
    /// Cue words without a vector.
    package var missingCueShare = 0
    /// Names without a vector.
    package var missingNameShare = 0
    /// Other words without a vector.
    package var missingWordShare = 0
    /// Words with an ending that have a vector of their own, given that the base form has one.
    package var inflectedCoverage = 600
    /// How far a case ending moves the vector, in this language's own direction for that ending.
    var endingOffset = 350
}
