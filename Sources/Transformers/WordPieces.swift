import Diagnostics

/// Who cuts words into the pieces of a vocabulary; word by word, as the pieces of a word do not depend on its neighbours.
package protocol WordPieces: Sendable {
    /// Identity of what decides the pieces.
    var digest: String { get }
    /// Number of pieces: all identifiers are below.
    var pieceCount: Int { get }
    /// What stands before each sequence, and behind it.
    var beginIdentifiers: [Int32] { get }
    var endIdentifiers: [Int32] { get }
    /// What stands for a word that has no pieces.
    var unknownIdentifier: Int32 { get }
    /// The pieces of a word, given as UTF-8; there may be none, of a word of control characters for instance.
    func identifiers(ofWord bytes: UnsafeBufferPointer<UInt8>) -> [Int32]
}

extension WordPieces {
    /// Refuses pieces that are not those of an encoder, or so many around a sequence that no word has room.
    ///
    /// - Parameter path: The encoder's folder, for messages.
    package func requireFit(_ configuration: EncoderConfiguration, path: String) throws {
        guard pieceCount <= configuration.vocabularySize else {
            throw Failure.otherTokenizer(
                path, pieceCount: pieceCount, vocabularySize: configuration.vocabularySize)
        }
        guard beginIdentifiers.count + endIdentifiers.count < configuration.maximumLength else {
            throw Failure.noRoomForWords(path, positions: configuration.maximumLength)
        }
    }
}
