/// An entity of one sentence with the name of its type.
package struct TypedSpan: Hashable, Sendable {
    /// Words, counted from 0; half-open.
    package var words: Range<Int>
    package var type: String

    package init(words: Range<Int>, type: String) { (self.words, self.type) = (words, type) }

    /// The entities of well-formed IOB2.
    package static func spans(ofIOB2 tags: some Sequence<String>) -> [TypedSpan] {
        var spans: [TypedSpan] = []
        for (word, tag) in tags.enumerated() where tag != "O" {
            if tag.hasPrefix("I-"), let last = spans.last, last.words.upperBound == word {
                spans[spans.count - 1].words = last.words.lowerBound..<word + 1
            } else {
                spans.append(TypedSpan(words: word..<word + 1, type: String(tag.dropFirst(2))))
            }
        }
        return spans
    }

    /// Its words, as they are looked up.
    package func text(_ words: [String]) -> String { words[self.words].joined(separator: " ") }
}

extension PhraseCounts {
    /// Counts the entities that a condition holds for.
    package init(gold: [TypedSpan], predicted: [TypedSpan], where isCounted: (TypedSpan) -> Bool = { _ in true }) {
        let gold = gold.filter(isCounted), predicted = predicted.filter(isCounted)
        self.init(correct: Set(gold).intersection(predicted).count, predicted: predicted.count, gold: gold.count)
    }
}
