/// One meaning. Every language has a form and a vector for it; the vector here is the language-independent one.
package struct Concept {
    /// What the concept is used for.
    package let wordClass: WordClass
    /// One of ``World/topicCount`` subjects.
    let topic: Int
    /// The sounds of the source language's word, indexes into ``Phonology``.
    let root: [UInt8]
    /// The place in the shared space.
    package let vector: FixedVector
    /// An earlier concept that is written the same in every language (a family name that is also a noun or a place).
    package let sameFormAs: Int?
}

/// The inventory of concepts that all languages express, fixed by the seed alone.
package struct World {
    /// The number of subjects that nouns, verbs and adjectives fall into.
    static let topicCount = 10

    /// The seed that everything derives from.
    package let seed: UInt64
    /// All concepts, grouped by class in the order of ``WordClass``.
    package let concepts: [Concept]
    /// What the plural adds to a vector, in every language.
    let pluralOffset: FixedVector
    private let firstIndex: [Int]

    /// Invents the world of `seed`.
    package init(seed: UInt64) {
        self.seed = seed
        var random = Random(seed: seed, label: "concepts")
        let shared = SharedDirection.allCases.map { _ in FixedVector(random: &random) }
        let topics = (0..<Self.topicCount).map { _ in FixedVector(random: &random) }
        pluralOffset = FixedVector(random: &random)
        var concepts: [Concept] = []
        var firstIndex: [Int] = []
        let phonology = Phonology.source
        for wordClass in WordClass.allCases {
            firstIndex.append(concepts.count)
            for number in 0..<wordClass.conceptCount {
                let topic = random.below(Self.topicCount)
                var vector = FixedVector(random: &random)
                for (direction, weight) in wordClass.vectorRecipe {
                    vector.add(direction == .topic ? topics[topic] : shared[direction.rawValue], weight: weight)
                }
                var twin: Int?
                if wordClass == .family, number % 6 == 3 {
                    // Every sixth family name is also a noun, a third of these the word for an office or trade.
                    let other: WordClass = number % 18 == 3 ? .role : .noun
                    twin = firstIndex[other.rawValue] + random.below(other.conceptCount)
                } else if wordClass == .place, number % 12 == 5 {
                    twin = firstIndex[WordClass.family.rawValue] + random.below(WordClass.family.conceptCount)
                }
                let root = twin.map { concepts[$0].root } ?? phonology.root(of: wordClass, random: &random)
                concepts.append(
                    Concept(wordClass: wordClass, topic: topic, root: root, vector: vector, sameFormAs: twin))
            }
        }
        self.concepts = concepts
        self.firstIndex = firstIndex
    }

    /// Returns the indexes of the concepts of a class.
    package func indexes(of wordClass: WordClass) -> Range<Int> {
        firstIndex[wordClass.rawValue]..<firstIndex[wordClass.rawValue] + wordClass.conceptCount
    }

    /// Returns the index of a function word.
    package func index(of word: FunctionWord) -> Int {
        firstIndex[WordClass.function.rawValue] + word.rawValue
    }
}
