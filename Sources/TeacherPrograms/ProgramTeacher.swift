package import Corpora
import Diagnostics
import Kernels
package import Shards
package import Teachers

/// A program as a teacher: any tagger that keeps the protocol of docs/teacher-protocol.md.
///
/// A batch is cut into questions by its sentences alone, so the same text is asked in the same way for any number of
/// jobs; what was asked before is looked up in the ``AnswerStore``, if there is one.
package final class ProgramTeacher: Teacher {
    package let name: String
    package let labels: [String]
    package let digests: [String]
    package let hello: ProgramHello
    private let asker: ProgramAsker
    private let join: LabelJoin
    private let store: AnswerStore?
    private let allowsMissing: Bool
    private let log: @Sendable (String) -> Void

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - smoothing: Of hard labels.
    ///   - folder: Where answers are kept; nil: nowhere.
    ///   - allowsMissing: Whether sentences without an answer are left out instead of being an error.
    package init(
        _ settings: ProgramSettings, filter: LabelFilter = LabelFilter(), smoothing: Double = 0.1,
        store folder: String? = nil, allowsMissing: Bool = false
    ) async throws {
        asker = try await ProgramAsker(settings)
        let (name, hello) = (asker.name, asker.hello)
        (self.name, self.hello) = (name, hello)
        join = try LabelJoin(hello, filter: filter, smoothing: smoothing, place: name)
        labels = join.tags.names
        digests = [hello.digest + (join.identity.isEmpty ? "" : "-\(join.identity.prefix(16))")]
        store = try folder.map { try AnswerStore($0, hello, log: settings.log) }
        self.allowsMissing = allowsMissing
        log = settings.log
        settings.log("teacher: \(hello.described)")
        if hello.answers == .tags {
            settings.log("hard labels are smoothed: \(smoothing) of each goes to all other tags together")
        }
        for language in settings.languages where hello.languages.map({ !$0.contains(language) }) ?? false {
            settings.log(
                "the program was made for \(hello.languages?.joined(separator: " ") ?? ""), the text is '\(language)'")
        }
    }

    /// Any text can be asked about.
    package func requireFit(_ header: StreamHeader, stream: String) throws {}

    package func score(_ batch: SentenceBatch) async throws -> TeacherScores {
        let plan = QuestionPlan(batch, hello)
        var answers = try plan.questions.map { try store?.answer(to: $0) }
        let open = answers.indices.filter { answers[$0] == nil }
        var poison = Set<Int>()
        if !open.isEmpty {
            let reply = try await asker.ask(open.map { plan.questions[$0] })
            for (number, parts) in zip(open, reply.parts) {
                let question = plan.questions[number]
                let answer = try joined(parts, question)
                answers[number] = answer
                let lost = parts.filter { $0.message == nil }.map(\.sentences.lowerBound)
                for sentence in lost { poison.insert(plan.places[number][sentence].sentence) }
                if lost.isEmpty { try store?.keep(answer, to: question) }
            }
        }
        return try scores(plan, answers.compactMap { $0 }, batch, poison)
    }

    /// The parts of an answer, read and joined; nothing of the sentences of which the program dies.
    private func joined(_ parts: [ProgramReply.Part], _ question: TeacherQuestion) throws -> TeacherAnswer {
        TeacherAnswer(
            joining: try parts.map { part in
                let asked = question.part(part.sentences)
                guard let message = part.message else { return (asked, TeacherAnswer(nothingOf: asked, hello)) }
                return (asked, try TeacherAnswer(message, to: asked, hello, place: name))
            })
    }

    private func scores(
        _ plan: QuestionPlan, _ answers: [TeacherAnswer], _ batch: SentenceBatch, _ poison: Set<Int>
    ) throws -> TeacherScores {
        let K = labels.count
        var scores = TeacherScores(labelCount: K, probabilities: FloatBuffer(count: batch.tokenCount * K))
        var missing: [Int: Int] = [:], cut = Set<Int>()
        var rows: [Float] = []
        for (number, answer) in answers.enumerated() {
            let question = plan.questions[number]
            for (part, place) in plan.places[number].enumerated() {
                let words = question.words(ofSentence: part)
                rows.removeAll(keepingCapacity: true)
                rows.append(contentsOf: repeatElement(0, count: words.count * K))
                rows.withUnsafeMutableBufferPointer { join.add(answer, words: words, sentence: part, to: $0) }
                let counted = place.counted.lowerBound - place.words.lowerBound
                let first = batch.tokens(ofSentence: place.sentence).lowerBound + place.counted.lowerBound
                rows.withUnsafeBufferPointer { rows in
                    guard let base = rows.baseAddress else { return }
                    (scores.probabilities.pointer + first * K)
                        .update(from: base + counted * K, count: place.counted.count * K)
                }
                let absent = place.counted.indices.count {
                    answer.covered?[words.lowerBound + counted + $0 - place.counted.lowerBound] == false
                }
                if absent > 0 { missing[place.sentence, default: 0] += absent }
            }
            for part in answer.truncated { cut.insert(plan.places[number][part].sentence) }
        }
        try note(missing, poison, cut, plan, batch, &scores)
        return scores
    }

    /// Says what the program did not say, or refuses it.
    private func note(
        _ missing: [Int: Int], _ poison: Set<Int>, _ cut: Set<Int>, _ plan: QuestionPlan, _ batch: SentenceBatch,
        _ scores: inout TeacherScores
    ) throws {
        if let first = missing.keys.min(), !allowsMissing {
            let place = "sentence \(first + 1) of block \(batch.index)"
            let count = batch.tokens(ofSentence: first).count
            throw poison.contains(first)
                ? Failure.poison(name, place) : Failure.unanswered(name, missing[first] ?? 0, of: count, place)
        }
        scores.unscored = missing.keys.sorted()
        for sentence in scores.unscored {
            log(
                "left out: sentence \(sentence + 1) of block \(batch.index): \(poison.contains(sentence) ? "the program dies of it" : "no answer for some of its words")"
            )
        }
        scores.notes["sentences left out for which the teacher has no answer"] = missing.count - poison.count
        scores.notes["sentences left out of which the teacher dies"] = poison.count
        scores.notes["sentences that the teacher read only in part"] = cut.count
        scores.notes["sentences asked in overlapping windows of \(hello.longestSentence ?? 0) words"] =
            plan.windowedCount
    }
}

