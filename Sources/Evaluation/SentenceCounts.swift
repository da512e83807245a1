/// What one sentence adds to the score; the unit that the resampling tests draw.
package struct SentenceCounts: Equatable, Sendable {
    /// Counts of one entity type in one sentence.
    package struct TypeCounts: Equatable, Sendable {
        /// Index into ``TypeInventory/names``.
        package var type: Int32
        package var counts: PhraseCounts

        package init(type: Int32, counts: PhraseCounts) {
            self.type = type
            self.counts = counts
        }
    }

    /// Counts over all types.
    package private(set) var total: PhraseCounts

    /// Counts of the types that occur in the sentence, ordered by type.
    package private(set) var perType: [TypeCounts] = []

    /// Counts the entities of one sentence.
    ///
    /// - Precondition: Both lists are ordered by position and without overlap, as ``SpanExtraction`` returns them.
    package init(gold goldSpans: [Span], predicted predictedSpans: [Span]) {
        total = PhraseCounts(gold: goldSpans, predicted: predictedSpans)
        // Sorted rather than kept in a dictionary: a sentence has few entities, and the order must not vary by run.
        var events: [TypeCounts] = []
        for span in goldSpans { events.append(TypeCounts(type: span.type, counts: PhraseCounts(gold: 1))) }
        for span in predictedSpans { events.append(TypeCounts(type: span.type, counts: PhraseCounts(predicted: 1))) }
        PhraseCounts.forEachMatch(gold: goldSpans, predicted: predictedSpans) { span in
            events.append(TypeCounts(type: span.type, counts: PhraseCounts(correct: 1)))
        }
        events.sort { $0.type < $1.type }
        for event in events {
            if let last = perType.last, last.type == event.type {
                perType[perType.count - 1].counts += event.counts
            } else {
                perType.append(event)
            }
        }
    }
}
