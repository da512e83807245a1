import CXXHash
import Glibc

/// Distinct words and how often each was added; words laid end to end, and an open-addressing hash index.
struct WordCounts {
    private(set) var text: [UInt8] = []
    /// End of each word in ``text``.
    private(set) var ends: [UInt32] = []
    private(set) var occurrences: [Int] = []
    private var slots = [UInt32](repeating: Self.empty, count: 1024)

    private static let empty = UInt32.max

    var count: Int { ends.count }

    /// Counts a word; false when it is new and must not be, or there is no room for its bytes.
    mutating func add(_ word: UnsafeBufferPointer<UInt8>, mayGrow: Bool) -> Bool {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: XXH3_64bits(word.baseAddress, word.count)) & mask
        while slots[slot] != Self.empty {
            let type = Int(slots[slot])
            if isEqual(type, word) {
                occurrences[type] += 1
                return true
            }
            slot = (slot + 1) & mask
        }
        guard mayGrow, text.count + word.count < Int(UInt32.max) else { return false }
        slots[slot] = UInt32(ends.count)
        text.append(contentsOf: word)
        ends.append(UInt32(text.count))
        occurrences.append(1)
        if ends.count * 2 > slots.count { grow() }
        return true
    }

    func forEach(_ body: (_ type: Int, _ word: UnsafeBufferPointer<UInt8>, _ count: Int) -> Void) {
        text.withUnsafeBufferPointer { text in
            for type in ends.indices { body(type, UnsafeBufferPointer(rebasing: text[range(type)]), occurrences[type]) }
        }
    }

    func string(_ type: Int) -> String { String(decoding: text[range(type)], as: UTF8.self) }

    private func range(_ type: Int) -> Range<Int> { (type == 0 ? 0 : Int(ends[type - 1]))..<Int(ends[type]) }

    private func isEqual(_ type: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(type)
        guard range.count == word.count else { return false }
        return text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress, let other = word.baseAddress else { return word.isEmpty }
            return memcmp(base + range.lowerBound, other, word.count) == 0
        }
    }

    private mutating func grow() {
        var larger = [UInt32](repeating: Self.empty, count: slots.count * 2)
        let mask = larger.count - 1
        forEach { type, word, _ in
            var slot = Int(truncatingIfNeeded: XXH3_64bits(word.baseAddress, word.count)) & mask
            while larger[slot] != Self.empty { slot = (slot + 1) & mask }
            larger[slot] = UInt32(type)
        }
        slots = larger
    }
}
