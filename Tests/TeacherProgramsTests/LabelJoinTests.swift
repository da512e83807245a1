import Corpora
import Diagnostics
import Testing

@testable import TeacherPrograms

/// From what programs say to tags; the rules of docs/teacher-protocol.md.
struct LabelJoinTests {
    private static func hello(
        _ labels: [String], _ scheme: ProgramHello.Scheme?, _ answers: ProgramHello.Answers = .probabilities
    ) -> ProgramHello {
        ProgramHello(wire: .jsonl, name: "test", digest: "0123456789", answers: answers, labels: labels, scheme: scheme)
    }

    private static func rows(_ join: LabelJoin, _ answer: TeacherAnswer, words: Int) -> [Float] {
        var rows = [Float](repeating: 0, count: words * join.tags.count)
        rows.withUnsafeMutableBufferPointer { join.add(answer, words: 0..<words, sentence: 0, to: $0) }
        return rows
    }

    private static func isNear(_ found: [Float], _ expected: [Float]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    @Test func iob2IsTakenAsItIs() throws {
        let join = try LabelJoin(
            Self.hello(["B-X", "O", "I-X"], .iob2), filter: LabelFilter(), smoothing: 0.1, place: "p")
        #expect(join.tags.names == ["O", "B-X", "I-X"] && join.identity.isEmpty)
        #expect(
            Self.rows(join, TeacherAnswer(scores: .probabilities([0.25, 0.5, 0.25])), words: 1) == [0.5, 0.25, 0.25])
    }

    @Test func schemesAreJoinedByName() throws {
        let iobes = try LabelJoin(
            Self.hello(["O", "B-X", "I-X", "E-X", "S-X"], .iobes), filter: LabelFilter(), smoothing: 0, place: "p")
        let found = Self.rows(iobes, TeacherAnswer(scores: .probabilities([0.1, 0.2, 0.3, 0.15, 0.25])), words: 1)
        #expect(Self.isNear(found, [0.1, 0.45, 0.45]))
        let bilou = try LabelJoin(
            Self.hello(["O", "U-X", "L-X"], .bilou), filter: LabelFilter(), smoothing: 0, place: "p")
        #expect(Self.rows(bilou, TeacherAnswer(scores: .probabilities([0, 1, 0])), words: 1) == [0, 1, 0])
        #expect(throws: Failure.self) {
            try LabelJoin(Self.hello(["O", "E-X"], .iob2), filter: LabelFilter(), smoothing: 0, place: "p")
        }
    }

    /// I of a scheme that does not say where entities begin.
    @Test func theWordBeforeDecidesWhetherAnEntityBegins() throws {
        let join = try LabelJoin(Self.hello(["O", "X"], .io), filter: LabelFilter(), smoothing: 0, place: "p")
        let found = Self.rows(join, TeacherAnswer(scores: .probabilities([0.2, 0.8, 0.5, 0.5])), words: 2)
        #expect(Self.isNear(found, [0.2, 0.8, 0, 0.5, 0.1, 0.4]))
    }

    @Test func typesAreRenamedAndDropped() throws {
        let hello = Self.hello(["O", "B-GPE", "I-GPE", "B-LOC", "I-LOC", "B-MISC", "I-MISC"], .iob2)
        let join = try LabelJoin(
            hello, filter: LabelFilter(map: "GPE=LOC", types: "LOC"), smoothing: 0, place: "p")
        #expect(join.tags.names == ["O", "B-LOC", "I-LOC"] && !join.identity.isEmpty)
        let found = Self.rows(
            join, TeacherAnswer(scores: .probabilities([0.1, 0.2, 0.1, 0.1, 0.1, 0.3, 0.1])), words: 1)
        #expect(Self.isNear(found, [0.5, 0.3, 0.2]))
        #expect(throws: Failure.self) {
            try LabelJoin(hello, filter: LabelFilter(map: "", types: "PERSON"), smoothing: 0, place: "p")
        }
    }

    @Test func hardLabelsAreSmoothed() throws {
        let join = try LabelJoin(
            Self.hello(["O", "B-X", "I-X"], .iob2, .tags), filter: LabelFilter(), smoothing: 0.1, place: "p")
        #expect(
            Self.isNear(
                Self.rows(join, TeacherAnswer(scores: .tags([1, 0])), words: 2), [0.05, 0.9, 0.05, 0.9, 0.05, 0.05]))
        let other = try LabelJoin(
            Self.hello(["O", "B-X", "I-X"], .iob2, .tags), filter: LabelFilter(), smoothing: 0.2, place: "p")
        #expect(!join.identity.isEmpty && join.identity != other.identity)
    }

    @Test func spansBecomeDistributions() throws {
        let join = try LabelJoin(
            Self.hello(["PER", "LOC"], nil, .spans), filter: LabelFilter(), smoothing: 0.1, place: "p")
        let one = TeacherAnswer(scores: .spans([.init(sentence: 0, words: 1..<3, label: 0, score: 0.9)]))
        #expect(
            Self.isNear(
                Self.rows(join, one, words: 4),
                [1, 0, 0, 0, 0, 0.1, 0.9, 0, 0, 0, 0.1, 0, 0.9, 0, 0, 1, 0, 0, 0, 0]))
        // Two that exclude one another: .6, .5 and .4 * .5, by their sum 1.3; of one tag the better counts.
        let two = TeacherAnswer(
            scores: .spans([
                .init(sentence: 0, words: 0..<1, label: 0, score: 0.6),
                .init(sentence: 0, words: 0..<1, label: 1, score: 0.5),
                .init(sentence: 0, words: 0..<1, label: 1, score: 0.3),
                .init(sentence: 1, words: 0..<1, label: 1, score: 1),
            ]))
        #expect(Self.isNear(Self.rows(join, two, words: 1), [0.2 / 1.3, 0.6 / 1.3, 0, 0.5 / 1.3, 0]))
    }
}
