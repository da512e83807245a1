import Diagnostics
import Glibc
import Shards
import Streams

/// The thread that talks to a program, starts it again when it dies, and sends again what was not answered.
///
/// Bounds: what the callers wait for is held once; the program has at most as many questions as it says it can take.
/// Nobody waits for ever: while it is asked, the program must answer something within the time limit, and it may die
/// ``maximumDeaths`` times in a row without answering anything.
///
/// `@unchecked Sendable` holds because it is handed from the task that makes it to the one that runs it.
final class AskingThread: @unchecked Sendable {
    /// Enough to find one sentence among some hundred thousand, and not more than a person waits for.
    static let maximumDeaths = 24
    /// Bytes that may wait for a program that does not take them.
    private static let maximumWaitingByteCount = 1 << 20

    let hello: ProgramHello
    let name: String
    private let settings: ProgramSettings
    private let inbox: RequestInbox
    private var link: ProgramLink?
    private var queue: QuestionQueue<ProgramRequest>
    private var deaths = 0
    private var deadline = ContinuousClock.now

    init(_ settings: ProgramSettings, _ inbox: RequestInbox) throws {
        let (link, hello) = try ProgramLink.open(settings)
        (self.settings, self.inbox, self.link, self.hello, name) = (settings, inbox, link, hello, link.name)
        queue = QuestionQueue(limit: hello.inFlight ?? ProgramHello.usualInFlight)
    }

    /// Works until nobody can ask any more.
    func run() {
        do {
            while true {
                let (requests, isClosed) = inbox.take()
                for request in requests { take(request) }
                if isClosed && queue.isIdle { break }
                try work()
            }
        } catch {
            var failed = inbox.fail(error)
            for item in queue.open where !failed.contains(where: { $0 === item.asker }) { failed.append(item.asker) }
            for request in failed { request.fail(error) }
        }
        link?.end()
        inbox.finish()
    }

    private func take(_ request: ProgramRequest) {
        for (number, question) in request.questions.enumerated() {
            queue.append(.init(request, question: number, sentences: 0..<question.sentenceCount))
        }
    }

    /// Waits for one thing to happen, and does what follows from it.
    private func work() throws {
        guard let link = try openLink() else { return waitForRequests() }
        try sendWhatFits(link)
        let limit = queue.isFlying ? deadline : .now + .seconds(1 << 20)
        switch try link.next(until: limit, wake: inbox.wakeEnd) {
        case .woken: break
        case .message(let box): try receive(box.message)
        case .ended(let how):
            self.link = nil
            try programDied(how)
        case .timedOut:
            self.link = nil
            link.end(patience: .zero)
            try programDied("gave no answer for \(Int(settings.timeLimit.seconds)) s and was killed")
        }
    }

    /// The program, started again if it must be; nil while there is nothing to ask it.
    private func openLink() throws -> ProgramLink? {
        if let link { return link }
        if queue.isIdle { return nil }
        while true {
            // A program that dies at once must not keep a processor busy.
            usleep(useconds_t(min(deaths, 20) * 20_000))
            do {
                let (link, hello) = try ProgramLink.open(settings)
                guard hello.identity == self.hello.identity else {
                    link.end()
                    throw Failure.otherTeacher(name, digest: hello.digest, before: self.hello.digest)
                }
                self.link = link
                return link
            } catch let failure as Failure where failure.code == .unavailable {
                try count(death: failure.message)
            }
        }
    }

    private func waitForRequests() {
        var end = pollfd(fd: inbox.wakeEnd, events: Int16(POLLIN), revents: 0)
        _ = poll(&end, 1, -1)
    }

    private func sendWhatFits(_ link: ProgramLink) throws {
        while link.waitingByteCount < Self.maximumWaitingByteCount {
            let wasFlying = queue.isFlying
            guard let (number, item) = queue.next() else { return }
            if !wasFlying { deadline = .now + settings.timeLimit }
            let question = item.asker.questions[item.question].part(item.sentences)
            link.send(try question.message(number, on: hello.wire))
        }
    }

    private func receive(_ message: WireMessage) throws {
        let number = try message.number ?? TeacherAnswer.number(ofLine: message.bytes, place: name)
        guard let item = queue.take(number) else {
            throw Failure.teacherProtocol(
                name, "answers question \(number), which it was not asked, or has answered before")
        }
        deaths = 0
        deadline = .now + settings.timeLimit
        item.asker.add(.init(sentences: item.sentences, message: message), to: item.question)
    }

    private func programDied(_ how: String) throws {
        // Whoever asks next starts it again.
        guard queue.isFlying else { return settings.log("the program \(how) while nothing was asked") }
        try count(death: "the program \(how)")
        if let lost = queue.programDied() {
            settings.log("the program dies of one sentence, which is given up")
            lost.asker.add(.init(sentences: lost.sentences, message: nil), to: lost.question)
        }
    }

    private func count(death: String) throws {
        deaths += 1
        guard deaths < Self.maximumDeaths else {
            throw Failure.diedOften(name, deaths, last: death)
        }
        settings.log("\(death); starting it again, and asking again what was not answered")
    }
}
