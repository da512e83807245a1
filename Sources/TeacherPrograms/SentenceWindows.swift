/// A long sentence in overlapping parts, for a program that reads only so many words at once.
///
/// Parts have `limit` words and share a quarter of that with the next one; the last one ends with the sentence and may
/// share more. Of a word in two parts counts the part in which it is farther from the edge; of equal ones the first.
enum SentenceWindows {
    /// Words of each part, and those of them whose answer counts.
    static func parts(wordCount: Int, limit: Int) -> [(words: Range<Int>, counted: Range<Int>)] {
        guard wordCount > limit else { return [(0..<wordCount, 0..<wordCount)] }
        let step = max(1, limit - limit / 4)
        var starts = Array(stride(from: 0, to: wordCount - limit, by: step))
        starts.append(wordCount - limit)
        var begin = 0
        return starts.indices.map { number in
            let words = starts[number]..<starts[number] + limit
            // The middle of what it shares with the next one.
            let end = number + 1 < starts.count ? (words.upperBound + starts[number + 1] + 1) / 2 : wordCount
            defer { begin = end }
            return (words, begin..<end)
        }
    }
}
