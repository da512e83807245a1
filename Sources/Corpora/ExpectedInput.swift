import Diagnostics

/// How much text somebody expects, who knows it: text has no end of its own, so what was cut off is not missed otherwise.
package struct ExpectedInput: Sendable {
    /// Files of text, lines of JSON, documents of columns; those that cannot be read count too.
    package var documents: Int?
    /// Bytes of all inputs, decompressed.
    package var bytes: Int?

    package init(documents: Int? = nil, bytes: Int? = nil) {
        self.documents = documents
        self.bytes = bytes
    }

    /// - Parameter place: The last input, for the message.
    package func check(documents foundDocuments: Int, bytes foundBytes: Int, place: String) throws {
        let checks = [(documents, foundDocuments, "documents"), (bytes, foundBytes, "bytes")]
        for case (let expected?, let found, let what) in checks where expected != found {
            throw Failure.endedElsewhere(place, what, found: found, expected: expected)
        }
    }
}
