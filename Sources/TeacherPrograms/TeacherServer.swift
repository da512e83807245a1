package import Corpora
import Diagnostics
package import Shards

/// The other side of the protocol: questions on standard input, answers on standard output, one after the other.
package struct TeacherServer {
    private let input: any ByteInput
    private let output: ([UInt8]) throws -> Void
    private var reader = WireReader(name: "standard input")
    private static let place = "standard input"

    /// - Parameter output: Writes all of some bytes.
    package init(input: any ByteInput, output: @escaping ([UInt8]) throws -> Void) {
        (self.input, self.output) = (input, output)
    }

    /// Says hello and answers until the input ends.
    ///
    /// - Parameters:
    ///   - hello: Its wire is the first one that we are offered and know.
    ///   - answer: To one question.
    package mutating func run(
        _ hello: ProgramHello, _ answer: (TeacherQuestion) async throws -> TeacherAnswer
    ) async throws {
        guard let line = try next(), let greeting = try? JSON.decode(Greeting.self, from: line.bytes),
            greeting.protocol == Greeting.protocolName, greeting.version == Greeting.currentVersion,
            let wire = greeting.wires.first
        else {
            throw Failure.notAsked()
        }
        var hello = hello
        hello.wire = wire
        reader.wire = wire
        try output(hello.encoded())
        while let message = try next() {
            let (number, question) = try TeacherQuestion.read(message, place: Self.place)
            try output(await answer(question).message(number, question, hello))
        }
        guard reader.rest == 0 else {
            throw Failure.questionCut()
        }
    }

    private mutating func next() throws -> WireMessage? {
        while true {
            if let message = try reader.next() { return message }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
            if count == 0 { return nil }
            buffer.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}

extension TeacherQuestion {
    /// As a batch of one document, which the stages can work on.
    package var batch: SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: [])
        for sentence in 0..<sentenceCount {
            for word in words(ofSentence: sentence) {
                text.withUnsafeBufferPointer {
                    batch.appendToken(UnsafeBufferPointer(rebasing: $0[textRange(ofWord: word)]), offset: 0)
                }
            }
            batch.endSentence(document: 0)
        }
        return batch
    }
}

/// Plays recorded answers.
package struct TeacherReplay {
    private let store: AnswerStore
    package var hello: ProgramHello { store.hello }

    /// - Parameter folder: Of one teacher in a folder of `--teacher-cache`.
    package init(folder: String) throws { store = try AnswerStore(replaying: folder) }

    package func answer(to question: TeacherQuestion) throws -> TeacherAnswer {
        guard let answer = try store.answer(to: question) else {
            throw Failure.neverRecorded(sentences: question.sentenceCount)
        }
        return answer
    }
}
