import Diagnostics
import Shards

/// What a program says of the `N` words of a question, checked against it.
package struct TeacherAnswer: Equatable, Sendable {
    package enum Scores: Equatable, Sendable {
        /// `[N, K]`: each row from 0 to 1, with sum 1; rows of words that are not covered are 0.
        case probabilities([Float])
        /// `[N]`: number of a label; -1: not covered.
        case tags([Int32])
        case spans([Span])
    }

    /// An entity in a sentence of the question.
    package struct Span: Equatable, Sendable {
        package var sentence: Int
        /// Words, counted in the sentence.
        package var words: Range<Int>
        package var label: Int
        /// 0 to 1.
        package var score: Float
    }

    package var scores: Scores
    /// `[N]`: whether the program has seen the word; nil: all.
    package var covered: [Bool]?
    /// Sentences that it read only in part, rising.
    package var truncated: [Int] = []

    /// Sums of a row may miss 1 by so much, of 16-bit floats too; rows are taken as they are.
    static let sumTolerance: Float = 0.01
    /// A probability may exceed 1 by so much, and is then 1.
    static let boundTolerance: Float = 0.001

    /// Answers to one part of a question after the other, as the answer to all of it.
    init(joining parts: [(question: TeacherQuestion, answer: TeacherAnswer)]) {
        var sentences = 0
        var (probabilities, tags, spans, covered): ([Float], [Int32], [Span], [Bool]) = ([], [], [], [])
        self.init(scores: parts[0].answer.scores)
        for (question, answer) in parts {
            switch answer.scores {
            case .probabilities(let rows): probabilities += rows
            case .tags(let numbers): tags += numbers
            case .spans(let found):
                spans += found.map { span in
                    var span = span
                    span.sentence += sentences
                    return span
                }
            }
            covered += answer.covered ?? Array(repeating: true, count: question.wordCount)
            truncated += answer.truncated.map { $0 + sentences }
            sentences += question.sentenceCount
        }
        scores =
            switch scores {
            case .probabilities: .probabilities(probabilities)
            case .tags: .tags(tags)
            case .spans: .spans(spans)
            }
        self.covered = covered.contains(false) ? covered : nil
    }

    package init(scores: Scores, covered: [Bool]? = nil) { (self.scores, self.covered) = (scores, covered) }

    /// Nothing is known of any word.
    init(nothingOf question: TeacherQuestion, _ hello: ProgramHello) {
        let count = question.wordCount
        let scores: Scores =
            switch hello.answers {
            case .probabilities: .probabilities(Array(repeating: 0, count: count * hello.labels.count))
            case .tags: .tags(Array(repeating: -1, count: count))
            case .spans: .spans([])
            }
        self.init(scores: scores, covered: Array(repeating: false, count: count))
    }

    /// As a message with the number of its question.
    func message(_ number: UInt64, _ question: TeacherQuestion, _ hello: ProgramHello) throws -> [UInt8] {
        switch hello.wire {
        case .safetensors: try TensorMessage.framed(number, tensors(labelCount: hello.labels.count))
        case .jsonl: try line(number, question, hello)
        }
    }

    /// As it is kept in a file.
    func file(labelCount: Int) throws -> [UInt8] { try TensorMessage.file(tensors(labelCount: labelCount)) }

    private func tensors(labelCount: Int) -> [TensorMessage.Tensor] {
        var tensors: [TensorMessage.Tensor]
        switch scores {
        case .probabilities(let rows):
            tensors = [.init("probabilities", "F32", [rows.count / labelCount, labelCount], rows)]
        case .tags(let numbers): tensors = [.init("tags", "I32", [numbers.count], numbers)]
        case .spans(let spans):
            tensors = [
                .init(
                    "spans", "I32", [spans.count, 4],
                    spans.flatMap { [$0.sentence, $0.words.lowerBound, $0.words.upperBound, $0.label] }.map(Int32.init)),
                .init("span_scores", "F32", [spans.count], spans.map(\.score)),
            ]
        }
        if !truncated.isEmpty {
            tensors.append(.init("truncated", "I32", [truncated.count], truncated.map(Int32.init)))
        }
        if let covered {
            tensors.append(.init("covered", "U8", [covered.count], covered.map { $0 ? 1 : 0 } as [UInt8]))
        }
        return tensors
    }
}

// MARK: Reading

