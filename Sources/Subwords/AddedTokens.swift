import CUnicodeTables
import Diagnostics

/// Tokens that are found in the text before anything is split, the longest at the first place (`added_tokens`).
struct AddedTokens: Sendable {
    struct Token: Sendable {
        var id: UInt32
        var content: [UInt8]
        /// Only where no `\w` stands beside it.
        var isSingleWord: Bool
        /// White space before or behind it belongs to it.
        var takesLeft: Bool
        var takesRight: Bool
    }

    private let tokens: [Token]
    private let trie: PieceTrie
    /// By byte, whether a token begins with it.
    private let begins: [Bool]

    var isEmpty: Bool { tokens.isEmpty }

    /// - Parameter tokens: With contents that are not empty; of equal ones the last counts.
    init(_ tokens: [Token]) {
        self.tokens = tokens
        var bytes: [UInt8] = [], ends: [Int] = []
        var begins = [Bool](repeating: false, count: 256)
        for token in tokens {
            bytes += token.content
            ends.append(bytes.count)
            if let first = token.content.first { begins[Int(first)] = true }
        }
        self.begins = begins
        trie = PieceTrie(SortedPieces(bytes, ends: ends, values: tokens.indices.map { Int32($0) }))
    }

    /// Whether none can occur.
    func cannotOccur(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        tokens.isEmpty || !bytes.contains { begins[Int($0)] }
    }

    /// Calls `body` with the parts of a text in their order, and the token that a part is.
    func split(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (_ range: Range<Int>, _ token: UInt32?) -> Void) {
        var done = 0, at = 0
        while at < bytes.count {
            guard begins[Int(bytes[at])], let (index, end) = trie.longest(in: bytes, from: at, to: bytes.count) else {
                at += 1
                continue
            }
            let token = tokens[index]
            var start = at, stop = end
            at = end
            if token.isSingleWord, Self.hasWordBefore(bytes, start) || Self.hasWordBehind(bytes, stop) { continue }
            if token.takesLeft {
                while start > done, let before = Self.scalar(before: start, in: bytes), Self.isSpace(before.scalar) {
                    start = before.start
                }
                start = max(start, done)
            }
            if token.takesRight {
                while stop < bytes.count, let behind = Self.scalar(at: stop, in: bytes), Self.isSpace(behind.scalar) {
                    stop = behind.end
                }
            }
            if done < start { body(done..<start, nil) }
            body(start..<stop, token.id)
            done = stop
            at = max(at, stop)
        }
        if done < bytes.count { body(done..<bytes.count, nil) }
    }

    private static func isSpace(_ scalar: UInt32) -> Bool { Int(nu_subword(scalar)) & NU_SUBWORD_SPACE != 0 }

    private static func scalar(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (scalar: UInt32, end: Int)? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        let decoded = nu_decode(base, start, bytes.count)
        return (decoded.scalar, start + Int(decoded.length))
    }

    private static func scalar(before end: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (scalar: UInt32, start: Int)? {
        var start = end - 1
        while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: max(start, 0), in: bytes).map { ($0.scalar, start) }
    }

    private static func hasWordBefore(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        guard start > 0, let before = scalar(before: start, in: bytes) else { return false }
        return Int(nu_subword(before.scalar)) & NU_SUBWORD_WORD != 0
    }

    private static func hasWordBehind(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int) -> Bool {
        scalar(at: end, in: bytes).map { Int(nu_subword($0.scalar)) & NU_SUBWORD_WORD != 0 } ?? false
    }
}

/// One entry of `added_tokens`.
struct AddedTokenEntry {
    let token: AddedTokens.Token
    /// Whether it is looked for after normalization, and is itself normalized.
    let isNormalized: Bool
    let value: JSONValue

    static func read(_ value: JSONValue?) throws -> [AddedTokenEntry] {
        try value?.elements().map { entry in
            try entry.requireOnly(["id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"])
            let content = try entry.member("content").bytes()
            guard !content.isEmpty else { throw entry.failure("has an empty content") }
            return AddedTokenEntry(
                token: AddedTokens.Token(
                    id: UInt32(try entry.member("id").integer(upTo: SubwordTokenizer.maximumVocabulary - 1)),
                    content: content,
                    isSingleWord: try entry.member("single_word").bool(), takesLeft: try entry.member("lstrip").bool(),
                    takesRight: try entry.member("rstrip").bool()),
                isNormalized: try entry.member("normalized").bool(), value: entry)
        } ?? []
    }
}
