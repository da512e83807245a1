/// A named entity: its type, and where it stands.
///
/// The shared type between what reads and writes labels, scores them, and carries them over to translations. Ranges are
/// half-open; those in the document are known only where its text is at hand (``DocumentText``).
package struct EntitySpan: Hashable, Sendable {
    /// Number of the type in the list of names that belongs to it: of a tag set, of a scorer.
    package var type: Int
    /// Tokens of the sentence, counted from 0.
    package var tokens: Range<Int>
    /// UTF-8 bytes of the document.
    package var bytes: Range<Int>?
    /// Unicode code points of the document's text.
    package var codePoints: Range<Int>?
    /// How probable it is that all of this is right, from 0 to 1, where a tagger said it.
    package var score: Float?

    package init(type: Int, tokens: Range<Int>, bytes: Range<Int>? = nil, codePoints: Range<Int>? = nil) {
        (self.type, self.tokens, self.bytes, self.codePoints) = (type, tokens, bytes, codePoints)
    }
}

extension EntitySpan {
    /// The entities of one sentence in label numbers of a ``TagSet``: 2t+1 begins one of type t, 2t+2 continues it, and
    /// begins one where there is none to continue.
    package static func spans(ofLabels labels: some Sequence<Int>) -> [EntitySpan] {
        var spans: [EntitySpan] = []
        var open: EntitySpan?
        var token = 0
        for label in labels {
            if let span = open {
                if label == 2 * span.type + 2 {
                    open?.tokens = span.tokens.lowerBound..<token + 1
                } else {
                    spans.append(span)
                    open = nil
                }
            }
            if open == nil, label > 0 { open = EntitySpan(type: (label - 1) / 2, tokens: token..<token + 1) }
            token += 1
        }
        if let open { spans.append(open) }
        return spans
    }
}
