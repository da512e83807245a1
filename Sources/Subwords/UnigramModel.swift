import Diagnostics

/// Unigram language model: the pieces of a part are those of the greatest sum of scores.
///
/// - Note: T. Kudo 2018, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword
///   Candidates", section 3.2.
struct UnigramModel: Sendable {
    let trie: PieceTrie
    private let scores: [Double]
    let unknown: UInt32
    private let unknownScore: Double
    /// The pieces `<0x00>` to `<0xFF>`, where unknown text is written with them.
    private let bytePieces: [UInt32]?

    var count: Int { scores.count }

    /// Per byte of a part, the best way to it.
    struct Cell {
        var score: Double
        /// Where its last piece begins; -1 where nothing leads.
        var start: Int32
        var id: UInt32
    }

    init(_ value: JSONValue) throws {
        try value.requireOnly(["type", "unk_id", "vocab", "byte_fallback"])
        let vocabulary = try value.member("vocab")
        let table = try Self.read(vocabulary)
        guard !table.scores.isEmpty else { throw vocabulary.failure("is empty") }
        scores = table.scores
        trie = PieceTrie(SortedPieces(table.bytes, ends: table.ends, values: scores.indices.map { Int32($0) }))
        unknown = UInt32(try value.member("unk_id").integer(upTo: scores.count - 1))
        unknownScore = (scores.min() ?? 0) - 10
        if try value.optional("byte_fallback")?.bool() == true {
            let trie = trie
            let digits = Array("0123456789ABCDEF".utf8)
            let ids = (0..<256).compactMap { byte in
                trie.value(of: Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8))
            }
            guard ids.count == 256 else {
                throw vocabulary.failure(
                    "lacks \(256 - ids.count) of the pieces <0x00> to <0xFF> that byte_fallback needs")
            }
            bytePieces = ids.map { UInt32($0) }
        } else {
            bytePieces = nil
        }
    }

    /// Pairs of a piece and its score.
    private static func read(_ vocabulary: JSONValue) throws -> (bytes: [UInt8], ends: [Int], scores: [Double]) {
        let tape = vocabulary.tape
        guard vocabulary.node.kind == .array else { throw vocabulary.failure("should be an array") }
        var bytes: [UInt8] = [], ends: [Int] = [], scores: [Double] = []
        var at = vocabulary.index + 1
        while at < Int(vocabulary.node.next) {
            let pair = tape.nodes[at], piece = at + 1
            guard pair.kind == .array, Int(pair.next) == at + 3,
                tape.nodes[piece].kind == .string || tape.nodes[piece].kind == .escapedString,
                let score = JSONValue.double(tape, tape.nodes[at + 2])
            else {
                throw Failure.badTokenizer(
                    tape.path, Int(pair.start), "piece \(ends.count) should be a pair of a string and a finite number")
            }
            guard ends.count < SubwordTokenizer.maximumVocabulary else {
                throw vocabulary.failure("has too many pieces")
            }
            bytes += try tape.string(tape.nodes[piece])
            ends.append(bytes.count)
            scores.append(score)
            at = Int(pair.next)
        }
        return (bytes, ends, scores)
    }

    /// Appends the pieces of a part.
    ///
    /// - Parameter cells: Any content; kept for its memory.
    func encode(_ text: WordText, _ range: Range<Int>, _ cells: inout [Cell], into pieces: inout [SubwordPiece]) {
        text.bytes.withUnsafeBufferPointer { bytes in
            let part = UnsafeBufferPointer(rebasing: bytes[range])
            if cells.count <= part.count {
                cells = Array(repeating: Cell(score: 0, start: -1, id: 0), count: part.count * 2 + 64)
            }
            cells.withUnsafeMutableBufferPointer { cells in
                fill(cells, part)
                append(cells, part, text, range.lowerBound, into: &pieces)
            }
        }
    }

    /// The Viterbi algorithm, forward.
    private func fill(_ cells: UnsafeMutableBufferPointer<Cell>, _ part: UnsafeBufferPointer<UInt8>) {
        for index in 0...part.count { cells[index].start = -1 }
        cells[0].score = 0
        scores.withUnsafeBufferPointer { scores in
            trie.withUnits { units in
                var start = 0
                while start < part.count {
                    let soFar = cells[start].score
                    let lead = part[start]
                    let next = start + (lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
                    var hasSingle = false
                    var node = PieceTrie.root, at = start
                    while at < part.count {
                        node = PieceTrie.child(units, of: node, by: part[at])
                        if node < 0 { break }
                        at += 1
                        let piece = units[Int(node)].value
                        if piece < 0 { continue }
                        if at == next { hasSingle = true }
                        let score = soFar + scores[Int(piece)]
                        if cells[at].start < 0 || score > cells[at].score {
                            cells[at] = Cell(score: score, start: Int32(start), id: UInt32(piece))
                        }
                    }
                    if !hasSingle, cells[next].start < 0 || soFar + unknownScore > cells[next].score {
                        cells[next] = Cell(score: soFar + unknownScore, start: Int32(start), id: unknown)
                    }
                    start = next
                }
            }
        }
    }

    /// Backward; unknown pieces side by side are one.
    private func append(
        _ cells: UnsafeMutableBufferPointer<Cell>, _ part: UnsafeBufferPointer<UInt8>, _ text: WordText, _ begin: Int,
        into pieces: inout [SubwordPiece]
    ) {
        let first = pieces.count
        var end = part.count
        while end > 0 {
            let id = cells[end].id
            var start = Int(cells[end].start)
            if id == unknown { while start > 0, cells[start].id == unknown { start = Int(cells[start].start) } }
            let piece = SubwordPiece(
                id: id, start: text.starts[begin + start], end: text.ends[begin + end - 1])
            if id == unknown { appendUnknown(part[start..<end], piece, into: &pieces) } else { pieces.append(piece) }
            end = start
        }
        pieces[first...].reverse()
    }

    /// Unknown text, last byte first. It may be a piece as a whole, though its scalars are none.
    private func appendUnknown(
        _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ piece: SubwordPiece, into pieces: inout [SubwordPiece]
    ) {
        var piece = piece
        if let id = trie.value(of: bytes) {
            piece.id = UInt32(id)
        } else if let bytePieces {
            for byte in bytes.reversed() {
                pieces.append(SubwordPiece(id: bytePieces[Int(byte)], start: piece.start, end: piece.end))
            }
            return
        }
        pieces.append(piece)
    }
}
