/// Translations that alignments and dictionaries gave, by word number, in both directions.
struct Lexicon: Sendable {
    struct Translation {
        var word: UInt32
        var language: UInt16
        /// p(translation | word) and p(word | translation).
        var probability: Float
        var reverse: Float
        /// Times the two were linked.
        var links: UInt32
    }

    private var lists: [[Translation]]
    /// Languages with which each language has pairs, and how many.
    private(set) var partners: [[UInt16: Int]]

    init(wordCount: Int, languageCount: Int) {
        lists = Array(repeating: [], count: wordCount)
        partners = Array(repeating: [:], count: languageCount)
    }

    subscript(word: Int) -> [Translation] { lists[word] }

    /// Adds the pairs of a dictionary. One that both `en-sw` and `sw-en` have stands in the lists twice, and weighs as much as
    /// both.
    ///
    /// - Parameter wordLanguages: Number of the language of every word.
    mutating func add(_ dictionary: AlignedDictionary, wordLanguages: [UInt16]) {
        for row in dictionary.rows {
            let (source, target) = (Int(row.source), Int(row.target))
            add(row.target, wordLanguages[target], row.forward, row.backward, row.links, to: source)
            add(row.source, wordLanguages[source], row.backward, row.forward, row.links, to: target)
            partners[Int(wordLanguages[source])][wordLanguages[target], default: 0] += 1
            partners[Int(wordLanguages[target])][wordLanguages[source], default: 0] += 1
        }
    }

    private mutating func add(
        _ word: UInt32, _ language: UInt16, _ probability: Float, _ reverse: Float, _ links: UInt32, to own: Int
    ) {
        lists[own].append(
            Translation(word: word, language: language, probability: probability, reverse: reverse, links: links))
    }
}
