/// Takes `id` and `text` out of a line that holds one JSON object (RFC 8259), without building any other value.
///
/// Keys other than `id` and `text` are checked for form and ignored. `id` may be a string or a number. A key that comes
/// twice is an error.
package struct JSONRecordScanner: DocumentScanner {
    /// The identifier's bytes, empty when there is none, and the text's bytes, escapes resolved.
    package private(set) var identifier: [UInt8] = []
    package private(set) var text: [UInt8] = []

    package init() {}

    /// Reads one line.
    ///
    /// An escaped surrogate without its partner becomes the bytes ED A0..BF xx, which are ill-formed UTF-8, so that the
    /// policy for ill-formed text applies to it as well.
    package mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        guard try scanObject(bytes) else { throw RecordProblem(what: "key \"text\" is missing") }
    }

    /// Reads one line; whether it has a text.
    private mutating func scanObject(_ bytes: UnsafeBufferPointer<UInt8>) throws(RecordProblem) -> Bool {
        identifier.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        var cursor = JSONCursor(bytes: bytes)
        var hasText = false, hasIdentifier = false
        var key: [UInt8] = []
        try cursor.expect(UInt8(ascii: "{"), "a line must be a JSON object such as {\"id\": \"1\", \"text\": \"...\"}")
        if !cursor.take(UInt8(ascii: "}")) {
            repeat {
                key.removeAll(keepingCapacity: true)
                try cursor.string(into: &key)
                try cursor.expect(UInt8(ascii: ":"), "':' is missing after a key")
                if key.elementsEqual("text".utf8) {
                    guard !hasText else { throw RecordProblem(what: "key \"text\" comes twice") }
                    hasText = true
                    try cursor.string(into: &text)
                } else if key.elementsEqual("id".utf8) {
                    guard !hasIdentifier else { throw RecordProblem(what: "key \"id\" comes twice") }
                    hasIdentifier = true
                    try cursor.stringOrNumber(into: &identifier)
                } else {
                    try cursor.skipValue(depth: 1)
                }
            } while cursor.take(UInt8(ascii: ","))
            try cursor.expect(UInt8(ascii: "}"), "the object does not end with '}'")
        }
        cursor.skipSpace()
        guard cursor.index == bytes.count else {
            throw RecordProblem(what: "there is more after the object (byte \(cursor.index))")
        }
        return hasText
    }
}
