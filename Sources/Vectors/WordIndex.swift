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
        let mask = slots.count - 1
        var slot = first
        for _ in 0..<slots.count {
            let row = slots[slot]
            if row == VectorTableFormat.emptySlot { return nil }
            if Int(row) < rowCount, wordLanguages[Int(row)] == language, let stored = bytes(ofWord: Int(row)),
                Self.areEqual(stored, word)
            {
                return row
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The rows of many words: what ``row(of:languages:)`` gives for each, or `EmbeddedColumns/absent`.
    ///
    /// A look-up waits for memory three times, one after the other: slot, place of the word, word. Here 32 words do
    /// each step together, so that their waits overlap.
    ///
    /// - Parameters:
    ///   - text: Look-up forms, laid end to end.
    ///   - ends: End of each word in `text`.
    ///   - rows: `[ends.count]`, written.
    func lookUp(
        _ text: UnsafeBufferPointer<UInt8>, ends: UnsafeBufferPointer<UInt32>, languages: [UInt16],
        into rows: UnsafeMutablePointer<UInt32>
    ) {
        guard let bytes = text.baseAddress else {
            return rows.update(repeating: EmbeddedColumns.absent, count: ends.count)
        }
        withUnsafeTemporaryAllocation(of: Candidate.self, capacity: Self.groupCount) { candidates in
            guard let candidates = candidates.baseAddress else { return }
            var start = 0
            for group in stride(from: 0, to: ends.count, by: Self.groupCount) {
                let count = min(Self.groupCount, ends.count - group)
                for index in 0..<count {
                    let end = min(Int(ends[group + index]), text.count)
                    let word = UnsafeBufferPointer(start: bytes + start, count: max(0, end - start))
                    (candidates + index).initialize(to: Candidate(number: group + index, word: word))
                    start = end
                    rows[group + index] = EmbeddedColumns.absent
                }
                var left = count
                for language in languages where left > 0 { left = lookUp(candidates, left, language, rows) }
            }
        }
    }

    private static let groupCount = 32

    /// Looks words up under one language.
    ///
    /// - Returns: How many are left without a row; these lie at the front then.
    private func lookUp(
        _ candidates: UnsafeMutablePointer<Candidate>, _ count: Int, _ language: UInt16,
        _ rows: UnsafeMutablePointer<UInt32>
    ) -> Int {
        for index in 0..<count { candidates[index].slot = slot(of: candidates[index].word, language: language) }
        for index in 0..<count { candidates[index].row = slots[candidates[index].slot] }
        for index in 0..<count {
            let row = candidates[index].row
            candidates[index].stored = UnsafeBufferPointer(start: nil, count: 0)
            guard Int(row) < rowCount, wordLanguages[Int(row)] == language else { continue }
            if let stored = bytes(ofWord: Int(row)) { candidates[index].stored = stored }
        }
        var left = 0
        for index in 0..<count {
            let candidate = candidates[index]
            if candidate.row != VectorTableFormat.emptySlot {
                let next = (candidate.slot + 1) & (slots.count - 1)
                if let row = Self.areEqual(candidate.stored, candidate.word)
                    ? candidate.row : row(of: candidate.word, language: language, from: next)
                {
                    rows[candidate.number] = row
                    continue
                }
            }
            candidates[left] = candidate
            left += 1
        }
        return left
    }

    private static func areEqual(_ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>) -> Bool {
        guard first.count == second.count, let start = first.baseAddress, let other = second.baseAddress else {
            return false
        }
        return memcmp(start, other, first.count) == 0
    }

    private struct Candidate {
        /// Of the word among those asked for.
        var number: Int
        var word: UnsafeBufferPointer<UInt8>
        var slot = 0
        var row = VectorTableFormat.emptySlot
        /// The word of `row`, of the language asked for; without a base when there is none.
        var stored = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    }
}
