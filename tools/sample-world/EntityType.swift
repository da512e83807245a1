/// The entity types of the world, in the order of the tag set.
package enum EntityType: Int, CaseIterable {
    case person, organization, location

    /// The label used in tags.
    package var label: String {
        switch self {
        case .person: "PER"
        case .organization: "ORG"
        case .location: "LOC"
        }
    }
}

/// A tag of the IOB2 scheme.
package enum Tag: Equatable {
    case outside
    case begin(EntityType)
    case inside(EntityType)

    /// The tag as written in a column file.
    package var text: String {
        switch self {
        case .outside: "O"
        case .begin(let type): "B-" + type.label
        case .inside(let type): "I-" + type.label
        }
    }
}
