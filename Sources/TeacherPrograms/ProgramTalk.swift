import Diagnostics
import Streams

/// A talk with a program, in which everything that is not as it must be is a failure.
final class ProgramTalk {
    /// For a program to end after its input did; large ones take their time.
    private static let endLimit = Duration.seconds(30)
    let link: ProgramLink
    let hello: ProgramHello
    private let settings: ProgramSettings
    private var lastNumber: UInt64 = 0
    /// Which of the questions that were sent last each number is.
    private var open: [UInt64: Int] = [:]

    init(_ settings: ProgramSettings) throws {
        (link, hello) = try ProgramLink.open(settings)
        self.settings = settings
    }

    func send(_ questions: [TeacherQuestion]) throws {
        open = [:]
        for (index, question) in questions.enumerated() {
            lastNumber += 1
            open[lastNumber] = index
            link.send(try question.message(lastNumber, on: hello.wire))
        }
    }

    /// The message that comes next, and the question that it answers.
    func receiveOne() throws -> (message: WireMessage, question: Int) {
        switch try link.next(until: .now + settings.timeLimit) {
        case .message(let box):
            let number = try box.message.number ?? TeacherAnswer.number(ofLine: box.message.bytes, place: link.name)
            guard let question = open.removeValue(forKey: number) else {
                throw Failure.teacherProtocol(
                    link.name, "answers question \(number), which was not asked, or was answered before")
            }
            return (box.message, question)
        case .ended(let how): throw Failure.teacherCheck("it \(how) with \(open.count) questions open")
        case .timedOut, .woken:
            link.end(patience: .zero)
            throw Failure.teacherCheck("no answer within \(Int(settings.timeLimit.seconds)) s")
        }
    }

    /// Answers to all that was sent, in the order of the questions, and the order in which they came.
    func receive(_ questions: [TeacherQuestion]) throws -> (answers: [TeacherAnswer], order: [Int]) {
        var answers: [Int: TeacherAnswer] = [:], order: [Int] = []
        while !open.isEmpty {
            let (message, number) = try receiveOne()
            answers[number] = try TeacherAnswer(message, to: questions[number], hello, place: link.name)
            order.append(number)
        }
        return (questions.indices.compactMap { answers[$0] }, order)
    }

    func ask(_ questions: [TeacherQuestion]) throws -> (answers: [TeacherAnswer], order: [Int]) {
        try send(questions)
        return try receive(questions)
    }

    func close() throws {
        link.closeInput()
        _ = try expectEnd(wellOnly: true)
    }

    /// Waits for the program's own end.
    func expectEnd(wellOnly: Bool) throws -> String {
        switch try link.next(until: .now + Self.endLimit) {
        case .message: throw Failure.teacherCheck("it says something that nobody asked for")
        case .ended(let how):
            guard link.endedWell || !wellOnly && !how.contains("closed") && !how.contains("killed") else {
                throw Failure.teacherCheck("it \(how) after the end of its input, where status 0 is expected")
            }
            return "it \(how)"
        case .timedOut, .woken:
            link.end(patience: .zero)
            throw Failure.teacherCheck("it does not end within 30 s after the end of its input")
        }
    }
}
