import Randomness
import Testing

@testable import Subwords

struct ViterbiTests {
    /// The best sum of scores over all ways to cut a word.
    private func best(_ word: [UInt8], _ scores: [[UInt8]: Double], _ unknown: Double) -> Double {
        if word.isEmpty { return 0 }
        var best = -Double.infinity
        for length in 1...word.count {
            let piece = Array(word[..<length])
            let score = scores[piece] ?? (length == 1 ? unknown : nil)
            if let score { best = max(best, score + self.best(Array(word[length...]), scores, unknown)) }
        }
        return best
    }

    @Test func sumsAreThoseOfAllWaysToCut() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            var scores: [[UInt8]: Double] = [:]
            for _ in 0..<12 {
                let piece = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    UInt8.random(in: 97...100, using: &random)
                }
                scores[piece] = -Double(Int.random(in: 1...40, using: &random)) / 4
            }
            let list = scores.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            let tokenizer = try unigram(
                [("<unk>", 0)] + list.map { (String(decoding: $0.key, as: UTF8.self), $0.value) })
            let unknown = min(0, list.map(\.value).min() ?? 0) - 10
            for _ in 0..<10 {
                let word = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                    UInt8.random(in: 97...100, using: &random)
                }
                let found = pieces(tokenizer, word)
                let sum = found.reduce(0.0) { sum, piece in
                    sum + (piece[0] == 0 ? unknown * Double(piece[2] - piece[1]) : list[piece[0] - 1].value)
                }
                #expect(abs(sum - best(word, scores, unknown)) < 1e-9)
                #expect(found.first?[1] == 0 && found.last?[2] == word.count)
            }
        }
    }

    @Test func aTrieFindsWhatWasPutIn() {
        var random = SplitMix64(seed: 8)
        var pieces: Set<[UInt8]> = []
        for _ in 0..<3000 {
            pieces.insert(
                (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) & 0xC3
                })
        }
        let list = Array(pieces)
        let ends = list.reduce(into: [Int]()) { $0.append(($0.last ?? 0) + $1.count) }
        let trie = PieceTrie(SortedPieces(list.flatMap { $0 }, ends: ends, values: list.indices.map { Int32($0) }))
        for (number, piece) in list.enumerated() { #expect(trie.value(of: piece) == number) }
        for _ in 0..<3000 {
            let other = (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            #expect((trie.value(of: other) != nil) == pieces.contains(other))
        }
    }
}
