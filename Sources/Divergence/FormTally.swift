import CXXHash
import Corpora

/// Tokens counted by their comparable forms, which are made once for each way in which a word is written, and not for every token.
///
/// What a token costs is a hash of its bytes, a look-up and a sum. Memory: that of the forms (``WordTally``), and 32 bytes for each way of writing.
struct FormTally: Sendable {
    let form: ComparableForm
    /// By the hash of a token as it is written: 1 more than the number of its form; -1 for a token that has none.
    private var numbers = HashTable()
    private(set) var words = WordTally()
    /// Room that is used again.
    private var room: [UInt8] = []

    init(_ form: ComparableForm) { self.form = form }

    /// Different tokens, in all ways of writing, or different forms, when these are more.
    var count: Int { max(numbers.count, words.count) }

    /// Counts the tokens of a batch of `N`.
    ///
    /// - Parameters:
    ///   - hashes: `[N]`, XXH3 of the bytes of each.
    ///   - found: Becomes `[N]`: 1 more than the number of each token's form; -1 without letter and digit.
    mutating func add(_ batch: SentenceBatch, hashes: [UInt64], found: inout [Int]) {
        numbers.look(up: hashes, into: &found)
        batch.text.withUnsafeBufferPointer { text in
            for token in found.indices {
                let known = found[token]
                if known > 0 {
                    words.add(number: known - 1)
                } else if known == 0 {
                    let bytes = UnsafeBufferPointer(rebasing: text[batch.textRange(ofToken: token)])
                    found[token] = add(unknown: bytes, hashes[token])
                }
            }
        }
    }

    /// Counts a token that was not there before its batch.
    @inline(never)
    private mutating func add(unknown token: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
        var known = numbers[hash]
        if known > 0 { words.add(number: known - 1) }
        guard known == 0 else { return known }
        room.removeAll(keepingCapacity: true)
        known = -1
        if form.append(token, to: &room) {
            known = room.withUnsafeBufferPointer { words.add(XXH3_64bits($0.baseAddress, $0.count), $0) } + 1
        }
        numbers.add(hash, known)
        return known
    }

    /// Adds the words of another tally, not the ways in which it saw them written.
    mutating func merge(_ other: FormTally) { words.merge(other.words) }

    mutating func removeAll() {
        numbers.removeAll()
        words.removeAll()
    }
}
