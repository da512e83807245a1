import Locks
import Shards
import Subwords
import Transformers
import UnicodeText

/// The pieces that a `tokenizer.json` cuts words into, which are composed (NFC) before.
///
/// Most text is composed, and so was most that models were trained on. `tokenizers`, whose pieces ours are, loses the second of two combining
/// marks to the compiled character maps of XLM-RoBERTa and E5, where sentencepiece keeps it: of decomposed Yoruba, as six in ten words
/// of MasakhaNER 2.0 are, the tones (findings/tokenizers-charsmap-drops-marks.sh).
package struct SubwordPieces: WordPieces {
    package let digest: String
    package let beginIdentifiers: [Int32]
    package let endIdentifiers: [Int32]
    package let unknownIdentifier: Int32
    private let tokenizer: SubwordTokenizer
    private let workspaces = Pool<Workspace>()

    private final class Workspace {
        var value = SubwordWorkspace()
        var composed: [UInt8] = []
    }

    /// - Parameter path: The file.
    package init(path: String) throws {
        let file = try MappedFile(path: path)
        digest = Digest.hex(file.bytes) + "-nfc"
        tokenizer = try SubwordTokenizer(file.bytes.bindMemory(to: UInt8.self), path: path)
        withExtendedLifetime(file) {}
        beginIdentifiers = tokenizer.specials.begin.map(Int32.init)
        endIdentifiers = tokenizer.specials.end.map(Int32.init)
        unknownIdentifier = Int32(tokenizer.specials.unknown)
    }

    package var pieceCount: Int { tokenizer.vocabularySize }

    package func identifiers(ofWord bytes: UnsafeBufferPointer<UInt8>) -> [Int32] {
        workspaces.withElement({ Workspace() }) { workspace in
            workspace.composed.removeAll(keepingCapacity: true)
            LookupForm.append(NFC: bytes, to: &workspace.composed)
            workspace.composed.withUnsafeBufferPointer { tokenizer.encode($0, using: &workspace.value) }
            return workspace.value.pieces.map { Int32($0.id) }
        }
    }
}
