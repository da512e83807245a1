import Diagnostics
import Testing

@testable import TeacherPrograms

/// Messages as bytes: written, cut anywhere, read; and what is refused.
struct WireTests {
    private static let question = TeacherQuestion([["Anna", "", "né 語"], [], ["x"]])
    private static let place = "program"

    private static func hello(_ answers: ProgramHello.Answers, _ wire: TeacherWire) -> ProgramHello {
        ProgramHello(
            wire: wire, name: "t", digest: "0123456789", answers: answers,
            labels: answers == .spans ? ["X"] : ["O", "B-X"],
            scheme: answers == .spans ? nil : .iob2)
    }

    /// Bytes through the reader, `step` at a time.
    private static func messages(_ bytes: [UInt8], _ wire: TeacherWire?, step: Int) throws -> [WireMessage] {
        var reader = WireReader(name: place)
        reader.wire = wire
        var messages: [WireMessage] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { reader.append($0) }
            while let message = try reader.next() { messages.append(message) }
        }
        #expect(reader.rest == 0)
        return messages
    }

    @Test(arguments: TeacherWire.allCases, [1, 7, 100_000])
    func questionsAreReadAsTheyWereWritten(_ wire: TeacherWire, _ step: Int) throws {
        let bytes = try Self.question.message(3, on: wire) + TeacherQuestion([]).message(4, on: wire)
        let read = try Self.messages(bytes, wire, step: step).map { try TeacherQuestion.read($0, place: Self.place) }
        #expect(read.map(\.number) == [3, 4])
        #expect(read.map(\.question) == [Self.question, TeacherQuestion([])])
    }

    private static let answers: [(ProgramHello.Answers, TeacherAnswer)] = [
        (.probabilities, TeacherAnswer(scores: .probabilities([0.25, 0.75, 1, 0, 0.5, 0.5, 0, 1]))),
        (
            .probabilities,
            TeacherAnswer(
                scores: .probabilities([0.25, 0.75, 0, 0, 0.5, 0.5, 0, 1]), covered: [true, false, true, true])
        ),
        (.tags, TeacherAnswer(scores: .tags([1, 0, 1, 0]))),
        (.tags, TeacherAnswer(scores: .tags([1, -1, 1, 0]), covered: [true, false, true, true])),
        (.spans, TeacherAnswer(scores: .spans([.init(sentence: 0, words: 1..<3, label: 0, score: 0.5)]))),
        (.spans, TeacherAnswer(scores: .spans([]), covered: [true, true, true, false])),
    ]

    @Test(arguments: TeacherWire.allCases, answers.indices)
    func answersAreReadAsTheyWereWritten(_ wire: TeacherWire, _ index: Int) throws {
        var (kind, answer) = Self.answers[index]
        answer.truncated = [0, 2]
        let hello = Self.hello(kind, wire)
        let message = try Self.messages(answer.message(5, Self.question, hello), wire, step: 3)[0]
        #expect(try message.number ?? TeacherAnswer.number(ofLine: message.bytes, place: Self.place) == 5)
        #expect(try TeacherAnswer(message, to: Self.question, hello, place: Self.place) == answer)
    }

    @Test func partsOfAnAnswerAreJoined() throws {
        let (kind, answer) = Self.answers[1]
        let parts = [0..<1, 1..<3].map { Self.question.part($0) }
        let read = try zip(parts, [[0.25, 0.75, 0, 0, 0.5, 0.5], [0, 1]] as [[Float]]).enumerated().map {
            number, pair in
            var part = TeacherAnswer(scores: .probabilities(pair.1), covered: number == 0 ? [true, false, true] : nil)
            try part.check(pair.0, Self.hello(kind, .jsonl), Self.place)
            return (question: pair.0, answer: part)
        }
        #expect(TeacherAnswer(joining: read) == answer)
    }

    @Test(arguments: [
        "{\"id\":1}", "{\"id\":1,\"tags\":[]}", "{\"id\":1,\"tags\":[[\"O\",\"O\",\"O\"],[],[]]}",
        "{\"id\":1,\"tags\":[[\"O\",\"O\",\"B-Y\"],[],[\"O\"]]}", "{\"id\":1,\"tags\":[[1,2,3],[],[4]]}",
        "{\"id\":1,\"tags\":[[\"O\",\"O\",\"O\"],[],[\"O\"]],\"truncated\":[3]}",
        "{\"id\":1,\"tags\":[[\"O\",\"O\",\"O\"],[],[\"O\"]],\"truncated\":[1,1]}",
        "{\"id\":1,\"tags\":[[\"O\",\"O\",\"O\"],[],[\"O\"]],\"covered\":[[1]]}", "", "[", "nan",
    ])
    func linesThatDoNotFitAreRefused(_ line: String) throws {
        let message = WireMessage(number: nil, bytes: Array(line.utf8))
        #expect(throws: Failure.self) {
            try TeacherAnswer(message, to: Self.question, Self.hello(.tags, .jsonl), place: Self.place)
        }
    }

    @Test(
        arguments: [
            [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.4],
            [-0.1, 1.1, 1, 0, 1, 0, 1, 0],
            [.nan, 1, 1, 0, 1, 0, 1, 0], [.infinity, 1, 1, 0, 1, 0, 1, 0], [2, -1, 1, 0, 1, 0, 1, 0],
        ] as [[Float]])
    func rowsThatAreNoDistributionsAreRefused(_ rows: [Float]) throws {
        let file = try TensorMessage.file([
            .init("probabilities", "F32", [rows.count / 2, 2], Array(rows[..<(rows.count / 2 * 2)]))
        ])
        #expect(throws: Failure.self) {
            try TeacherAnswer(tensors: file, to: Self.question, Self.hello(.probabilities, .safetensors), place: "p")
        }
    }

    /// A head may ask for any size; memory is not taken for it.
    @Test func hugeMessagesAreRefused() {
        var head: [UInt8] = Array(repeating: 0, count: 8)
        head += Array(repeating: 0xFF, count: 8)
        #expect(throws: Failure.self) { try Self.messages(head, .safetensors, step: 16) }
        let line = [UInt8](repeating: 65, count: TeacherWire.maximumHelloByteCount + 2)
        #expect(throws: Failure.self) { try Self.messages(line, nil, step: 1 << 16) }
    }

    @Test(arguments: [
        ("hello", "no hello"), ("{}", "no hello"), ("{\"protocol\":\"nerpipe-teacher\",\"version\":2}", "version 2"),
        ("{\"protocol\":\"nerpipe-teacher\",\"version\":1}", "'wire' is missing"),
    ])
    func hellosThatCannotBeMeantAreRefused(_ line: String, _ what: String) {
        let failure = #expect(throws: Failure.self) {
            try ProgramHello(Array(line.utf8), offered: [.jsonl], place: Self.place)
        }
        #expect(failure?.message.contains(what) == true, "\(failure?.message ?? "")")
    }

    @Test func aHelloIsHeldAgainstWhatItMayBe() throws {
        let good = Self.hello(.tags, .jsonl)
        _ = try ProgramHello(good.encoded(), offered: [.jsonl], place: Self.place)
        let changes: [(inout ProgramHello) -> Void] = [
            { $0.wire = .safetensors }, { $0.digest = "short" }, { $0.digest = "with spaces in it" },
            { $0.labels = [] },
            { $0.labels = ["O", "O"] }, { $0.scheme = nil }, { $0.answers = .spans }, { $0.longestSentence = 0 },
            { $0.inFlight = 1000 }, { $0.batchWords = 1 << 20 }, { $0.name = String(repeating: "x", count: 2000) },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            let line = try bad.encoded()
            #expect(throws: Failure.self) { try ProgramHello(line, offered: [.jsonl], place: Self.place) }
        }
    }
}
