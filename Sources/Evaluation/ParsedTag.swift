import Corpora

/// One tag split at its first hyphen: `B-PER` is the letter `B` and the type `PER`.
///
/// The type is a number handed out by ``TypeInventory``, so two tags from different inventories must not be compared.
package struct ParsedTag: Equatable, Sendable {
    /// ASCII letter before the hyphen, or ``unrecognizedPrefix`` when what stands there is not one ASCII character.
    package var prefix: UInt8

    /// Index into ``TypeInventory/names``; -1 for `O` and for whatever is scored like `O`.
    package var type: Int32

    package init(prefix: UInt8, type: Int32) {
        self.prefix = prefix
        self.type = type
    }

    /// The tag of a word outside every entity.
    package static let outside = ParsedTag(prefix: UInt8(ascii: "O"), type: -1)

    /// Stands for a prefix that is empty, longer than one character or not ASCII.
    package static let unrecognizedPrefix = UInt8(ascii: "?")
}

extension ParsedTag {
    /// True when no entity covers the word.
    var isOutside: Bool { type < 0 }

    /// True when the tag begins an entity whatever stands before it.
    var alwaysBegins: Bool { TagScheme.alwaysBegins(prefix) }

    /// True when the tag ends an entity whatever comes after it.
    var alwaysEnds: Bool { TagScheme.alwaysEnds(prefix) }
}
