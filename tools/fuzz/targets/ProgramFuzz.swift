import Diagnostics
import TeacherPrograms

/// Messages of programs that are teachers.
enum ProgramFuzz {
    private static let question = TeacherQuestion([["Anna", "", "x"], [], ["Rome"]])

    static func read(_ bytes: [UInt8]) throws {
        let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let hello = try ProgramHello(Array(bytes[..<end]), offered: TeacherWire.allCases, place: "fuzz")
        let rest = Array(bytes[min(end + 1, bytes.count)...])
        let answer =
            hello.wire == .jsonl
            ? try TeacherAnswer(line: rest, to: question, hello, place: "fuzz")
            : try TeacherAnswer(tensors: rest, to: question, hello, place: "fuzz")
        // What passed fits the question.
        precondition(answer.covered.map { $0.count == question.wordCount } ?? true)
        switch answer.scores {
        case .probabilities(let rows):
            precondition(
                rows.count == question.wordCount * hello.labels.count && rows.allSatisfy { $0 >= 0 && $0 <= 1 })
        case .tags(let numbers):
            precondition(numbers.count == question.wordCount && numbers.allSatisfy { $0 < hello.labels.count })
        case .spans(let spans):
            precondition(spans.allSatisfy { (0..<3).contains($0.sentence) && $0.label < hello.labels.count })
        }
    }
}
