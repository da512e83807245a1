/// Scores of entities whose words stood as an entity in what was learnt from, and of all others.
///
/// The words decide, as they are, and not the type: what was read in the source is known by its spelling. A found entity belongs where its own words
/// belong, so both sides have precision and recall.
///
/// Memory: 24 bytes for each sentence.
package struct SeenEntities: Equatable, Sendable {
    private let known: Set<String>
    package private(set) var seen = PhraseCounts()
    package private(set) var unseen = PhraseCounts()
    /// Of each sentence, in the order of `add`, the entities that were seen.
    package private(set) var sentences: [PhraseCounts] = []

    /// - Parameter known: Words of the entities that were learnt from, with a space between them.
    package init(known: Set<String>) { self.known = known }

    package mutating func add(words: [String], gold: [TypedSpan], predicted: [TypedSpan]) {
        let some = PhraseCounts(gold: gold, predicted: predicted) { known.contains($0.text(words)) }
        sentences.append(some)
        seen += some
        unseen += PhraseCounts(gold: gold, predicted: predicted) - some
    }
}
