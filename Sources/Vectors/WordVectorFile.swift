import Corpora
import Diagnostics
import Shards

/// A file of words and their vectors that another program made; read once, from its beginning to its end.
protocol WordVectorFile: AnyObject {
    /// Numbers per vector.
    var dimension: Int { get }
    /// How many words the head promises; nil when the format has no such number.
    var declaredCount: Int? { get }
    /// Share of the input that was read, from 0 to 1; nil when its size is not known.
    var fraction: Double? { get }
    /// Reads the next word, into an empty array, and its vector of ``dimension`` numbers; false at the end.
    func next(word: inout [UInt8], vector: UnsafeMutablePointer<Float>) throws -> Bool
    /// The failure of bad data at the word that was read last: the place, and what is wrong.
    func failure(_ what: String) -> Failure
    /// The word read last and its numbers as a record that is left out, where the format has lines of which a bad one can
    /// be passed over.
    func rejected(_ failure: Failure) -> RejectedRecord?
    /// What a user should know after the last word, besides what the importer counts; nil when there is nothing.
    var remark: String? { get }
}

extension WordVectorFile {
    // In a binary nothing says where the next word would begin.
    func rejected(_ failure: Failure) -> RejectedRecord? { nil }
}

/// The formats of word vectors that `vectors import` reads.
package enum VectorFileFormat: String, CaseIterable, Sendable {
    /// Found out from the first bytes, never from the name.
    case auto
    /// Text of word2vec and fastText (`.vec`): a line `COUNT DIMENSION`, then lines `WORD NUMBER ...`.
    case text
    /// The same without the first line.
    case glove
    /// word2vec's binary: the line, then each word, a space, and 32-bit little-endian floats.
    case word2vec
    /// A model of fastText (`.bin`).
    case fasttext

    /// Bytes that ``detect(in:)`` should be shown.
    static let detectionByteCount = 1 << 16

    /// The format of a file, from its first bytes.
    ///
    /// A model of fastText has a magic number; older ones begin with a small 32-bit number, which no text does. A first
    /// line of two whole numbers is a head, and what follows the first word decides between binary and text. All else
    /// is GloVe's, except a line of two fields that is no head: that is more likely a damaged one.
    static func detect(in bytes: [UInt8]) -> VectorFileFormat {
        if FastTextModelFile.isModel(bytes) { return .fasttext }
        let line = bytes.prefix { $0 != 0x0A }
        let fields = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        guard fields.count == 2 else { return .glove }
        guard line.count < bytes.count, let dimension = Int(String(decoding: fields[1], as: UTF8.self)), dimension > 0
        else { return .text }
        let body = bytes[(line.count + 1)...]
        guard let space = body.firstIndex(of: 0x20) else { return .text }
        return body[(space + 1)...].prefix(4 * min(dimension, 1024)).contains(where: isNoText) ? .word2vec : .text
    }

    /// Whether the line behind the head is a word and as many numbers as the head says.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3 else { return false }
        let fields = lines[1].split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let dimension = lines[0].split(separator: 0x20).last.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
        return fields.count - 1 == dimension
            && fields.dropFirst().allSatisfy { Float(String(decoding: $0, as: UTF8.self)) != nil }
    }

    /// Whether a byte is in no line of numbers: a control character, or one that UTF-8 never has.
    private static func isNoText(_ byte: UInt8) -> Bool {
        byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0xC0 || byte == 0xC1 || byte >= 0xF5
    }

    /// Opens a file in this format, decompressing it when it is packed with gzip or zstd.
    ///
    /// - Parameters:
    ///   - neighbour: Path beside which a compressed fastText model is decompressed into an unnamed temporary file.
    ///   - notify: Called with what takes time or space that a user does not expect.
    func open(_ path: String, temporaryBeside neighbour: String, notify: (String) -> Void) throws
        -> any WordVectorFile
    {
        let input = try BufferedInput(FileInput(path: path))
        let head = try input.peek(Self.detectionByteCount)
        guard !head.isEmpty else {
            throw Failure.emptyVectorFile(path)
        }
        switch self == .auto ? Self.detect(in: head) : self {
        case .auto, .text: return try VectorTextFile(input, hasHead: true)
        case .glove: return try VectorTextFile(input, hasHead: false)
        case .word2vec:
            guard !Self.isText(head) else {
                throw Failure.textInsteadOfBinary(path)
            }
            return try Word2VecBinaryFile(input)
        case .fasttext:
            guard input.isCompressed || !Directory.fileExists(path) else {
                return try FastTextModelFile(MappedFile(path: path))
            }
            notify("\(path): decompressing it into a temporary file beside \(neighbour)")
            let file = try UnnamedFile(beside: neighbour)
            while true {
                let count = try input.withAvailableBytes { bytes in
                    try file.write(UnsafeRawBufferPointer(bytes))
                    return bytes.count
                }
                if count == 0 { break }
                input.consume(count)
            }
            return try FastTextModelFile(MappedFile(file, path: path))
        }
    }
}
