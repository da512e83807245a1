/// How the letters before the hyphen say where entities begin and end.
package enum TagScheme: String, CaseIterable, Sendable {
    /// `I`; `B` only behind an entity of the same type (Ramshaw and Marcus 1995).
    case iob1
    /// `B`, `I`.
    case iob2
    /// `B`, `I`, `E`; `S` for one word.
    case iobes
    /// `B`, `I`, `L`; `U` for one word.
    case bilou

    package var name: String { rawValue.uppercased() }

    /// Whether a tag is `O`, or a letter of some scheme (BMES has `M` for `I`), a hyphen and a type.
    package static func isTag(_ tag: String) -> Bool {
        let bytes = tag.utf8
        return tag == "O"
            || bytes.count > 2 && bytes.dropFirst().first == UInt8(ascii: "-")
                && "BIELMSU".utf8.contains(bytes.first ?? 0)
    }

    /// Letters that begin an entity whatever stands before them: `B`, and the one-word `S` (IOBES) or `U` (BILOU).
    package static func alwaysBegins(_ letter: UInt8) -> Bool { "BSU".utf8.contains(letter) }
    /// Letters that end an entity whatever comes after them: `E` or `L`, and the one-word `S` or `U`.
    package static func alwaysEnds(_ letter: UInt8) -> Bool { "ELSU".utf8.contains(letter) }

    /// The tags of a sentence in this scheme.
    ///
    /// - Parameter tags: Well-formed IOB2.
    package func encode(_ tags: [String]) -> [String] {
        guard self != .iob2 else { return tags }
        return tags.indices.map { index in
            let tag = tags[index]
            guard tag != "O" else { return tag }
            let begins = tag.hasPrefix("B-"), type = tag.dropFirst(2)
            if self == .iob1 {
                let touches = index > 0 && tags[index - 1] != "O" && tags[index - 1].dropFirst(2) == type
                return (begins && touches ? "B-" : "I-") + type
            }
            let ends = index + 1 == tags.count || !tags[index + 1].hasPrefix("I-")
            let letter: String
            switch (begins, ends) {
            case (true, true): letter = self == .iobes ? "S-" : "U-"
            case (true, false): letter = "B-"
            case (false, true): letter = self == .iobes ? "E-" : "L-"
            case (false, false): letter = "I-"
            }
            return letter + type
        }
    }
}
