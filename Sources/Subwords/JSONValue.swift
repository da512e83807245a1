import Diagnostics
import Glibc

/// A value of a ``JSONTape``, and its name for messages. Whatever is not of the kind that is asked for is refused with
/// its place.
struct JSONValue {
    let tape: JSONTape
    let index: Int
    /// Where it is, such as `model.vocab`.
    let name: String

    init(root tape: JSONTape) { self.init(tape: tape, index: 0, name: "the file") }

    private init(tape: JSONTape, index: Int, name: String) {
        self.tape = tape
        self.index = index
        self.name = name
    }

    var node: JSONTape.Node { tape.nodes[index] }
    var isNull: Bool { node.kind == .null }

    func failure(_ what: String) -> Failure {
        Failure.badTokenizer(tape.path, Int(node.start), "\(name) \(what)")
    }

    /// The member of an object, nil where it has none of that name or where that is null. A name that comes twice is
    /// refused.
    func optional(_ key: String) throws -> JSONValue? {
        var found: JSONValue?
        try forEachMember { name, value in
            guard name.elementsEqual(key.utf8) else { return }
            guard found == nil else { throw failure("has \"\(key)\" twice") }
            found = value
        }
        return found?.isNull == true ? nil : found
    }

    func member(_ key: String) throws -> JSONValue {
        guard let value = try optional(key) else { throw failure("has no \"\(key)\"") }
        return value
    }

    /// Refuses members other than these: they may ask for something that would not be done.
    func requireOnly(_ keys: Set<String>) throws {
        try forEachMember { name, _ in
            let key = String(decoding: name, as: UTF8.self)
            if !keys.contains(key) { throw failure("has \"\(key)\", which is not known here") }
        }
    }

    /// Calls `body` with the members of an object in their order.
    func forEachMember(_ body: (_ key: [UInt8], _ value: JSONValue) throws -> Void) throws {
        guard node.kind == .object else { throw failure("should be an object") }
        var at = index + 1
        while at < Int(node.next) {
            let key = try tape.string(tape.nodes[at])
            try body(
                key, JSONValue(tape: tape, index: at + 1, name: child(String(decoding: key.prefix(40), as: UTF8.self))))
            at = Int(tape.nodes[at + 1].next)
        }
    }

    func elements() throws -> [JSONValue] {
        guard node.kind == .array else { throw failure("should be an array") }
        var found: [JSONValue] = []
        var at = index + 1
        while at < Int(node.next) {
            found.append(JSONValue(tape: tape, index: at, name: "\(name)[\(found.count)]"))
            at = Int(tape.nodes[at].next)
        }
        return found
    }

    private func child(_ key: String) -> String { index == 0 ? key : "\(name).\(key)" }

    func bytes() throws -> [UInt8] {
        guard node.kind == .string || node.kind == .escapedString else { throw failure("should be a string") }
        return try tape.string(node)
    }

    func string() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    func bool() throws -> Bool {
        guard node.kind == .true || node.kind == .false else { throw failure("should be true or false") }
        return node.kind == .true
    }

    /// A whole number from 0 to `limit`.
    func integer(upTo limit: Int) throws -> Int {
        guard let value = Self.integer(tape, node), value <= limit else {
            throw failure("should be a whole number from 0 to \(limit)")
        }
        return value
    }

    /// The value of a number without point and exponent; nil for any other node, and for what has more than 15 digits.
    static func integer(_ tape: JSONTape, _ node: JSONTape.Node) -> Int? {
        guard node.kind == .number, node.length <= 15 else { return nil }
        var value = 0
        for byte in tape.bytes[Int(node.start)..<Int(node.start + node.length)] {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// The number nearest to what is written; nil for any other node, and for one that is too great for 64 bits.
    static func double(_ tape: JSONTape, _ node: JSONTape.Node) -> Double? {
        guard node.kind == .number, node.length < 1024 else { return nil }
        let value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(node.length) + 1) { text in
            for offset in 0..<Int(node.length) {
                text[offset] = CChar(bitPattern: tape.bytes[Int(node.start) + offset])
            }
            text[Int(node.length)] = 0
            // The program never sets a locale, so the point is a point.
            return text.baseAddress.map { strtod($0, nil) } ?? .nan
        }
        return value.isFinite ? value : nil
    }
}
