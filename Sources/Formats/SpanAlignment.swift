/// Spans of a text laid over its tokens.
package struct SpanAlignment: Sendable {
    /// Entities as tokens, in order; they never overlap.
    package private(set) var entities: [(label: String, tokens: Range<Int>)] = []

    /// Of spans that overlap the longest is kept, of equally long ones the first; a span that begins or ends inside of a
    /// token takes the whole token.
    ///
    /// - Parameters:
    ///   - tokens: Bytes of the text, in rising order.
    ///   - losses: Counts what cannot be kept as it is.
    package init(_ spans: [LabelledSpan], tokens: [Range<Int>], losses: inout ReadingLosses) {
        var placed: [(label: String, tokens: Range<Int>)] = []
        for span in spans {
            guard !span.bytes.isEmpty else {
                losses.note(.empty)
                continue
            }
            let first = Self.firstIndex(tokens.count) { tokens[$0].upperBound > span.bytes.lowerBound }
            let end = Self.firstIndex(tokens.count) { tokens[$0].lowerBound >= span.bytes.upperBound }
            guard first < end else {
                losses.note(.wordless)
                continue
            }
            // White space at the edges of a span is no matter; a part of a token is.
            if tokens[first].lowerBound < span.bytes.lowerBound || tokens[end - 1].upperBound > span.bytes.upperBound {
                losses.note(.widened)
            }
            placed.append((span.label, first..<end))
        }
        let order = placed.indices.sorted {
            (-placed[$0].tokens.count, placed[$0].tokens.lowerBound, $0)
                < (-placed[$1].tokens.count, placed[$1].tokens.lowerBound, $1)
        }
        // The entity of each token, -1 for none.
        var owners = Array(repeating: -1, count: tokens.count)
        for index in order {
            let span = placed[index]
            if let taken = span.tokens.first(where: { owners[$0] >= 0 }) {
                // The same span with the same label, annotated twice, says nothing new.
                if entities[owners[taken]] != span { losses.note(.overlapping) }
                continue
            }
            for token in span.tokens { owners[token] = entities.count }
            entities.append(span)
        }
        entities.sort { $0.tokens.lowerBound < $1.tokens.lowerBound }
    }

    /// The tag of each of so many tokens, IOB2.
    package func tags(tokenCount: Int) -> [String] {
        var tags = Array(repeating: "O", count: tokenCount)
        for entity in entities {
            for token in entity.tokens { tags[token] = "I-" + entity.label }
            tags[entity.tokens.lowerBound] = "B-" + entity.label
        }
        return tags
    }

    /// The first of `count` numbers for which something is true, that is true for all after it.
    private static func firstIndex(_ count: Int, _ isSo: (Int) -> Bool) -> Int {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = isSo(middle) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
