extension TeacherAnswer {
    /// The largest difference of a score; nil when something else differs.
    func difference(from other: TeacherAnswer) -> Float? {
        guard covered == other.covered else { return nil }
        switch (scores, other.scores) {
        case (.probabilities(let mine), .probabilities(let theirs)) where mine.count == theirs.count:
            return zip(mine, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) }
        case (.tags(let mine), .tags(let theirs)): return mine == theirs ? 0 : nil
        case (.spans(let mine), .spans(let theirs)) where mine.count == theirs.count:
            var largest: Float = 0
            for (one, two) in zip(mine, theirs) {
                guard one.sentence == two.sentence, one.words == two.words, one.label == two.label else { return nil }
                largest = max(largest, abs(one.score - two.score))
            }
            return largest
        default: return nil
        }
    }

    /// What it says of one sentence.
    func part(_ sentence: Int, of question: TeacherQuestion, labelCount: Int) -> TeacherAnswer {
        let words = question.words(ofSentence: sentence)
        let scores: Scores =
            switch scores {
            case .probabilities(let rows):
                .probabilities(Array(rows[words.lowerBound * labelCount..<words.upperBound * labelCount]))
            case .tags(let numbers): .tags(Array(numbers[words]))
            case .spans(let spans):
                .spans(
                    spans.filter { $0.sentence == sentence }.map {
                        Span(sentence: 0, words: $0.words, label: $0.label, score: $0.score)
                    })
            }
        var part = TeacherAnswer(scores: scores, covered: covered.map { Array($0[words]) })
        if truncated.contains(sentence) { part.truncated = [0] }
        return part
    }
}
