import CXXHash
import Corpora
import Glibc

/// The words of a table and its hash index, as they lie in the file: see ``VectorTableFormat``.
///
/// Nothing here trusts the content: a damaged number leads to "not found".
struct WordIndex {
    let words: UnsafeBufferPointer<UInt8>
    /// `[rowCount]`
    let wordEnds: UnsafePointer<UInt64>
    /// `[rowCount]`
    let wordLanguages: UnsafePointer<UInt16>
    /// A power of two of slots.
    let slots: UnsafeBufferPointer<UInt32>
    let rowCount: Int

    /// The look-up form of a row; nil when the table is damaged there.
    func bytes(ofWord row: Int) -> UnsafeBufferPointer<UInt8>? {
        let start = row == 0 ? 0 : Int(truncatingIfNeeded: wordEnds[row - 1])
        let end = Int(truncatingIfNeeded: wordEnds[row])
        guard start >= 0, start <= end, end <= words.count else { return nil }
        return UnsafeBufferPointer(rebasing: words[start..<end])
    }

    /// Row of a word, given in its look-up form; the first language that has one decides.
    func row(of word: UnsafeBufferPointer<UInt8>, languages: [UInt16]) -> UInt32? {
        for language in languages {
            if let row = row(of: word, language: language, from: slot(of: word, language: language)) { return row }
        }
        return nil
    }

    private func slot(of word: UnsafeBufferPointer<UInt8>, language: UInt16) -> Int {
        Int(truncatingIfNeeded: XXH3_64bits_withSeed(word.baseAddress, word.count, UInt64(language)))
            & (slots.count - 1)
    }

    private func row(of word: UnsafeBufferPointer<UInt8>, language: UInt16, from first: Int) -> UInt32? {
        guard let bytes = word.baseAddress else { return nil }
        let mask = slots.count - 1
        var slot = first
        for _ in 0..<slots.count {
            let row = slots[slot]
            if row == VectorTableFormat.emptySlot { return nil }
            if Int(row) < rowCount, wordLanguages[Int(row)] == language, let found = self.bytes(ofWord: Int(row)),
                let start = found.baseAddress,
                found.count == word.count, memcmp(start, bytes, word.count) == 0
            {
                return row
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The rows of many words: what ``row(of:languages:)`` gives for each, or ``EmbeddedColumns/absent``.
    ///
    /// A look-up waits for memory three times, one after the other: slot, place of the word, word. Here 32 words do
    /// each step together, so that their waits overlap.
    ///
    /// - Parameters:
    ///   - text: Look-up forms, laid end to end.
    ///   - ends: End of each word in `text`.
    ///   - rows: `[ends.count]`, written.
    func lookUp(
        _ text: UnsafeBufferPointer<UInt8>, ends: [UInt32], languages: [UInt16], into rows: UnsafeMutablePointer<UInt32>
    ) {
        let groupCount = 32
        for group in stride(from: 0, to: ends.count, by: groupCount) {
            let members = group..<min(group + groupCount, ends.count)
            for word in members { rows[word] = EmbeddedColumns.absent }
            for language in languages { lookUp(text, ends, members, language, rows) }
        }
    }

    /// Looks up those members of a group that have no row yet, under one language.
    private func lookUp(
        _ text: UnsafeBufferPointer<UInt8>, _ ends: [UInt32], _ members: Range<Int>, _ language: UInt16,
        _ rows: UnsafeMutablePointer<UInt32>
    ) {
        func word(_ number: Int) -> UnsafeBufferPointer<UInt8> {
            UnsafeBufferPointer(rebasing: text[(number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])])
        }
        withUnsafeTemporaryAllocation(of: Candidate.self, capacity: members.count) { candidates in
            var count = 0
            for number in members where rows[number] == EmbeddedColumns.absent {
                let slot = slot(of: word(number), language: language)
                candidates.initializeElement(at: count, to: Candidate(number: number, slot: slot))
                count += 1
            }
            for index in 0..<count { candidates[index].row = slots[candidates[index].slot] }
            for index in 0..<count {
                let row = candidates[index].row
                guard row != VectorTableFormat.emptySlot, Int(row) < rowCount else { continue }
                candidates[index].start = row == 0 ? 0 : Int(truncatingIfNeeded: wordEnds[Int(row) - 1])
            }
            for index in 0..<count {
                let start = candidates[index].start
                if start >= 0 && start < words.count { candidates[index].firstByte = Int(words[start]) }
            }
            for index in 0..<count where candidates[index].row != VectorTableFormat.emptySlot {
                let candidate = candidates[index]
                let word = word(candidate.number)
                guard let first = word.first else { continue }
                // What this reads was just read. Another first byte: another word, so the search goes on behind it.
                let start = candidate.firstByte == Int(first) ? candidate.slot : candidate.slot + 1
                rows[candidate.number] =
                    row(of: word, language: language, from: start & (slots.count - 1)) ?? EmbeddedColumns.absent
            }
        }
    }

    private struct Candidate {
        var number: Int
        var slot: Int
        var row = VectorTableFormat.emptySlot
        /// Of the word of `row`; -1 when there is none.
        var start = -1
        var firstByte = -1
    }
}