/// A batch as questions.
struct QuestionPlan {
    /// Where a sentence of a question comes from.
    struct Place {
        /// In the batch.
        var sentence: Int
        /// Words of the sentence that were asked about, and those whose answer counts.
        var words: Range<Int>
        var counted: Range<Int>
    }

    private(set) var questions: [TeacherQuestion] = []
    /// Of each sentence of each question.
    private(set) var places: [[Place]] = []
    /// Sentences that are longer than the program can read.
    private(set) var windowedCount = 0

    /// Sentences in order, as many in one question as the program likes, at least one.
    init(_ batch: SentenceBatch, _ hello: ProgramHello) {
        let limit = hello.batchWords ?? ProgramHello.usualBatchWords
        for sentence in 0..<batch.sentenceCount {
            let tokens = batch.tokens(ofSentence: sentence)
            let parts = SentenceWindows.parts(wordCount: tokens.count, limit: hello.longestSentence ?? .max)
            if parts.count > 1 { windowedCount += 1 }
            for part in parts {
                if questions.last.map({ $0.wordCount + part.words.count > limit }) ?? true {
                    questions.append(TeacherQuestion())
                    places.append([])
                }
                let last = questions.count - 1
                for word in part.words {
                    questions[last].append(word: batch.text[batch.textRange(ofToken: tokens.lowerBound + word)])
                }
                questions[last].endSentence()
                places[last].append(Place(sentence: sentence, words: part.words, counted: part.counted))
            }
        }
    }
}

extension TeacherAnswer {
    /// Reads a message of a program.
    init(_ message: WireMessage, to question: TeacherQuestion, _ hello: ProgramHello, place: String) throws {
        if let number = message.number {
            try self.init(tensors: message.bytes, to: question, hello, place: "\(place): answer \(number)")
        } else {
            try self.init(line: message.bytes, to: question, hello, place: place)
        }
    }
}
