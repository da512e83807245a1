import Diagnostics

/// WordPiece: the longest piece that a part begins with, then the longest with the prefix of continuations, and so on;
/// a part that cannot be cut so is unknown as a whole.
///
/// - Note: M. Schuster, K. Nakajima 2012, "Japanese and Korean Voice Search"; J. Devlin et al. 2019, "BERT".
struct WordPieceModel: Sendable {
    let trie: PieceTrie
    let count: Int
    let unknown: UInt32
    /// Where the trie goes on with the prefix of continuations; -1 where no piece has it.
    private let continuation: Int32
    private let maximumScalars: Int

    init(_ value: JSONValue) throws {
        try value.requireOnly(["type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab"])
        let vocabulary = try value.member("vocab")
        let table = try Self.read(vocabulary)
        let sorted = SortedPieces(table.bytes, ends: table.ends, values: table.ids)
        guard sorted.count == table.ids.count else { throw vocabulary.failure("has a piece twice, or an empty one") }
        trie = PieceTrie(sorted)
        count = table.ids.count
        let name = try value.member("unk_token")
        guard let unknown = trie.value(of: try name.bytes()) else { throw name.failure("is no piece") }
        self.unknown = UInt32(unknown)
        continuation = trie.node(of: try value.member("continuing_subword_prefix").bytes())
        maximumScalars = try value.member("max_input_chars_per_word").integer(upTo: 1 << 30)
    }

    /// Pieces with their ids, of which none may come twice.
    private static func read(_ vocabulary: JSONValue) throws -> (bytes: [UInt8], ends: [Int], ids: [Int32]) {
        let tape = vocabulary.tape
        guard vocabulary.node.kind == .object else { throw vocabulary.failure("should be an object") }
        var bytes: [UInt8] = [], ends: [Int] = [], ids: [Int32] = []
        var at = vocabulary.index + 1
        while at < Int(vocabulary.node.next) {
            let id = JSONValue.integer(tape, tape.nodes[at + 1])
            guard let id, id < SubwordTokenizer.maximumVocabulary else {
                throw Failure.badTokenizer(
                    tape.path, Int(tape.nodes[at + 1].start),
                    "the id of piece \(ends.count) should be a whole number below \(SubwordTokenizer.maximumVocabulary)"
                )
            }
            bytes += try tape.string(tape.nodes[at])
            ends.append(bytes.count)
            ids.append(Int32(id))
            at = Int(tape.nodes[at + 1].next)
        }
        let largest = Int(ids.max() ?? -1)
        guard largest < ids.count, Set(ids).count == ids.count else {
            throw vocabulary.failure("has ids that are not 0 to \(ids.count - 1), each once")
        }
        return (bytes, ends, ids)
    }

    /// Appends the pieces of a part.
    func encode(_ text: WordText, _ range: Range<Int>, into pieces: inout [SubwordPiece]) {
        let first = pieces.count
        text.bytes.withUnsafeBufferPointer { bytes in
            var isKnown = bytes[range].count { $0 & 0xC0 != 0x80 } <= maximumScalars
            var start = range.lowerBound
            while isKnown, start < range.upperBound {
                let node = start == range.lowerBound ? PieceTrie.root : continuation
                guard node >= 0, let found = trie.longest(in: bytes, from: start, to: range.upperBound, node: node)
                else {
                    isKnown = false
                    break
                }
                pieces.append(
                    SubwordPiece(id: UInt32(found.value), start: text.starts[start], end: text.ends[found.end - 1]))
                start = found.end
            }
            if isKnown { return }
            pieces.removeSubrange(first...)
            pieces.append(
                SubwordPiece(
                    id: unknown, start: text.starts[range.lowerBound], end: text.ends[range.upperBound - 1]))
        }
    }
}
