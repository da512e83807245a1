/// The labels of a document, as a form of text has them.
package struct Labelling: Sendable {
    /// Where its entities stand, when they are given by their places.
    package var spans: [LabelledSpan] = []
    /// `[tokens]`: the tag of each given token, of any scheme, when they are given so.
    package var tags: [String]?
    /// What the form says and tags cannot hold.
    package var losses = ReadingLosses()
    /// Whether nobody labelled it: then there is nothing to learn from it, not even that it has no entity.
    package var isAbsent = false

    package init() {}
}

/// An entity where its document has it.
package struct LabelledSpan: Equatable, Sendable {
    package var label: String
    /// Bytes of the document's text.
    package var bytes: Range<Int>

    package init(label: String, bytes: Range<Int>) { (self.label, self.bytes) = (label, bytes) }
}

/// What a form of text says and columns of tags cannot hold: counted by kind, never passed over in silence.
package struct ReadingLosses: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case widened = "spans that do not begin and end with tokens; widened to whole ones"
        case overlapping = "spans that overlap a longer one; left out"
        case discontinuous = "discontinuous spans; left out"
        case wordless = "spans without a token; left out"
        case empty = "empty spans; left out"
        case strangeText = "spans whose 'text' is not what stands at their offsets; left out"
        case severalLabels = "spans of several labels; the first one is taken"
        case noSpan = "annotations that are no spans (relations, choices, attributes); left out"
        case joinedSentences = "sentence ends inside of spans; taken away"
        case severalAnnotations = "records annotated more than once; the last annotation is taken"
        case unannotated = "records that nobody annotated; left out"
        case rejected = "records whose 'answer' is not 'accept'; left out"
        case multiwordTokens = "multiword tokens; their words are taken"
        case emptyNodes = "empty nodes; left out"
        case emptyTokens = "empty tokens; left out"
        case utf16 = "records with characters beyond U+FFFF; offsets are read as UTF-16 code units (--offsets)"
    }

    private var counts: [Kind: (count: Int, place: String)] = [:]

    package init() {}

    package static func == (left: ReadingLosses, right: ReadingLosses) -> Bool {
        left.counts.mapValues(\.count) == right.counts.mapValues(\.count)
    }

    package var isEmpty: Bool { counts.isEmpty }

    package func count(of kind: Kind) -> Int { counts[kind]?.count ?? 0 }

    package mutating func note(_ kind: Kind, _ count: Int = 1) {
        if count > 0 { counts[kind, default: (0, "")].count += count }
    }

    /// - Parameter place: Of the record that has them, for those that are the first of their kind.
    package mutating func add(_ other: ReadingLosses, place: @autoclosure () -> String = "") {
        for (kind, found) in other.counts {
            counts[kind, default: (0, found.place.isEmpty ? place() : found.place)].count += found.count
        }
    }

    /// A line for each kind: "spans that ...; left out: 3 (the first: a.json:12)".
    package var notes: [String] {
        Kind.allCases.compactMap { kind in
            counts[kind].map { "\(kind.rawValue): \($0.count)\($0.place.isEmpty ? "" : " (the first: \($0.place))")" }
        }
    }
}
