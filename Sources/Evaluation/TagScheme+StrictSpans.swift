package import Corpora

/// Strict counting: an entity counts only when its tags follow the scheme; a tag that the scheme does not have counts as `O`.
///
/// - Note: seqeval 1.2.2, `mode="strict"`, classes `IOB1`, `IOB2`, `IOBES` and `BILOU` of `scheme.py`, which refuse other
///   tags.
extension TagScheme {
    /// Whether the scheme has this letter.
    func has(_ prefix: UInt8) -> Bool {
        switch prefix {
        case UInt8(ascii: "B"), UInt8(ascii: "I"), UInt8(ascii: "O"): true
        case UInt8(ascii: "E"), UInt8(ascii: "S"): self == .iobes
        case UInt8(ascii: "L"), UInt8(ascii: "U"): self == .bilou
        default: false
        }
    }

    /// Returns the entities whose tags follow the scheme.
    ///
    /// - Returns: Entities in order of position; they never overlap.
    /// - Complexity: O(number of tags).
    package func strictSpans(_ tags: [ParsedTag]) -> [Span] {
        func tag(_ position: Int) -> ParsedTag {
            position >= 0 && position < tags.count && has(tags[position].prefix) ? tags[position] : .outside
        }
        var spans: [Span] = []
        var position = 0
        while position < tags.count {
            guard begins(tag(position), after: tag(position - 1)) else {
                position += 1
                continue
            }
            var end = position + 1
            while goesOn(tag(end), after: tag(end - 1)) { end += 1 }
            if ends(tag(end - 1), before: tag(end)) {
                spans.append(Span(start: position, end: end, type: tags[position].type))
            }
            position = end
        }
        return spans
    }

    /// `start_patterns`
    private func begins(_ tag: ParsedTag, after previous: ParsedTag) -> Bool {
        switch (self, tag.prefix) {
        case (.iob1, UInt8(ascii: "I")):
            previous.prefix != UInt8(ascii: "I") || previous.type != tag.type
        case (.iob1, UInt8(ascii: "B")): previous.prefix != UInt8(ascii: "O") && previous.type == tag.type
        case (_, UInt8(ascii: "B")), (.iobes, UInt8(ascii: "S")), (.bilou, UInt8(ascii: "U")): true
        default: false
        }
    }

    /// `inside_patterns`
    private func goesOn(_ tag: ParsedTag, after previous: ParsedTag) -> Bool {
        guard previous.prefix == UInt8(ascii: "B") || previous.prefix == UInt8(ascii: "I"), previous.type == tag.type
        else { return false }
        return switch tag.prefix {
        case UInt8(ascii: "I"): true
        case UInt8(ascii: "E"): self == .iobes
        case UInt8(ascii: "L"): self == .bilou
        default: false
        }
    }

    /// `end_patterns`, for a tag that does not go on.
    private func ends(_ tag: ParsedTag, before next: ParsedTag) -> Bool {
        switch self {
        case .iob1:
            // A B of another type ends nothing that a B began.
            tag.prefix == UInt8(ascii: "I") || next.prefix != UInt8(ascii: "B") || next.type == tag.type
        case .iob2: true
        case .iobes: tag.prefix == UInt8(ascii: "E") || tag.prefix == UInt8(ascii: "S")
        case .bilou: tag.prefix == UInt8(ascii: "L") || tag.prefix == UInt8(ascii: "U")
        }
    }
}
