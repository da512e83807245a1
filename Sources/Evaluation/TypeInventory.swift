/// Interns entity type names so that scoring compares integers.
///
/// Names are told apart by their UTF-8 bytes, as conlleval does: two spellings that Unicode calls equivalent are two
/// types here, although Swift's `String` would compare them equal.
package struct TypeInventory: Sendable {
    /// Type names in the order of their first appearance; a ``ParsedTag/type`` is an index into it.
    package private(set) var names: [String] = []

    private var indices: [[UInt8]: Int32] = [:]

    package init() {}

    /// Splits a tag at its first hyphen and interns its type.
    ///
    /// `B-PER` is (`B`, PER), `I-work-of-art` is (`I`, work-of-art). A bare `B`, `I`, `E`, `S`, `L` or `U` has the
    /// empty type, as in untyped chunking. `O` and `.`, with or without a type, are outside. Any other tag without a
    /// hyphen (`PER`, the empty string) is outside too, but keeps a prefix that
    /// ``ScoreReport/tagsBeyondScheme`` counts, so that a wrong tag column is noticed.
    ///
    /// - Parameter tag: One tag, without surrounding spaces.
    /// - Returns: Prefix and type; equal tags always give equal results.
    /// - Complexity: O(length of the tag).
    package mutating func parse(_ tag: some StringProtocol) -> ParsedTag { parse(text: String(tag)) }

    /// The work behind ``parse(_:)``, on one concrete type: the compiler does not specialize for callers in other
    /// modules, and unspecialized access to single bytes took over six times as long.
    mutating func parse(text: String) -> ParsedTag {
        let bytes = text.utf8
        let hyphen = bytes.firstIndex(of: UInt8(ascii: "-"))
        let head = bytes[..<(hyphen ?? bytes.endIndex)]
        var prefix = ParsedTag.unrecognizedPrefix
        if let first = head.first, head.dropFirst().isEmpty, first < 0x80 { prefix = first }

        if prefix == UInt8(ascii: "O") || prefix == UInt8(ascii: ".") { return ParsedTag(prefix: prefix, type: -1) }
        if let hyphen {
            return ParsedTag(prefix: prefix, type: intern(Array(bytes[bytes.index(after: hyphen)...])))
        }
        switch prefix {
        case UInt8(ascii: "B"), UInt8(ascii: "I"), UInt8(ascii: "E"), UInt8(ascii: "S"), UInt8(ascii: "L"),
            UInt8(ascii: "U"):
            return ParsedTag(prefix: prefix, type: intern([]))
        default:
            return ParsedTag(prefix: prefix, type: -1)
        }
    }

    /// The index of a name, which is added if it is new.
    mutating func intern(_ name: [UInt8]) -> Int32 {
        if let index = indices[name] { return index }
        let index = Int32(names.count)
        indices[name] = index
        names.append(String(decoding: name, as: UTF8.self))
        return index
    }
}
