import Diagnostics
import Glibc
import Locks
import Shards
import Streams

/// How a program is started and talked to.
package struct ProgramSettings: Sendable {
    /// For `/bin/sh -c`.
    package var command: String
    /// For the hello, and for each answer: the longest silence while something is awaited.
    package var timeLimit = Duration.seconds(300)
    package var wires = TeacherWire.allCases
    /// Of the text; the program is told.
    package var languages: [String] = []
    package var log: @Sendable (String) -> Void

    package init(command: String, log: @escaping @Sendable (String) -> Void) {
        (self.command, self.log) = (command, log)
    }
}

extension ProgramLink {
    /// Starts a program and hears its hello.
    package static func open(_ settings: ProgramSettings) throws -> (link: ProgramLink, hello: ProgramHello) {
        let link = try ProgramLink(command: settings.command, log: settings.log)
        link.send(try Greeting(wires: settings.wires, languages: settings.languages).encoded())
        switch try link.next(until: .now + settings.timeLimit) {
        case .message(let box):
            let hello = try ProgramHello(box.message.bytes, offered: settings.wires, place: link.name)
            link.wire = hello.wire
            return (link, hello)
        case .ended(let how): throw Failure.endedBeforeHello(link.name, how)
        case .timedOut, .woken:
            link.end(patience: .zero)
            throw Failure.noHello(link.name, seconds: Int(settings.timeLimit.seconds))
        }
    }
}

/// Asks a program, which is kept alive by a thread of its own (``AskingThread``). Ends it when nobody refers to this
/// any more.
final class ProgramAsker: Sendable {
    let hello: ProgramHello
    let name: String
    private let inbox: RequestInbox

    /// - Throws: When the program does not start or says no proper hello; it gets no second chance there.
    init(_ settings: ProgramSettings) async throws {
        let inbox = try RequestInbox()
        let start = Task(executorPreference: BlockingThreads.shared) {
            let thread = try AskingThread(settings, inbox)
            let hello = (thread.hello, thread.name)
            Task.detached(executorPreference: BlockingThreads.shared) { thread.run() }
            return hello
        }
        (hello, name) = try await start.value
        self.inbox = inbox
    }

    deinit { inbox.close() }

    /// The answers to some questions, of which several callers may have some at the same time.
    func ask(_ questions: [TeacherQuestion]) async throws -> ProgramReply {
        try await withUnsafeThrowingContinuation { inbox.put(ProgramRequest(questions, $0)) }
    }
}

/// What was said to some questions, not yet looked into.
struct ProgramReply: Sendable {
    struct Part: Sendable {
        /// Sentences of the question that it is about.
        var sentences: Range<Int>
        /// nil: the program dies of this sentence.
        var message: WireMessage?
    }
    /// For each question its parts, in order.
    var parts: [[Part]]
}

/// Questions of one caller, who waits for all of them.
final class ProgramRequest {
    let questions: [TeacherQuestion]
    private var reply: ProgramReply
    private var open: Int
    private let continuation: UnsafeContinuation<ProgramReply, any Error>

    init(_ questions: [TeacherQuestion], _ continuation: UnsafeContinuation<ProgramReply, any Error>) {
        self.questions = questions
        self.continuation = continuation
        reply = ProgramReply(parts: Array(repeating: [], count: questions.count))
        open = questions.reduce(0) { $0 + $1.sentenceCount }
    }

    func add(_ part: ProgramReply.Part, to question: Int) {
        reply.parts[question].append(part)
        open -= part.sentences.count
        guard open == 0 else { return }
        for question in reply.parts.indices {
            reply.parts[question].sort { $0.sentences.lowerBound < $1.sentences.lowerBound }
        }
        continuation.resume(returning: reply)
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}

/// Where requests wait for the thread, and a pipe that wakes it.
///
/// `@unchecked Sendable` holds because a request belongs to its caller until it is put here, and to the thread
/// afterwards.
final class RequestInbox: @unchecked Sendable {
    private struct State {
        var requests: [ProgramRequest] = []
        var failure: (any Error)?
        var isClosed = false
        var isOver = false
    }
    private let state = Locked(State())
    let wakeEnd: Int32
    private let ringEnd: Int32

    init() throws {
        guard let ends = ProcessStart.alone(ProcessStart.makePipe) else { throw Failure.noPipe(errno) }
        (wakeEnd, ringEnd) = ends
        for end in [wakeEnd, ringEnd] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        Glibc.close(wakeEnd)
        Glibc.close(ringEnd)
    }

    func put(_ request: ProgramRequest) {
        let failure = state.withLock { state in
            if state.failure == nil { state.requests.append(request) }
            return state.failure
        }
        if let failure { request.fail(failure) } else { ring() }
    }

    /// Nobody will put anything here any more; returns when the thread has ended the program, which it does in seconds.
    func close() {
        state.withLock { $0.isClosed = true }
        ring()
        while !state.withLock({ $0.isOver }) { usleep(500) }
    }

    /// The thread says that it has ended.
    func finish() { state.withLock { $0.isOver = true } }

    private func ring() { _ = "!".withCString { write(ringEnd, $0, 1) } }

    func take() -> (requests: [ProgramRequest], isClosed: Bool) {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeEnd, &bytes, bytes.count) > 0 {}
        return state.withLock { state in
            defer { state.requests = [] }
            return (state.requests, state.isClosed)
        }
    }

    /// From now on all requests fail at once.
    func fail(_ error: any Error) -> [ProgramRequest] {
        state.withLock { state in
            state.failure = error
            defer { state.requests = [] }
            return state.requests
        }
    }
}
