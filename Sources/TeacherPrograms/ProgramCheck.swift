import Diagnostics
import Shards
import Streams

/// Tries whether a program keeps the protocol, as `nerpipe teacher check` does: what a long run would find out at
/// night.
package struct ProgramCheck {
    /// What came of one check.
    package struct Finding {
        package let name: String
        /// nil: all is well.
        package let problem: String?
        package let note: String
    }

    /// How far answers to the same words may differ between batches.
    static let tolerance: Float = 0.001
    private let settings: ProgramSettings

    package init(_ settings: ProgramSettings) { self.settings = settings }

    private typealias Check = (name: String, run: @Sendable (ProgramCheck) throws -> String)

    private static let checks: [Check] = [
        ("hello", { try $0.hello() }),
        ("several questions at once", { try $0.severalAtOnce() }),
        ("same question, same answer", { try $0.sameAnswer() }),
        ("same words, other batch", { try $0.batchInvariance() }),
        ("no sentence, no word, empty words", { try $0.ask(OddSentences.empty) }),
        ("odd strings", { try $0.ask(OddSentences.strings) }),
        ("right to left", { try $0.ask(OddSentences.rightToLeft) }),
        ("10,000 words", { try $0.longSentence() }),
        ("end of input", { try $0.endOfInput(open: 0) }),
        ("end of input with questions open", { try $0.endOfInput(open: 3) }),
        ("end of input within a question", { try $0.endWithinQuestion() }),
        ("killed with a question open", { try $0.death(answered: 0) }),
        ("killed after an answer", { try $0.death(answered: 1) }),
        ("two at the same time", { try $0.twoAtOnce() }),
    ]

    /// Runs all checks; after a program that says no hello nothing else is tried.
    ///
    /// - Returns: How many failed.
    package func run(report: (Finding) throws -> Void) throws -> Int {
        var failed = 0
        for (number, check) in Self.checks.enumerated() {
            do {
                try report(Finding(name: check.name, problem: nil, note: try check.run(self)))
            } catch let failure as Failure where failure.code != .interrupted {
                failed += 1
                try report(Finding(name: check.name, problem: failure.message, note: ""))
                if number == 0 { break }
            }
        }
        return failed
    }

    // MARK: The checks

    private func hello() throws -> String {
        let talk = try ProgramTalk(settings)
        try talk.close()
        return talk.hello.described
    }

    private func severalAtOnce() throws -> String {
        let talk = try ProgramTalk(settings)
        let count = 2 * (talk.hello.inFlight ?? ProgramHello.usualInFlight)
        let questions = (0..<count).map { TeacherQuestion([OddSentences.plain[$0 % OddSentences.plain.count]]) }
        let start = ContinuousClock.now
        let order = try talk.ask(questions).order
        try talk.close()
        return
            "\(count) questions\(order == order.sorted() ? "" : ", answered in another order"), \(Int((ContinuousClock.now - start).seconds * 1000)) ms"
    }

    private func sameAnswer() throws -> String {
        let talk = try ProgramTalk(settings)
        let question = TeacherQuestion(OddSentences.plain)
        let answers = try talk.ask([question, question]).answers
        try talk.close()
        guard answers[0] == answers[1] else {
            throw Failure.teacherCheck("the second answer to the same question differs")
        }
        return "\(question.wordCount) words"
    }

    private func batchInvariance() throws -> String {
        let talk = try ProgramTalk(settings)
        let sentences = OddSentences.plain
        let together = try talk.ask([TeacherQuestion(sentences)]).answers[0]
        let apart = try talk.ask(sentences.map { TeacherQuestion([$0]) }).answers
        let backwards = try talk.ask([TeacherQuestion(sentences.reversed())]).answers[0]
        try talk.close()
        let questions = sentences.map { TeacherQuestion([$0]) }
        let one = TeacherAnswer(joining: Array(zip(questions, apart)))
        var largest = try difference(together, one, "asked alone")
        let reversed = TeacherQuestion(sentences.reversed())
        let parts = sentences.indices.map { backwards.part($0, of: reversed, labelCount: talk.hello.labels.count) }
        largest = max(
            largest,
            try difference(
                together, TeacherAnswer(joining: Array(zip(questions, parts.reversed()))), "in another order"))
        return "differences up to \(largest)"
    }

    private func difference(_ answer: TeacherAnswer, _ other: TeacherAnswer, _ how: String) throws -> Float {
        guard let difference = answer.difference(from: other) else {
            throw Failure.teacherCheck("sentences \(how) get other labels, spans or coverage")
        }
        guard difference <= Self.tolerance else {
            throw Failure.teacherCheck(
                "scores of sentences \(how) differ by \(difference), more than \(Self.tolerance); does padding count?")
        }
        return difference
    }

    private func ask(_ questions: [[[String]]]) throws -> String {
        let talk = try ProgramTalk(settings)
        let asked = questions.map { TeacherQuestion($0) }
        let answers = try talk.ask(asked).answers
        try talk.close()
        return coverage(asked, answers)
    }

    private func longSentence() throws -> String {
        let talk = try ProgramTalk(settings)
        let count = min(10_000, talk.hello.longestSentence ?? .max)
        let plain = OddSentences.plain.flatMap { $0 }
        let question = TeacherQuestion([(0..<count).map { plain[$0 % plain.count] }])
        let answer = try talk.ask([question]).answers[0]
        try talk.close()
        let missing = answer.covered?.count { !$0 } ?? 0
        guard missing == 0 || answer.truncated == [0] else {
            throw Failure.teacherCheck(
                "\(missing) of \(count) words are not covered, and the sentence is not in truncated")
        }
        return (count < 10_000 ? "its longest sentence has \(count); " : "") + coverage([question], [answer])
            + (answer.truncated.isEmpty ? "" : ", read in part")
    }

    private func endOfInput(open count: Int) throws -> String {
        let talk = try ProgramTalk(settings)
        let questions = (0..<count).map { TeacherQuestion([OddSentences.plain[$0]]) }
        try talk.send(questions)
        talk.link.closeInput()
        _ = try talk.receive(questions)
        return try talk.expectEnd(wellOnly: true)
    }

    private func endWithinQuestion() throws -> String {
        let talk = try ProgramTalk(settings)
        let message = try TeacherQuestion(OddSentences.plain).message(1, on: talk.hello.wire)
        talk.link.send(Array(message[..<(message.count / 2)]))
        talk.link.closeInput()
        return try talk.expectEnd(wellOnly: false)
    }

    private func death(answered: Int) throws -> String {
        let questions = OddSentences.plain.map { TeacherQuestion([$0]) }
        let first = try ProgramTalk(settings)
        let expected = try first.ask(questions).answers
        try first.close()
        let second = try ProgramTalk(settings)
        try second.send(Array(questions.prefix(answered + 1)))
        if answered > 0 { _ = try second.receiveOne() }
        second.link.killNow()
        second.link.end(patience: .zero)
        let third = try ProgramTalk(settings)
        guard third.hello == first.hello else { throw Failure.teacherCheck("says another hello after it was killed") }
        let found = try third.ask(questions).answers
        try third.close()
        guard found == expected else { throw Failure.teacherCheck("gives other answers after it was killed") }
        return "same answers when started again"
    }

    private func twoAtOnce() throws -> String {
        let question = TeacherQuestion(OddSentences.plain)
        let talks = [try ProgramTalk(settings), try ProgramTalk(settings)]
        let answers = try talks.map { try $0.ask([question]).answers[0] }
        for talk in talks { try talk.close() }
        guard answers[0] == answers[1] else { throw Failure.teacherCheck("two of it give different answers") }
        return "same answers"
    }

    private func coverage(_ questions: [TeacherQuestion], _ answers: [TeacherAnswer]) -> String {
        let words = questions.reduce(0) { $0 + $1.wordCount }
        let missing = answers.reduce(0) { $0 + ($1.covered?.count { !$0 } ?? 0) }
        return "\(words) words" + (missing == 0 ? "" : ", \(missing) not covered")
    }
}
