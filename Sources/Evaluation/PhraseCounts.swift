/// Counts from which precision, recall and F1 follow; they add up over sentences and types.
package struct PhraseCounts: Hashable, Sendable {
    /// Predicted entities with the position and type of a gold entity (true positives).
    package var correct: Int

    /// Entities in the prediction.
    package var predicted: Int

    /// Entities in the gold standard.
    package var gold: Int

    package init(correct: Int = 0, predicted: Int = 0, gold: Int = 0) {
        self.correct = correct
        self.predicted = predicted
        self.gold = gold
    }

    /// Correct entities per predicted entity in percent; 0 when nothing was predicted.
    package var precision: Double { predicted == 0 ? 0 : Double(100 * correct) / Double(predicted) }

    /// Correct entities per gold entity in percent; 0 when there is no gold entity.
    package var recall: Double { gold == 0 ? 0 : Double(100 * correct) / Double(gold) }

    /// Harmonic mean of precision and recall in percent; 0 when both are 0.
    ///
    /// Computed from the percentages in conlleval's order of operations, so that the printed digits agree with its.
    package var f1: Double {
        let precision = precision
        let recall = recall
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }

    /// Whether there can be such counts: no more entities right than found or wanted, none below 0.
    package var isPossible: Bool { correct >= 0 && correct <= min(predicted, gold) }

    /// What is left of all entities without some of them.
    package static func - (all: PhraseCounts, some: PhraseCounts) -> PhraseCounts {
        PhraseCounts(
            correct: all.correct - some.correct, predicted: all.predicted - some.predicted, gold: all.gold - some.gold)
    }

    package static func += (sum: inout PhraseCounts, counts: PhraseCounts) {
        sum.correct += counts.correct
        sum.predicted += counts.predicted
        sum.gold += counts.gold
    }
}

extension Sequence<PhraseCounts> {
    /// Of all of them together.
    package var sum: PhraseCounts { reduce(into: PhraseCounts()) { $0 += $1 } }
}

extension PhraseCounts {
    /// Counts agreements of two lists of entities.
    ///
    /// - Precondition: Both lists are ordered by position and without overlap, as ``SpanExtraction`` returns them.
    /// - Complexity: O(`gold.count` + `predicted.count`).
    init(gold: [Span], predicted: [Span]) {
        self.init(correct: 0, predicted: predicted.count, gold: gold.count)
        Self.forEachMatch(gold: gold, predicted: predicted) { _ in correct += 1 }
    }

    /// Calls `body` for every span that is in both lists.
    static func forEachMatch(gold: [Span], predicted: [Span], _ body: (Span) -> Void) {
        var next = 0
        for span in predicted {
            while next < gold.count, gold[next].start < span.start { next += 1 }
            if next < gold.count, gold[next] == span { body(span) }
        }
    }
}
