/// A set of short words in UTF-8, made for asking about words that are mostly not in it.
struct ByteWordSet: Sendable {
    /// Bit `n` of the entry of a byte: some word of `n` bytes begins with it.
    private var lengths = [UInt64](repeating: 0, count: 256)
    private var words: Set<[UInt8]> = []

    /// - Precondition: No word is empty or has 64 bytes or more.
    init(_ words: some Sequence<some StringProtocol>) {
        for word in words {
            let bytes = Array(word.utf8)
            precondition(!bytes.isEmpty && bytes.count < 64, "a word of \(bytes.count) bytes")
            lengths[Int(bytes[0])] |= 1 << UInt64(bytes.count)
            self.words.insert(bytes)
        }
    }

    func contains(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = word.first, word.count < 64 else { return false }
        guard lengths[Int(first)] &>> UInt64(word.count) & 1 == 1 else { return false }
        return words.contains(Array(word))
    }
}
