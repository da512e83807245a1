/// Turns the tags of one sentence into entities.
///
/// Of IOB tags both readings are the same.
package enum SpanExtraction {
    /// Returns entities the way seqeval's default mode reads tags.
    ///
    /// Every word that is not outside belongs to an entity: `I-X` behind `O`, at the start of the sentence or behind
    /// another type begins one, and `B-X` behind `X` begins a second one.
    ///
    /// BIOES tags are taken at their word: `E` ends an entity, `S` is an entity of one word. BILOU is read the same way,
    /// with `L` for `E` and `U` for `S`; seqeval does not know these letters and would join `U-X U-X`. A tag with a type but
    /// any other prefix continues an entity of its type or begins one.
    ///
    /// - Returns: Entities in order of position; they never overlap.
    /// - Complexity: O(number of tags).
    /// - Note: seqeval 1.2.2, `get_entities`.
    package static func spans(_ tags: [ParsedTag]) -> [Span] {
        spans(tags) { previous, tag in previous.alwaysEnds || tag.alwaysBegins }
    }

    /// Returns entities the way the script conlleval reads tags, which has no rule for most of BIOES and BILOU: `S-X S-X`,
    /// `E-X B-X` and `U-X U-X` are one entity each.
    ///
    /// Its brackets (`[-X`), and tags without a hyphen other than `O`, `B` and `I`, are not followed in everything.
    ///
    /// - Returns: Entities in order of position; they never overlap.
    /// - Complexity: O(number of tags).
    /// - Note: Tjong Kim Sang and Buchholz 2000, conlleval (version of 2004-01-26), `startOfChunk` and `endOfChunk`.
    package static func conllevalSpans(_ tags: [ParsedTag]) -> [Span] {
        spans(tags) { previous, tag in
            switch (previous.prefix, tag.prefix) {
            case (UInt8(ascii: "B"), UInt8(ascii: "B")), (UInt8(ascii: "I"), UInt8(ascii: "B")),
                (UInt8(ascii: "E"), UInt8(ascii: "E")), (UInt8(ascii: "E"), UInt8(ascii: "I")):
                true
            default: false
            }
        }
    }

    /// - Parameter cuts: Whether two words of one type that follow one another are of two entities.
    private static func spans(_ tags: [ParsedTag], _ cuts: (ParsedTag, ParsedTag) -> Bool) -> [Span] {
        var spans: [Span] = []
        var open: Span?
        var previous = ParsedTag.outside
        for (position, tag) in tags.enumerated() {
            if let span = open, tag.type != span.type || cuts(previous, tag) {
                spans.append(Span(start: span.start, end: position, type: span.type))
                open = nil
            }
            if open == nil, !tag.isOutside { open = Span(start: position, end: position, type: tag.type) }
            previous = tag
        }
        if let span = open { spans.append(Span(start: span.start, end: tags.count, type: span.type)) }
        return spans
    }

    /// Returns how many `I-X` do not follow `B-X` or `I-X` of the same type.
    ///
    /// In BIOES text only the `I` tags are judged.
    ///
    /// - Parameter isCounted: Whether a type matters.
    package static func illFormedTagCount(_ tags: [ParsedTag], of isCounted: (Int32) -> Bool = { _ in true }) -> Int {
        var count = 0
        var previous = ParsedTag.outside
        for tag in tags {
            if tag.prefix == UInt8(ascii: "I") {
                let continues =
                    previous.type == tag.type
                    && (previous.prefix == UInt8(ascii: "B") || previous.prefix == UInt8(ascii: "I"))
                if !continues, isCounted(tag.type) { count += 1 }
            }
            previous = tag
        }
        return count
    }
}
