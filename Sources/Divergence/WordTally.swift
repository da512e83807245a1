/// Words that were met since they were last taken, each once, with how often it was: what is done for a word is then done once, and not for
/// every time that it stands in a text.
///
/// Words have numbers in the order in which they were met, and lie end to end. Memory of `N` words: 56 bytes for each, and their bytes.
struct WordTally: Sendable {
    /// By hash, 1 more than the number of the word.
    private var numbers = HashTable()
    /// `[N]`: `end` is where the word ends in `bytes`.
    private var entries: [(hash: UInt64, end: Int)] = []
    /// `[N]`, apart from the rest: for most tokens nothing else is touched.
    private var counts: [Int] = []
    private var bytes: [UInt8] = []

    var count: Int { entries.count }

    /// Counts a word once more.
    ///
    /// - Returns: Its number.
    @inline(__always)
    @discardableResult
    mutating func add(_ hash: UInt64, _ word: UnsafeBufferPointer<UInt8>) -> Int {
        let known = numbers[hash]
        if known == 0 { return insert(hash, word) }
        counts[known - 1] += 1
        return known - 1
    }

    /// Counts a word so often more.
    mutating func add(_ hash: UInt64, _ word: UnsafeBufferPointer<UInt8>, count: Int) {
        counts[add(hash, word)] += count - 1
    }

    @inline(never)
    private mutating func insert(_ hash: UInt64, _ word: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.append(contentsOf: word)
        entries.append((hash, bytes.count))
        counts.append(1)
        numbers.add(hash, entries.count)
        return entries.count - 1
    }

    mutating func merge(_ other: WordTally) { other.forEach { add($0, $1, count: $2) } }

    /// Counts the word of a number once more.
    @inline(__always)
    mutating func add(number: Int) { counts[number] += 1 }

    /// The bytes of the word of a number.
    func word(_ number: Int) -> ArraySlice<UInt8> {
        bytes[(number == 0 ? 0 : entries[number - 1].end)..<entries[number].end]
    }

    mutating func removeAll() {
        numbers.removeAll()
        entries.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// In the order of the numbers.
    @inline(__always)
    func forEach(_ body: (_ hash: UInt64, _ word: UnsafeBufferPointer<UInt8>, _ count: Int) -> Void) {
        bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for (entry, count) in zip(entries, counts) {
                body(entry.hash, UnsafeBufferPointer(rebasing: bytes[start..<entry.end]), count)
                start = entry.end
            }
        }
    }
}
