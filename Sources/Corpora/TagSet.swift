import Diagnostics

/// The tags a tagger knows, in the order of its outputs: `O`, then `B-X`, `I-X` for each entity type (IOB2).
package struct TagSet: Equatable, Sendable {
    package let names: [String]
    /// Numbers of tags are bytes.
    package static let maximumTypeCount = 127
    private let numbers: [String: Int]

    /// - Parameter types: Entity types, for instance PER, ORG, LOC.
    package init(types: [String]) {
        self.init(uncheckedNames: ["O"] + types.flatMap { ["B-\($0)", "I-\($0)"] })
    }

    /// Reads the tags of a stored model or stream.
    package init(names: [String], place: String) throws {
        let types = names.filter { $0.hasPrefix("B-") }.map { String($0.dropFirst(2)) }
        let expected = TagSet(types: types)
        guard expected.names == names, types.count <= Self.maximumTypeCount, Set(names).count == names.count else {
            throw Failure.unorderedLabels(names, place: place)
        }
        self = expected
    }

    private init(uncheckedNames names: [String]) {
        self.names = names
        // A name that comes twice is refused by `init(names:place:)`; it must not stop the process before.
        numbers = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package var count: Int { names.count }
    package var types: [String] { names.filter { $0.hasPrefix("B-") }.map { String($0.dropFirst(2)) } }

    package func number(of tag: String) -> Int? { numbers[tag] }

    /// Whether tag `next` may follow tag `previous` in a well-formed IOB2 sequence; nil stands for the start of a
    /// sentence.
    package func allows(_ next: Int, after previous: Int?) -> Bool {
        // Tag 2t+1 is B of type t, tag 2t+2 is I of type t.
        guard next > 0, next.isMultiple(of: 2) else { return true }
        return previous == next || previous == next - 1
    }
}

/// Which entity types are renamed or dropped: `MISC=O,DATE=O,GPE=LOC`.
package struct TagMapping: Equatable, Sendable {
    package let renamed: [String: String]

    /// Renames nothing.
    package init() { renamed = [:] }

    /// Parses `FROM=TO` pairs separated by commas.
    package init(_ text: String) throws {
        var renamed: [String: String] = [:]
        for pair in text.split(separator: ",") {
            let sides = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw Failure.noTagMapping(pair)
            }
            guard renamed.updateValue(String(sides[1]), forKey: String(sides[0])) == nil else {
                throw Failure.mappedTwice(sides[0])
            }
        }
        self.renamed = renamed
    }

    /// The type after renaming; nil when it disappears.
    package func name(of type: String) -> String? {
        guard let name = renamed[type] else { return type }
        return name == "O" ? nil : name
    }
}
