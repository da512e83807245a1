import Diagnostics
import UnicodeText

/// A JSON text (RFC 8259) taken apart in one pass: a list of values in the order of the text, each with its place in
/// it.
///
/// Made for `tokenizer.json`, which has a quarter of a million small values: sixteen bytes for each, no strings, no
/// trees.
struct JSONTape {
    enum Kind: UInt8 {
        case object, array, string, escapedString, number, `true`, `false`, null
    }

    /// A value; a string's range is without its marks. `next` is the index behind the value and all it contains, so the
    /// members of an object (key, value, key, value) and the elements of an array are walked without a look inside.
    struct Node {
        var kind: Kind
        var start: UInt32
        var length: UInt32
        var next: UInt32
    }

    static let maximumDepth = 64
    /// No tokenizer comes near; places are 32 bits.
    static let maximumBytes = 1 << 30

    let path: String
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var nodes: [Node] = []

    /// - Parameters:
    ///   - bytes: Must outlive the tape.
    ///   - path: For messages.
    init(_ bytes: UnsafeBufferPointer<UInt8>, path: String) throws {
        guard bytes.count <= Self.maximumBytes else {
            throw Failure.hugeTokenizer(path, bytes.count)
        }
        if let invalid = UTF8Validator.firstIllFormed(in: bytes)?.lowerBound {
            throw Failure.badTokenizer(path, invalid, "is no UTF-8")
        }
        self.bytes = bytes
        self.path = path
        nodes.reserveCapacity(bytes.count / 16)
        var scanner = Scanner(bytes: bytes, path: path)
        try scanner.value(into: &nodes, depth: 0)
        scanner.skipSpace()
        guard scanner.at == bytes.count else { throw scanner.failure("there is more after the end of the object") }
    }

    /// The bytes of a string, escapes resolved; an escaped surrogate without a partner is refused.
    func string(_ node: Node) throws -> [UInt8] {
        let raw = bytes[Int(node.start)..<Int(node.start + node.length)]
        guard node.kind == .escapedString else { return Array(raw) }
        return try JSONEscapes.resolved(UnsafeBufferPointer(rebasing: raw)) {
            Failure.badTokenizer(path, Int(node.start) + $0, "half a surrogate pair is escaped")
        }
    }
}

extension JSONTape {
    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        let path: String
        var at = 0

        func failure(_ what: String) -> Failure { Failure.badTokenizer(path, at, what) }

        mutating func skipSpace() {
            while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 {
                at += 1
            }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            skipSpace()
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }

        mutating func value(into nodes: inout [Node], depth: Int) throws {
            skipSpace()
            guard at < bytes.count else { throw failure("the text ends where a value should be") }
            guard depth < JSONTape.maximumDepth else {
                throw failure("values are nested more than \(JSONTape.maximumDepth) deep")
            }
            let index = nodes.count
            switch bytes[at] {
            case UInt8(ascii: "{"): try container(.object, UInt8(ascii: "}"), into: &nodes, depth: depth)
            case UInt8(ascii: "["): try container(.array, UInt8(ascii: "]"), into: &nodes, depth: depth)
            case UInt8(ascii: "\""): try string(into: &nodes)
            case UInt8(ascii: "t"): try word("true", .true, into: &nodes)
            case UInt8(ascii: "f"): try word("false", .false, into: &nodes)
            case UInt8(ascii: "n"): try word("null", .null, into: &nodes)
            default: try number(into: &nodes)
            }
            nodes[index].next = UInt32(nodes.count)
        }

        private mutating func container(_ kind: Kind, _ end: UInt8, into nodes: inout [Node], depth: Int) throws {
            let index = nodes.count, start = at
            nodes.append(Node(kind: kind, start: UInt32(start), length: 0, next: 0))
            at += 1
            if !take(end) {
                repeat {
                    if kind == .object {
                        skipSpace()
                        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
                            throw failure("a key is missing")
                        }
                        try string(into: &nodes)
                        guard take(UInt8(ascii: ":")) else { throw failure("':' is missing after a key") }
                    }
                    try value(into: &nodes, depth: depth + 1)
                } while take(UInt8(ascii: ","))
                guard take(end) else {
                    throw failure("',' or '\(Character(UnicodeScalar(end)))' is missing")
                }
            }
            nodes[index].length = UInt32(at - start)
        }

        private mutating func string(into nodes: inout [Node]) throws {
            at += 1
            let start = at
            var isEscaped = false
            while true {
                guard at < bytes.count else { throw failure("a string has no end") }
                let byte = bytes[at]
                if byte == UInt8(ascii: "\"") { break }
                guard byte >= 0x20 else { throw failure("a control character stands in a string") }
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                    try escape()
                } else {
                    at += 1
                }
            }
            nodes.append(
                Node(
                    kind: isEscaped ? .escapedString : .string, start: UInt32(start), length: UInt32(at - start),
                    next: UInt32(nodes.count + 1)))
            at += 1
        }

        private mutating func escape() throws {
            guard at + 1 < bytes.count else { throw failure("a string has no end") }
            switch bytes[at + 1] {
            case UInt8(ascii: "u"):
                guard at + 6 <= bytes.count, bytes[(at + 2)..<(at + 6)].allSatisfy({ JSONEscapes.digit($0) != nil })
                else { throw failure("\\u is not followed by four hexadecimal digits") }
                at += 6
            case let byte where JSONEscapes.plain(byte) != nil: at += 2
            default: throw failure("no such escape")
            }
        }

        private mutating func word(_ text: StaticString, _ kind: Kind, into nodes: inout [Node]) throws {
            let count = text.utf8CodeUnitCount
            guard at + count <= bytes.count, (0..<count).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] }) else {
                throw failure("no JSON value")
            }
            nodes.append(Node(kind: kind, start: UInt32(at), length: UInt32(count), next: 0))
            at += count
        }

        private mutating func digits() -> Int {
            let start = at
            while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
            return at - start
        }

        private mutating func number(into nodes: inout [Node]) throws {
            let start = at
            if bytes[at] == UInt8(ascii: "-") { at += 1 }
            let first = at < bytes.count ? bytes[at] : 0
            let whole = digits()
            // NaN and Infinity, which some programs write, come here too.
            guard whole == 1 || whole > 1 && first != 0x30 else { throw failure("no JSON value") }
            if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
                at += 1
                guard digits() > 0 else { throw failure("no digit after a point") }
            }
            if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
                at += 1
                if at < bytes.count, bytes[at] == 0x2B || bytes[at] == 0x2D { at += 1 }
                guard digits() > 0 else { throw failure("no digit in an exponent") }
            }
            nodes.append(Node(kind: .number, start: UInt32(start), length: UInt32(at - start), next: 0))
        }
    }
}
