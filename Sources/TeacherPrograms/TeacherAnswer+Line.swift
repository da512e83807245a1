import Diagnostics
import FoundationEssentials
import Shards

/// Answers as lines of JSON: sentences apart, labels by name, null for what is not covered.
extension TeacherAnswer {
    /// What stands on a line.
    private struct Line: Codable {
        struct Entity: Codable {
            var start: Int, end: Int, label: String, score: Float
        }

        var id: UInt64
        var probabilities: [[[Float]?]]?
        var tags: [[String?]]?
        var spans: [[Entity]]?
        var covered: [[Int]]?
        var truncated: [Int]?
    }

    /// The number of the question that a line answers.
    static func number(ofLine line: [UInt8], place: String) throws -> UInt64 {
        struct Number: Decodable { var id: UInt64 }
        guard let number = try? JSON.decode(Number.self, from: line).id else {
            throw Failure.teacherProtocol(
                place,
                "a line on its standard output that is no answer ({\"id\": N, ...}); does anything else write there?")
        }
        return number
    }

    package init(line bytes: [UInt8], to question: TeacherQuestion, _ hello: ProgramHello, place: String) throws {
        let line: Line
        do { line = try JSON.decode(Line.self, from: bytes) } catch {
            throw Failure.teacherProtocol(place, "the line does not have the form of an answer")
        }
        switch hello.answers {
        case .probabilities:
            let words = try Self.words(line.probabilities, "probabilities", question, place)
            guard words.allSatisfy({ $0?.count ?? hello.labels.count == hello.labels.count }) else {
                throw Failure.teacherProtocol(
                    place, "a word has not \(hello.labels.count) probabilities, one for each label")
            }
            let nothing = [Float](repeating: 0, count: hello.labels.count)
            self.init(scores: .probabilities(words.flatMap { $0 ?? nothing }), covered: words.map { $0 != nil })
        case .tags:
            let numbers = Self.numbers(hello)
            let words = try Self.words(line.tags, "tags", question, place)
            self.init(
                scores: .tags(
                    try words.map { tag in
                        guard let tag else { return -1 }
                        guard let number = numbers[tag] else { throw Self.strange(tag, hello, place) }
                        return Int32(number)
                    }))
        case .spans: self.init(scores: .spans(try Self.spans(line, question, hello, place)))
        }
        if let covered = line.covered {
            let words = try Self.words(covered.map { $0.map(Optional.some) }, "covered", question, place)
            self.covered = zip(words, self.covered ?? Array(repeating: true, count: words.count)).map { $0 != 0 && $1 }
        }
        truncated = line.truncated ?? []
        try check(question, hello, place)
    }

    private static func numbers(_ hello: ProgramHello) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(hello.labels, hello.labels.indices))
    }

    private static func strange(_ label: String, _ hello: ProgramHello, _ place: String) -> Failure {
        let nearest = NearestName.of(label, in: hello.labels).map { "; did it mean \($0)?" } ?? ""
        return Failure.teacherProtocol(place, "label '\(label)' is not one of its hello\(nearest)")
    }

    /// Sentences laid end to end, if they are those of the question.
    private static func words<Value>(
        _ sentences: [[Value?]]?, _ key: String, _ question: TeacherQuestion, _ place: String
    ) throws -> [Value?] {
        guard let sentences, sentences.count == question.sentenceCount,
            sentences.enumerated().allSatisfy({ $1.count == question.words(ofSentence: $0).count })
        else {
            throw Failure.teacherProtocol(
                place, "'\(key)' must have \(question.sentenceCount) sentences with an entry for each word")
        }
        return sentences.flatMap { $0 }
    }

    private static func spans(_ line: Line, _ question: TeacherQuestion, _ hello: ProgramHello, _ place: String) throws
        -> [Span]
    {
        guard let sentences = line.spans, sentences.count == question.sentenceCount else {
            throw Failure.teacherProtocol(place, "'spans' must have \(question.sentenceCount) sentences")
        }
        let numbers = numbers(hello)
        return try sentences.enumerated().flatMap { sentence, entities in
            try entities.map { entity in
                guard let label = numbers[entity.label] else { throw strange(entity.label, hello, place) }
                guard entity.start >= 0, entity.start < entity.end else {
                    throw Failure.teacherProtocol(place, "a span has the words \(entity.start)..<\(entity.end)")
                }
                return Span(
                    sentence: sentence, words: entity.start..<entity.end, label: label, score: entity.score)
            }
        }
    }

    func line(_ number: UInt64, _ question: TeacherQuestion, _ hello: ProgramHello) throws -> [UInt8] {
        var line = Line(id: number)
        let sentences = (0..<question.sentenceCount).map(question.words(ofSentence:))
        func isCovered(_ word: Int) -> Bool { covered?[word] ?? true }
        switch scores {
        case .probabilities(let rows):
            let K = hello.labels.count
            line.probabilities = sentences.map { $0.map { isCovered($0) ? Array(rows[$0 * K..<$0 * K + K]) : nil } }
        case .tags(let numbers):
            line.tags = sentences.map { $0.map { isCovered($0) ? hello.labels[Int(numbers[$0])] : nil } }
        case .spans(let spans):
            line.spans = sentences.indices.map { sentence in
                spans.filter { $0.sentence == sentence }.map {
                    .init(
                        start: $0.words.lowerBound, end: $0.words.upperBound, label: hello.labels[$0.label],
                        score: $0.score)
                }
            }
            if covered != nil { line.covered = sentences.map { $0.map { isCovered($0) ? 1 : 0 } } }
        }
        if !truncated.isEmpty { line.truncated = truncated }
        return try JSON.encode(line) + [UInt8(ascii: "\n")]
    }
}
