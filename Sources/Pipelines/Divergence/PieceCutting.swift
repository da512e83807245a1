package import Divergence

extension PieceCutter {
    /// Cuts as a transformer's tokenizer does, of composed words.
    package init(_ pieces: SubwordPieces) {
        self.init(pieceCount: pieces.pieceCount, unknown: pieces.unknownIdentifier) {
            pieces.identifiers(ofWord: $0)
        }
    }
}
