import CXXHash
import Corpora
import Randomness
import Testing

@testable import Divergence

/// The tables that a token meets, against dictionaries.
struct TallyTests {
    /// Hashes that share their low or their high bits, 0 and 1 among them, each several times.
    private static let hashes: [UInt64] = {
        var random = SplitMix64(seed: 7)
        let some = (0..<5000).flatMap { [$0, $0 << 44, random.next()] as [UInt64] }
        return (0..<40_000).map { _ in some[Int(random.next() % UInt64(some.count))] }
    }()

    @Test(arguments: [0, 1, 1000])
    func tableHasTheSumsOfADictionary(capacity: Int) {
        var table = HashTable(capacity: capacity), sums: [UInt64: Int] = [:], newIsTold = true
        for (number, hash) in Self.hashes.enumerated() {
            // 0 stands for 1 too.
            if table.add(hash, number + 1) != (sums[max(1, hash)] == nil) { newIsTold = false }
            sums[max(1, hash), default: 0] += number + 1
        }
        #expect(newIsTold)
        var several = HashTable(capacity: capacity)
        for start in stride(from: 0, to: Self.hashes.count, by: 77) {
            several.add(Array(Self.hashes[start..<min(start + 77, Self.hashes.count)]), 3)
        }
        #expect(table.count == sums.count && several.count == sums.count)
        var found: [Int] = [9]
        table.look(up: Self.hashes + [.max], into: &found)
        #expect(found == Self.hashes.map { sums[max(1, $0)] } + [0])
        var all: [UInt64: Int] = [:]
        several.forEach { all[$0] = $1 }
        let times = Dictionary(grouping: Self.hashes) { max(1, $0) }.mapValues { 3 * $0.count }
        #expect(all == times)
        table.removeAll()
        #expect(table.count == 0 && Self.hashes.allSatisfy { table[$0] == 0 })
    }

    @Test func formsAreCountedInAllWaysOfWriting() {
        let tokens = ["Ya", "ya", "YA", "…", "2024", "1999", "yá", "ya\u{301}", "ya", "…", "Ya"]
        var batch = SentenceBatch(), tally = FormTally(ComparableForm()), found: [Int] = []
        for token in tokens { Array(token.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) } }
        let hashes = tokens.map { token in
            Array(token.utf8).withUnsafeBufferPointer { XXH3_64bits($0.baseAddress, $0.count) }
        }
        for round in 1...2 {
            tally.add(batch, hashes: hashes, found: &found)
            #expect(found == [1, 1, 1, -1, 2, 2, 3, 3, 1, -1, 1])
            var counts: [String: Int] = [:]
            tally.words.forEach { counts[String(decoding: $1, as: UTF8.self)] = $2 }
            #expect(counts == ["ya": 5 * round, "0000": 2 * round, "yá": 2 * round])
        }
        #expect(tally.count == 8 && String(decoding: tally.words.word(1), as: UTF8.self) == "0000")
        tally.removeAll()
        tally.add(SentenceBatch(), hashes: [], found: &found)
        #expect(tally.count == 0 && tally.words.count == 0 && found.isEmpty)
    }

    /// Sums of fractions depend on their order, so it must not depend on how the counts came together.
    @Test func pairsOfCountsAreThoseOfADictionary() {
        var first = TypeCounts(), second = TypeCounts()
        for (number, hash) in Self.hashes.enumerated() {
            if number % 3 > 0 { first.add(hash) } else { second.add([hash, hash ^ 2], 2) }
        }
        let keys = Set(first.sorted.map(\.hash) + second.sorted.map(\.hash))
        let overlap = keys.reduce(0.0) {
            $0 + min(Double(first.of($1)) / Double(first.total), Double(second.of($1)) / Double(second.total))
        }
        #expect(abs(first.overlap(second) - overlap) < 1e-12 && first.overlap(TypeCounts()) == 0)
        #expect(abs(first.overlap(first) - 1) < 1e-12 && first.jensenShannon(first) == 0)
        var parts = TypeCounts()
        for (hash, count) in second.sorted.reversed() { parts.add(hash, count) }
        #expect(first.jensenShannon(second) == first.jensenShannon(parts))
    }
}
