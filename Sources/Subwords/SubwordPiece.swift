/// A piece of a word.
package struct SubwordPiece: Equatable, Sendable {
    /// Its row in the model's embeddings.
    package var id: UInt32
    /// The bytes of the word that it stands for. Pieces of one word ascend; where normalization makes several
    /// characters of one, several pieces stand for the same bytes, and what it leaves out may stand in no piece.
    package var start: UInt32
    package var end: UInt32

    package init(id: UInt32, start: UInt32, end: UInt32) {
        self.id = id
        self.start = start
        self.end = end
    }
}

/// The tokens that a model expects around the pieces of a sentence, and those that stand for something else.
package struct SubwordSpecials: Equatable, Sendable {
    /// Before the pieces of a sentence, such as `[CLS]` or `<s>`.
    package var begin: [UInt32]
    /// Behind them, such as `[SEP]` or `</s>`.
    package var end: [UInt32]
    package var unknown: UInt32
    /// What fills a batch, where the file names it.
    package var padding: UInt32?
}
