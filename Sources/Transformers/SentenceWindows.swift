/// How a sentence of words in pieces is laid into sequences of bounded length.
///
/// A sentence that fits is one sequence. A longer one is cut into windows of whole words that overlap by half, and each word
/// is taken from the window where it has the most context: where the smaller number of pieces before and behind it, inside
/// the window, is the largest; the first of equal ones. At an end of the sentence nothing is missing, so that side does not
/// count.
struct SentenceWindows {
    /// The words of each window.
    private(set) var windows: [Range<Int>] = []
    /// The words that are taken from each; they follow one another.
    private(set) var taken: [Range<Int>] = []

    /// - Parameters:
    ///   - ends: End of each word among the pieces of the sentence; every word has at least one and at most `limit`.
    ///   - limit: Pieces of a window.
    init(ends: [Int], limit: Int) {
        var first = 0
        while first < ends.count {
            let start = first == 0 ? 0 : ends[first - 1]
            var end = first
            while end < ends.count, ends[end] - start <= limit { end += 1 }
            windows.append(first..<end)
            if end == ends.count { break }
            // The next one begins at the first word behind the middle, or nearer to the end where all the rest fits.
            var next = first + 1
            while next < end, ends[next - 1] - start < limit / 2 { next += 1 }
            first = next
        }
        fillLastWindow(ends, limit)
        take(ends)
    }

    /// The last window begins as early as it can: context costs nothing there.
    private mutating func fillLastWindow(_ ends: [Int], _ limit: Int) {
        guard windows.count > 1, let total = ends.last else { return }
        var first = windows[windows.count - 1].lowerBound
        while first > windows[windows.count - 2].lowerBound + 1, total - (first > 1 ? ends[first - 2] : 0) <= limit {
            first -= 1
        }
        windows[windows.count - 1] = first..<ends.count
    }

    /// Windows move to the right, so the best one of a word is never before that of the word before it.
    private mutating func take(_ ends: [Int]) {
        taken = [Range<Int>](repeating: 0..<0, count: windows.count)
        var best = 0, first = 0
        for word in ends.indices {
            let before = best
            var most = windows[best].contains(word) ? context(word, windows[best], ends) : -1
            var other = best + 1
            while other < windows.count, windows[other].lowerBound <= word {
                let context = context(word, windows[other], ends)
                if context > most { (best, most) = (other, context) }
                other += 1
            }
            guard best > before else { continue }
            taken[before] = first..<word
            for skipped in before + 1..<best { taken[skipped] = word..<word }
            first = word
        }
        guard let last = taken.indices.last else { return }
        taken[best] = first..<ends.count
        for skipped in best..<last { taken[skipped + 1] = ends.count..<ends.count }
    }

    private func context(_ word: Int, _ window: Range<Int>, _ ends: [Int]) -> Int {
        func start(_ word: Int) -> Int { word == 0 ? 0 : ends[word - 1] }
        let before = window.lowerBound == 0 ? Int.max : start(word) - start(window.lowerBound)
        let behind = window.upperBound == ends.count ? Int.max : ends[window.upperBound - 1] - ends[word]
        return min(before, behind)
    }
}
