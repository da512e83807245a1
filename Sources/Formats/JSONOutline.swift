/// What the records at the beginning of a JSON text are made of: a path for each kind of value in them, such as
/// `.spans[].start=0`, by which forms tell themselves from others.
///
/// A path ends with `=0` for a number, `="` for a string, `=[` for a list, `={` for an object, `=-` for what is none of
/// these. A sample may end anywhere; what was seen until then counts.
struct JSONOutline {
    private(set) var paths: Set<String> = []
    /// Whether the records are the items of a list.
    private(set) var isList = false
    /// Records of which the beginning was seen.
    private(set) var recordCount = 0
    private static let maximumPathCount = 1000

    init(_ sample: TextSample) {
        Array(sample.lines.joined(separator: [0x0A])).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes: bytes)
            isList = cursor.take(UInt8(ascii: "["))
            do throws(RecordProblem) {
                repeat {
                    cursor.skipSpace()
                    guard cursor.index < bytes.count, bytes[cursor.index] == UInt8(ascii: "{") else { return }
                    recordCount += 1
                    try walk(&cursor, "", depth: 1)
                } while cursor.take(UInt8(ascii: ",")) || !isList
            } catch {
                // The sample ends here, or a record that its reader will name.
            }
        }
    }

    func has(_ path: String) -> Bool { paths.contains(path) }

    private mutating func walk(_ cursor: inout JSONCursor, _ path: String, depth: Int) throws(RecordProblem) {
        guard depth <= JSONCursor.maximumDepth, paths.count < Self.maximumPathCount else {
            return try cursor.skipValue(depth: depth)
        }
        cursor.skipSpace()
        guard cursor.index < cursor.bytes.count else { throw RecordProblem(what: "a value is missing") }
        switch cursor.bytes[cursor.index] {
        case UInt8(ascii: "{"):
            paths.insert(path + "={")
            cursor.index += 1
            if cursor.take(UInt8(ascii: "}")) { return }
            repeat {
                var key: [UInt8] = []
                try cursor.string(into: &key)
                try cursor.expect(UInt8(ascii: ":"), "':' is missing after a key")
                try walk(&cursor, "\(path).\(String(decoding: key, as: UTF8.self))", depth: depth + 1)
            } while cursor.take(UInt8(ascii: ","))
            try cursor.expect(UInt8(ascii: "}"), "an object does not end")
        case UInt8(ascii: "["):
            paths.insert(path + "=[")
            cursor.index += 1
            if cursor.take(UInt8(ascii: "]")) { return }
            repeat { try walk(&cursor, path + "[]", depth: depth + 1) } while cursor.take(UInt8(ascii: ","))
            try cursor.expect(UInt8(ascii: "]"), "a list does not end")
        case UInt8(ascii: "\""):
            paths.insert(path + "=\"")
            try cursor.skipValue(depth: depth)
        case UInt8(ascii: "-"), 0x30...0x39:
            paths.insert(path + "=0")
            try cursor.skipValue(depth: depth)
        default:
            paths.insert(path + "=-")
            try cursor.skipValue(depth: depth)
        }
    }
}