extension TeacherAnswer {
    /// Reads the answer to a question and refuses what does not fit it.
    ///
    /// - Parameter place: The program and the number of the question, for messages.
    package init(tensors file: [UInt8], to question: TeacherQuestion, _ hello: ProgramHello, place: String) throws {
        let tensors = try TensorMessage(file, place: place)
        let known: Set = ["probabilities", "tags", "spans", "span_scores", "covered", "truncated", "id"]
        if let other = tensors.names.subtracting(known).min() {
            throw Failure.teacherProtocol(place, "tensor \(other) means nothing in an answer")
        }
        let covered =
            tensors.names.contains("covered")
            ? try tensors.integers("covered", "U8", UInt8.self).map { $0 != 0 } : nil
        let scores: Scores
        switch hello.answers {
        case .probabilities:
            let shape = tensors.shape("probabilities") ?? []
            guard shape == [question.wordCount, hello.labels.count] else {
                throw Failure.teacherProtocol(
                    place,
                    "probabilities have the shape \(shape), not [\(question.wordCount), \(hello.labels.count)]: words, labels"
                )
            }
            scores = .probabilities(try tensors.floats("probabilities"))
        case .tags: scores = .tags(try tensors.integers("tags", "I32", Int32.self))
        case .spans: scores = .spans(try Self.spans(tensors, place))
        }
        self.init(scores: scores, covered: covered)
        if tensors.names.contains("truncated") {
            truncated = try tensors.integers("truncated", "I32", Int32.self).map(Int.init)
        }
        try check(question, hello, place)
    }

    private static func spans(_ tensors: TensorMessage, _ place: String) throws -> [Span] {
        let numbers = try tensors.integers("spans", "I32", Int32.self).map(Int.init)
        let scores = try tensors.floats("span_scores")
        guard numbers.count == scores.count * 4 else {
            throw Failure.teacherProtocol(place, "spans are rows of 4 numbers, one row for each of span_scores")
        }
        return try scores.enumerated().map { row, score in
            let span = numbers[4 * row..<4 * row + 4].map { $0 }
            guard span[1] >= 0, span[1] < span[2] else {
                throw Failure.teacherProtocol(place, "span \(row) has the words \(span[1])..<\(span[2])")
            }
            return Span(sentence: span[0], words: span[1]..<span[2], label: span[3], score: score)
        }
    }

    /// Refuses what cannot be meant; words that are not covered get zeros.
    mutating func check(_ question: TeacherQuestion, _ hello: ProgramHello, _ place: String) throws {
        let N = question.wordCount, K = hello.labels.count
        guard covered.map({ $0.count == N }) ?? true else {
            throw Failure.teacherProtocol(place, "covered has \(covered?.count ?? 0) entries for \(N) words")
        }
        guard truncated.allSatisfy({ (0..<question.sentenceCount).contains($0) }),
            zip(truncated, truncated.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw Failure.teacherProtocol(place, "truncated must name sentences of the question, rising") }
        switch scores {
        case .probabilities(var rows):
            try Self.checkRows(&rows, covered, labelCount: K, place)
            scores = .probabilities(rows)
        case .tags(let numbers):
            guard numbers.count == N else {
                throw Failure.teacherProtocol(place, "\(numbers.count) tags for \(N) words")
            }
            if let word = numbers.firstIndex(where: { !(-1..<Int32(K)).contains($0) }) {
                throw Failure.teacherProtocol(place, "word \(word) has label \(numbers[word]), there are \(K)")
            }
            if numbers.contains(-1) || covered != nil {
                covered = (0..<N).map { numbers[$0] >= 0 && covered?[$0] ?? true }
            }
        case .spans(let spans):
            for (row, span) in spans.enumerated() {
                guard (0..<question.sentenceCount).contains(span.sentence),
                    span.words.upperBound <= question.words(ofSentence: span.sentence).count,
                    (0..<K).contains(span.label), span.score >= 0, span.score <= 1 + Self.boundTolerance
                else {
                    throw Failure.teacherProtocol(
                        place,
                        "span \(row) names a sentence, words or label that are not there, or a score that is not from 0 to 1"
                    )
                }
            }
        }
        if covered?.contains(false) == false { covered = nil }
    }

    private static func checkRows(_ rows: inout [Float], _ covered: [Bool]?, labelCount K: Int, _ place: String) throws
    {
        for word in 0..<rows.count / K {
            if covered?[word] == false {
                for index in word * K..<word * K + K { rows[index] = 0 }
                continue
            }
            var sum: Float = 0
            for index in word * K..<word * K + K {
                let value = rows[index]
                // A number that is none fails this, too.
                guard value >= 0, value <= 1 + boundTolerance else {
                    throw Failure.teacherProtocol(
                        place, "word \(word): a probability that is not from 0 to 1, of label \(index - word * K)")
                }
                sum += value
                if value > 1 { rows[index] = 1 }
            }
            guard abs(sum - 1) <= sumTolerance else {
                throw Failure.teacherProtocol(
                    place,
                    "word \(word): the probabilities sum to \(sum), not 1; say that a word is not covered with covered")
            }
        }
    }
}
