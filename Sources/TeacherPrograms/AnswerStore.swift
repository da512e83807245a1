import Diagnostics
import Locks
import Shards

/// Answers of a program, kept in a folder, so that it is never asked twice.
///
/// | path | |
/// |---|---|
/// | `TEACHER/hello.json` | what the program said of itself; `TEACHER` is the digest of all that decides its answers |
/// | `TEACHER/ab/cdef….zst` | the answer to the question whose words have the digest `abcdef…`: a stream with one block, which is a safetensors file |
///
/// A file is there when it is complete: it has its END, and gets its name after that. So a run that was killed goes
/// on with the first question that was not answered, and several may use a folder at the same time.
final class AnswerStore: Sendable {
    static let helloName = "hello.json"
    private let folder: String
    /// What the program said of itself.
    let hello: ProgramHello
    private let log: @Sendable (String) -> Void
    private let compressor = FrameCompressor(level: 3)
    /// Questions whose answers are being written; the same text may come twice.
    private let writing = Locked<Set<String>>([])

    init(_ path: String, _ hello: ProgramHello, log: @escaping @Sendable (String) -> Void) throws {
        folder = "\(path)/\(hello.identity)"
        (self.hello, self.log) = (hello, log)
        try Directory.make(folder)
        let file = "\(folder)/\(Self.helloName)"
        if !Directory.fileExists(file) { try AtomicFile.write(JSON.encodePretty(hello), to: file, Self.rule) }
    }

    /// Opens what is there, for a program that nobody can ask any more.
    init(replaying folder: String) throws {
        let file = "\(folder)/\(Self.helloName)"
        guard Directory.fileExists(file) else {
            let teachers = Directory.names(in: folder).filter {
                Directory.fileExists("\(folder)/\($0)/\(Self.helloName)")
            }
            throw Failure.noRecordedTeacher(folder, others: teachers, hello: Self.helloName)
        }
        hello = try ProgramHello(Directory.contents(of: file), offered: TeacherWire.allCases, place: file)
        (self.folder, log) = (folder, { _ in })
    }

    private static var rule: OutputRule {
        var rule = OutputRule()
        rule.wait = .seconds(60)
        return rule
    }

    private func path(_ digest: String) -> String { "\(folder)/\(digest.prefix(2))/\(digest.dropFirst(2)).zst" }

    /// A kept answer; nil when there is none, or it is damaged, which is said.
    func answer(to question: TeacherQuestion) throws -> TeacherAnswer? {
        let path = path(question.digest)
        guard Directory.fileExists(path) else { return nil }
        do {
            let reader = try ShardReader(paths: [path])
            guard let block = try reader.next(), try reader.next() == nil else { return nil }
            return try TeacherAnswer(tensors: block.payload, to: question, hello, place: path)
        } catch let failure as Failure where failure.code == .badData {
            log("\(failure.message); asked again")
            return nil
        }
    }

    func keep(_ answer: TeacherAnswer, to question: TeacherQuestion) throws {
        let digest = question.digest
        guard writing.withLock({ $0.insert(digest).inserted }) else { return }
        defer { writing.withLock { _ = $0.remove(digest) } }
        try Directory.make("\(folder)/\(digest.prefix(2))")
        let writer = try ShardWriter(
            to: .file(path(digest), Self.rule), header: StreamHeader.ofWork(.answer), compressor: compressor)
        let counts = BlockCounts(sentences: question.sentenceCount, tokens: question.wordCount)
        let payload = try answer.file(labelCount: hello.labels.count)
        try writer.append(
            EncodedBlock(Block(kind: .data, index: 1, counts: counts, payload: payload), compressor: compressor))
        try writer.finish()
    }
}
