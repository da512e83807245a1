import Randomness
import Testing

@testable import Transformers

struct SentenceWindowsTests {
    private func ends(_ lengths: [Int]) -> [Int] {
        var sum = 0
        return lengths.map { length in
            sum += length
            return sum
        }
    }

    @Test func aSentenceThatFitsIsOneWindow() {
        let windows = SentenceWindows(ends: [2, 3, 10], limit: 10)
        #expect(windows.windows == [0..<3] && windows.taken == [0..<3])
    }

    @Test func longerOnesOverlapByHalfAndTheLastIsFull() {
        let windows = SentenceWindows(ends: ends([Int](repeating: 1, count: 25)), limit: 10)
        #expect(windows.windows == [0..<10, 5..<15, 10..<20, 15..<25])
        #expect(windows.taken == [0..<8, 8..<13, 13..<18, 18..<25])
        let short = SentenceWindows(ends: ends([Int](repeating: 1, count: 11)), limit: 10)
        #expect(short.windows == [0..<10, 1..<11])
    }

    /// Compared with the rule as it is written, on words of random lengths.
    @Test func everyWordIsTakenOnceFromWhereItHasTheMostContext() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<30_000 {
            let limit = Int.random(in: 1...12, using: &generator)
            let lengths = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                Int.random(in: 1...limit, using: &generator)
            }
            let ends = ends(lengths), result = SentenceWindows(ends: ends, limit: limit)
            #expect(result.taken.flatMap { Array($0) } == Array(lengths.indices), "\(lengths) \(limit)")
            func start(_ word: Int) -> Int { word == 0 ? 0 : ends[word - 1] }
            func context(_ word: Int, _ window: Range<Int>) -> Int {
                guard window.contains(word) else { return -1 }
                let before = window.lowerBound == 0 ? Int.max : start(word) - start(window.lowerBound)
                let behind = window.upperBound == ends.count ? Int.max : ends[window.upperBound - 1] - ends[word]
                return min(before, behind)
            }
            for (window, taken) in zip(result.windows, result.taken) {
                #expect(ends[window.upperBound - 1] - start(window.lowerBound) <= limit, "\(lengths) \(limit)")
                for word in taken {
                    let best = result.windows.map { context(word, $0) }.max()
                    #expect(context(word, window) == best, "word \(word) of \(lengths), limit \(limit): \(result)")
                }
            }
        }
    }
}
