/// How much two taggers agree on the same sentences, and on which of them least.
package struct Agreement: Equatable, Sendable {
    /// A sentence that they see differently.
    package struct Sentence: Equatable, Sendable {
        /// From 1.
        package var number: Int
        package var words: [String]
        package var gold, system, reference: [TypedSpan]

        /// Entities that only one of them has.
        package var difference: Int { Set(system).symmetricDifference(reference).count }
    }

    private static let keptCount = 20

    /// Entities, as if those of the reference were right.
    package private(set) var entities = PhraseCounts()
    package private(set) var sentenceCount = 0
    /// Sentences in which both have the same entities.
    package private(set) var sameCount = 0
    /// Those with the most entities that only one of them has; of equal ones the first.
    package private(set) var worst: [Sentence] = []

    package init() {}

    package mutating func add(words: [String], gold: [TypedSpan], system: [TypedSpan], reference: [TypedSpan]) {
        sentenceCount += 1
        entities += PhraseCounts(gold: reference, predicted: system)
        let sentence = Sentence(
            number: sentenceCount, words: words, gold: gold, system: system, reference: reference)
        guard sentence.difference > 0 else {
            sameCount += 1
            return
        }
        let place = worst.firstIndex { $0.difference < sentence.difference } ?? worst.endIndex
        worst.insert(sentence, at: place)
        if worst.count > Self.keptCount { worst.removeLast() }
    }
}
