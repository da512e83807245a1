package import Corpora

/// What a user says about text that is written.
package struct WritingOptions: Sendable {
    /// How tags say where entities begin and end.
    package var scheme = TagScheme.iob2
    /// What offsets count; nil: what the form's own program counts.
    package var offsets: OffsetUnit?

    package init(scheme: TagScheme = .iob2, offsets: OffsetUnit? = nil) {
        (self.scheme, self.offsets) = (scheme, offsets)
    }
}

/// What stands around and between the batches of a text: a list of JSON has brackets and commas.
package struct TextFrame: Sendable {
    package var opening: [UInt8] = []
    package var separator: [UInt8] = []
    package var closing: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { opening.isEmpty && separator.isEmpty && closing.isEmpty }
}

/// Writes batches in a form.
package protocol BatchWriter: Sendable {
    var frame: TextFrame { get }
    /// Whether it needs `SentenceBatch/documentText`.
    var needsDocumentText: Bool { get }
    /// Whether it writes how sure a tagger is.
    var needsConfidence: Bool { get }
    /// Whether what it writes of a block depends on those before it: numbers, places counted from the beginning of a document.
    var dependsOnEarlierBlocks: Bool { get }
    /// - Parameter labels: Names of the labels, when the batch has scores or label numbers.
    func write(_ batch: SentenceBatch, labels: [String]) -> [UInt8]
}

extension BatchWriter {
    package var frame: TextFrame { TextFrame() }
    package var needsConfidence: Bool { false }
    package var dependsOnEarlierBlocks: Bool { false }

    /// Whether texts of parts of a work, one behind the other, are the text of all of it.
    package var canBeJoined: Bool { !dependsOnEarlierBlocks && frame.isEmpty }
}
