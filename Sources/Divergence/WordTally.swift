/// Words that were met since they were last taken, each once, with how often it was: what is done for a word is then done once, and not for
/// every time that it stands in a text.
struct WordTally: Sendable {
    /// Words after which it should be taken: 3 MiB.
    static let fullCount = 1 << 16

    private var counts = TypeCounts()
    private var entries: [(hash: UInt64, end: Int)] = []
    private var bytes: [UInt8] = []

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= Self.fullCount }

    mutating func add(_ hash: UInt64, _ word: some Sequence<UInt8>) {
        guard counts.add(hash) else { return }
        bytes += word
        entries.append((hash, bytes.count))
    }

    mutating func removeAll() {
        counts.removeAll()
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// In the order in which they were met.
    func forEach(_ body: (_ hash: UInt64, _ word: UnsafeBufferPointer<UInt8>, _ count: Int) -> Void) {
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for entry in entries {
                body(entry.hash, UnsafeBufferPointer(rebasing: bytes[start..<entry.end]), counts.of(entry.hash))
                start = entry.end
            }
        }
    }
}
