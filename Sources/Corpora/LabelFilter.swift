import Diagnostics

/// Which entity types of labelled text count, and what they are called: the values of `--map` and `--types`.
///
/// A type is renamed first, and then kept or not. The same filter goes over gold and predicted labels, entity by entity:
/// two entities that get the same name stay two.
package struct LabelFilter: Equatable, Sendable {
    package let mapping: TagMapping
    /// Types that are kept, by their new names; nil keeps all.
    package let types: [String]?

    package init(mapping: TagMapping = TagMapping(), types: [String]? = nil) {
        self.mapping = mapping
        self.types = types
    }

    /// Parses `FROM=TO` pairs and types, both separated by commas.
    package init(map: String, types: String?) throws {
        let kept = types?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if let kept { try Self.require(kept) }
        self.init(mapping: try TagMapping(map), types: kept)
    }

    private static func require(_ types: [String]) throws {
        guard !types.contains(""), Set(types).count == types.count else {
            throw Failure.unusableTypes(types)
        }
    }

    /// The name under which a type counts; nil when it does not.
    package func name(of type: String) -> String? {
        guard let name = mapping.name(of: type) else { return nil }
        return types?.contains(name) == false ? nil : name
    }

    /// The counts by the names that count.
    package func renamed(_ counts: [String: Int]) -> [String: Int] {
        counts.reduce(into: [:]) { result, entry in
            if let name = name(of: entry.key) { result[name, default: 0] += entry.value }
        }
    }

    /// The types by the names that count, in order, each once.
    package func renamed(_ types: [String]) -> [String] {
        types.compactMap(name(of:)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The tags of a sentence as IOB2, filtered. A stray `I-X` begins an entity; `E-` and `L-` end one, `S-` and `U-` are one.
    ///
    /// - Parameter tags: Of any scheme of ``TagScheme``.
    package func iob2(_ tags: ArraySlice<String>) -> [String] {
        var cache: [String: (type: Substring, name: String?)] = [:]
        var previous = Substring()
        return tags.map { tag in
            let (type, name) = cache[tag] ?? split(tag)
            cache[tag] = (type, name)
            let letter = tag.utf8.first ?? 0
            let begins = TagScheme.alwaysBegins(letter) || previous != type
            previous = TagScheme.alwaysEnds(letter) ? Substring() : type
            guard !type.isEmpty else { return tag }
            guard let name else { return "O" }
            // Two entities whose types get one name are still two, so it is the name in the file that is looked at.
            return (begins ? "B-" : "I-") + name
        }
    }

    private func split(_ tag: String) -> (type: Substring, name: String?) {
        guard let hyphen = tag.utf8.firstIndex(of: UInt8(ascii: "-")) else { return (Substring(), nil) }
        let type = tag[tag.utf8.index(after: hyphen)...]
        return (type, name(of: String(type)))
    }
}

extension LabelFilter {
    /// Refuses a type to keep that no input has, and a filter that leaves none.
    ///
    /// - Parameter found: Types of all inputs, by their own names; those that a model knows are among them.
    package func require(_ found: some Collection<String>, place: String) throws {
        let names = found.compactMap(mapping.name(of:))
        if let missing = types?.first(where: { !names.contains($0) }) {
            throw Failure.unknownType(missing, among: names, place: place)
        }
        if !found.isEmpty, names.isEmpty {
            throw Failure.noTypeLeft(of: found, place: place)
        }
    }

    /// What a user should know: types to rename that no input has. One mapping serves corpora of different types, so this
    /// is no error.
    package func notes(_ found: some Collection<String>, place: String) -> [String] {
        let absent = mapping.renamed.keys.filter { !found.contains($0) }
        return absent.isEmpty
            ? [] : ["\(place): no entity of \(Self.list(absent)), which --map renames; there are \(Self.list(found))"]
    }

    /// Names in order, for messages.
    static func list(_ names: some Collection<String>) -> String {
        let sorted = Set(names).sorted()
        guard !sorted.isEmpty else { return "none" }
        return sorted.prefix(20).joined(separator: " ") + (sorted.count > 20 ? " ..." : "")
    }
}

/// The types of labelled text, held against those of what is to know them: a model, a stream, the training data.
package struct LabelMeeting {
    /// Entities of each type of the text, under the names that count.
    package var text: [String: Int]
    /// For messages: where the text is.
    package var place: String
    package var known: [String]
    /// For messages: whose types ``known`` are, and what becomes of the others.
    package var knower: String
    package var fate: String
    /// The option that renames types of the text.
    package var mapOption = "--map"

    package init(text: [String: Int], place: String, known: [String], knower: String, fate: String) {
        (self.text, self.place, self.known, self.knower, self.fate) = (text, place, known, knower, fate)
    }

    /// Types of one side alone are said: corpora differ in what they label. Both sides having such looks like two names for
    /// one thing, which must be said by whoever knows.
    ///
    /// - Parameter isChosen: Whether a user named the types that count.
    /// - Returns: What a user should know.
    /// - Throws: When the two do not meet.
    package func check(isChosen: Bool = false) throws -> [String] {
        guard !text.isEmpty else { return ["warning: \(place): no entity of a type that counts"] }
        let strange = text.keys.filter { !known.contains($0) }.sorted()
        let missing = known.filter { text[$0] == nil }
        let sharesNone = strange.count == text.count
        guard strange.isEmpty || missing.isEmpty || isChosen && !sharesNone else {
            throw Failure.labelsDoNotMeet(self, strange: strange, missing: missing)
        }
        var notes: [String] = []
        if !strange.isEmpty {
            let counts = strange.prefix(20).map { "\(text[$0] ?? 0) of \($0)" }.joined(separator: ", ")
            notes.append("\(place): entities that \(knower) does not know: \(counts); \(fate)")
        }
        if !missing.isEmpty {
            notes.append("\(place): no entity of \(LabelFilter.list(missing)), which \(knower) knows")
        }
        return notes
    }
}
