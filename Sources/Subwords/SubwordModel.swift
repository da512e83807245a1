/// What makes pieces of a part (`model`).
enum SubwordModel: Sendable {
    case unigram(UnigramModel)
    case wordPiece(WordPieceModel)

    init(_ value: JSONValue) throws {
        let type = try value.member("type")
        switch try type.string() {
        case "Unigram": self = .unigram(try UnigramModel(value))
        case "WordPiece": self = .wordPiece(try WordPieceModel(value))
        case let name: throw type.unsupported(name, "models")
        }
    }

    var trie: PieceTrie {
        switch self {
        case .unigram(let model): model.trie
        case .wordPiece(let model): model.trie
        }
    }

    var count: Int {
        switch self {
        case .unigram(let model): model.count
        case .wordPiece(let model): model.count
        }
    }

    var unknown: UInt32 {
        switch self {
        case .unigram(let model): model.unknown
        case .wordPiece(let model): model.unknown
        }
    }

    /// Appends the pieces of a part.
    func encode(
        _ text: WordText, _ range: Range<Int>, _ cells: inout [UnigramModel.Cell], into pieces: inout [SubwordPiece]
    ) {
        switch self {
        case .unigram(let model): model.encode(text, range, &cells, into: &pieces)
        case .wordPiece(let model): model.encode(text, range, into: &pieces)
        }
    }
}
