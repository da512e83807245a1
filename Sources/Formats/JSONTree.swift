/// A value of JSON with all that is in it, for records, whose size is bounded.
indirect enum JSONTree: Sendable {
    struct Member: Sendable {
        var key: String
        var value: JSONTree
    }

    case object([Member])
    case array([JSONTree])
    /// Escapes are resolved.
    case string([UInt8])
    /// As it is written; also `true`, `false` and `null`.
    case word(String)

    /// Reads one value and nothing behind it.
    init(_ bytes: UnsafeBufferPointer<UInt8>) throws(RecordProblem) {
        var cursor = JSONCursor(bytes: bytes)
        self = try cursor.tree(depth: 1)
        cursor.skipSpace()
        guard cursor.index == bytes.count else {
            throw RecordProblem(what: "there is more after the object (byte \(cursor.index))")
        }
    }

    /// The members of an object; none of other values.
    var members: [Member] { if case .object(let members) = self { members } else { [] } }
    var elements: [JSONTree]? { if case .array(let elements) = self { elements } else { nil } }
    var string: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    var text: String? { string.map { String(decoding: $0, as: UTF8.self) } }
    var isNull: Bool { if case .word("null") = self { true } else { false } }

    /// A whole number, also when it is written as `5.0`.
    var integer: Int? {
        guard case .word(let word) = self else { return nil }
        return Int(word) ?? Double(word).flatMap { Int(exactly: $0) }
    }

    var number: Double? { if case .word(let word) = self { Double(word) } else { nil } }

    /// A string, or a number as it is written.
    var identifier: [UInt8]? {
        if case .word(let word) = self { return number == nil ? nil : Array(word.utf8) }
        return string
    }

    /// The value of a key, which may come once; nil where there is none, or where it is null.
    func member(_ key: String) throws(RecordProblem) -> JSONTree? {
        let found = members.filter { $0.key == key }
        guard found.count < 2 else { throw RecordProblem(what: "key \"\(key)\" comes twice") }
        return found.first.flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// The value of the first of these keys that there is.
    func member(of keys: [String]) throws(RecordProblem) -> (key: String, value: JSONTree)? {
        for key in keys {
            if let value = try member(key) { return (key, value) }
        }
        return nil
    }
}

extension JSONCursor {
    mutating func tree(depth: Int) throws(RecordProblem) -> JSONTree {
        guard depth <= Self.maximumDepth else {
            throw RecordProblem(what: "values are nested deeper than \(Self.maximumDepth)")
        }
        skipSpace()
        guard index < bytes.count else { throw RecordProblem(what: "a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "\""):
            var text: [UInt8] = []
            try string(into: &text)
            return .string(text)
        case UInt8(ascii: "{"):
            index += 1
            var members: [JSONTree.Member] = []
            if take(UInt8(ascii: "}")) { return .object([]) }
            repeat {
                var key: [UInt8] = []
                try string(into: &key)
                try expect(UInt8(ascii: ":"), "':' is missing after a key")
                members.append(.init(key: String(decoding: key, as: UTF8.self), value: try tree(depth: depth + 1)))
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "the object does not end with '}'")
            return .object(members)
        case UInt8(ascii: "["):
            index += 1
            var elements: [JSONTree] = []
            if take(UInt8(ascii: "]")) { return .array([]) }
            repeat { elements.append(try tree(depth: depth + 1)) } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"), "a list does not end with ']'")
            return .array(elements)
        default:
            let start = index
            try skipValue(depth: depth)
            return .word(String(decoding: bytes[start..<index], as: UTF8.self))
        }
    }
}
