/// Turns the tags of one sentence into entities.
///
/// - Note: Tjong Kim Sang and Buchholz 2000, script conlleval (version of 2004-01-26), and seqeval 1.2.2, default mode
///   and `mode="strict", scheme=IOB2`.
package enum SpanExtraction {
    /// Returns entities the way conlleval reads tags, which is also seqeval's default mode.
    ///
    /// Every word that is not outside belongs to an entity: `I-X` behind `O`, at the start of the sentence or behind
    /// another type begins one, and `B-X` behind `X` begins a second one.
    ///
    /// BIOES tags are read as seqeval reads them: `E` ends an entity, `S` is an entity of one word. (conlleval itself
    /// knows `E` only in part and joins `E-X B-X`.) BILOU is read the same way, with `L` for `E` and `U` for `S`;
    /// seqeval does not know these letters and would join `U-X U-X`. A tag with a type but any other prefix continues
    /// an entity of its type or begins one.
    ///
    /// - Returns: Entities in order of position; they never overlap.
    /// - Complexity: O(number of tags).
    package static func conllevalSpans(_ tags: [ParsedTag]) -> [Span] {
        var spans: [Span] = []
        var open: Span?
        var previousEnds = false
        for (position, tag) in tags.enumerated() {
            if let span = open, previousEnds || tag.alwaysBegins || tag.type != span.type {
                spans.append(Span(start: span.start, end: position, type: span.type))
                open = nil
            }
            if open == nil, !tag.isOutside { open = Span(start: position, end: position, type: tag.type) }
            previousEnds = tag.alwaysEnds
        }
        if let span = open { spans.append(Span(start: span.start, end: tags.count, type: span.type)) }
        return spans
    }

    /// Returns only entities that begin with `B`; `I` tags that continue nothing are dropped.
    ///
    /// Tags beyond IOB2 end an entity and begin none. (seqeval refuses them.)
    ///
    /// - Returns: Entities in order of position; they never overlap.
    /// - Complexity: O(number of tags).
    package static func strictIOB2Spans(_ tags: [ParsedTag]) -> [Span] {
        var spans: [Span] = []
        var open: Span?
        for (position, tag) in tags.enumerated() {
            if let span = open, tag.prefix != UInt8(ascii: "I") || tag.type != span.type {
                spans.append(Span(start: span.start, end: position, type: span.type))
                open = nil
            }
            if tag.prefix == UInt8(ascii: "B") { open = Span(start: position, end: position, type: tag.type) }
        }
        if let span = open { spans.append(Span(start: span.start, end: tags.count, type: span.type)) }
        return spans
    }

    /// Returns how many `I-X` do not follow `B-X` or `I-X` of the same type.
    ///
    /// In BIOES text only the `I` tags are judged.
    package static func illFormedTagCount(_ tags: [ParsedTag]) -> Int {
        var count = 0
        var previous = ParsedTag.outside
        for tag in tags {
            if tag.prefix == UInt8(ascii: "I") {
                let continues =
                    previous.type == tag.type
                    && (previous.prefix == UInt8(ascii: "B") || previous.prefix == UInt8(ascii: "I"))
                if !continues { count += 1 }
            }
            previous = tag
        }
        return count
    }
}
