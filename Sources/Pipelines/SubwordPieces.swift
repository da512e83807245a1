import Locks
import Shards
import Subwords
import Transformers

/// The pieces of a `tokenizer.json`.
package struct SubwordPieces: WordPieces {
    package let digest: String
    package let beginIdentifiers: [Int32]
    package let endIdentifiers: [Int32]
    package let unknownIdentifier: Int32
    private let tokenizer: SubwordTokenizer
    private let workspaces = Pool<Workspace>()

    private final class Workspace { var value = SubwordWorkspace() }

    /// - Parameter path: The file.
    package init(path: String) throws {
        let file = try MappedFile(path: path)
        digest = Digest.hex(file.bytes)
        tokenizer = try SubwordTokenizer(file.bytes.bindMemory(to: UInt8.self), path: path)
        withExtendedLifetime(file) {}
        beginIdentifiers = tokenizer.specials.begin.map(Int32.init)
        endIdentifiers = tokenizer.specials.end.map(Int32.init)
        unknownIdentifier = Int32(tokenizer.specials.unknown)
    }

    package var pieceCount: Int { tokenizer.vocabularySize }

    package func identifiers(ofWord bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
        workspaces.withElement({ Workspace() }) { workspace in
            tokenizer.encode(bytes, using: &workspace.value)
            return workspace.value.pieces.map { Int32($0.id) }
        }
    }
}
