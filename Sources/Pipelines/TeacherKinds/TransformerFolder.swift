import Diagnostics
import Locks
import Shards
import Subwords
import Taggers
import Teachers
import Transformers
import Vectors

extension TeacherKind {
    /// A folder that `save_pretrained` of Hugging Face transformers wrote, of a model and its tokenizer.
    static let transformer = TeacherKind(
        option: "teacher", summary: "folder of a Hugging Face token classifier (BERT, XLM-RoBERTa, DistilBERT)"
    ) { path, _ in
        guard Directory.fileExists("\(path)/\(TransformerFolder.tokenizerName)") else { return nil }
        return try TransformerFolder(path: path)
    }
}

/// A transformer on disk. Its words are those of the stream; it needs neither table nor features.
struct TransformerFolder: FoundTeacher {
    static let tokenizerName = "tokenizer.json"

    let path: String

    /// Reads the small files, so that what is wrong with them is said before hours of work.
    init(path: String) throws {
        self.path = path
        _ = try EncoderConfiguration(path: "\(path)/\(TransformerEncoder.configurationName)").tags(place: path)
    }

    func requireFit(_ header: StreamHeader, stream: String) throws {}

    /// - Parameter precision: `ArithmeticPrecision.reduced` is 8-bit whole numbers here.
    func open(vectors: VectorTable, _ precision: ArithmeticPrecision) async throws -> any Teacher {
        let encoder = try TransformerEncoder(folder: path, precision: precision == .full ? .float32 : .int8)
        return try TransformerTeacher(
            encoder, path: path, pieces: SubwordPieces(path: "\(path)/\(Self.tokenizerName)"))
    }
}

/// The pieces of a `tokenizer.json`.
private struct SubwordPieces: WordPieces {
    let digest: String
    let beginIdentifiers: [Int32]
    let endIdentifiers: [Int32]
    let unknownIdentifier: Int32
    private let tokenizer: SubwordTokenizer
    private let workspaces = Pool<Workspace>()

    private final class Workspace { var value = SubwordWorkspace() }

    init(path: String) throws {
        let file = try MappedFile(path: path)
        digest = Digest.hex(file.bytes)
        tokenizer = try SubwordTokenizer(file.bytes.bindMemory(to: UInt8.self), path: path)
        withExtendedLifetime(file) {}
        beginIdentifiers = tokenizer.specials.begin.map(Int32.init)
        endIdentifiers = tokenizer.specials.end.map(Int32.init)
        unknownIdentifier = Int32(tokenizer.specials.unknown)
    }

    var pieceCount: Int { tokenizer.vocabularySize }

    func identifiers(ofWord bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
        workspaces.withElement({ Workspace() }) { workspace in
            tokenizer.encode(bytes, using: &workspace.value)
            return workspace.value.pieces.map { Int32($0.id) }
        }
    }
}
