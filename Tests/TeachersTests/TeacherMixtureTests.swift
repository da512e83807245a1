import Corpora
import Diagnostics
import Kernels
import NERPipeTesting
import Shards
import Taggers
import Teachers
import Testing

@Suite struct TeacherMixtureTests {
    static let vectors = TinyVectors(rowCount: 50, dimension: 5, seed: 3)

    static func teacher(_ seed: UInt64, types: [String] = ["PER", "LOC"]) throws -> TaggerTeacher {
        try tinyTeacher(seed: seed, types: types, vectors: vectors)
    }

    static var batch: SentenceBatch {
        var corpus = TinyCorpus(seed: 5)
        return corpus.embedded([3, 1, 9, 4])
    }

    /// METHODS: one teacher, or the same one several times, is that teacher alone.
    @Test func sameTeachersAreOneTeacher() async throws {
        let one = try Self.teacher(1), alone = one.score(Self.batch).columns.probabilities
        #expect(try await TeacherMixture([one]).score(Self.batch).columns.probabilities == alone)
        for weights in [[], [0.5, 0.5], [3, 1], [1, 0]] {
            let twice = try TeacherMixture([one, Self.teacher(1)], weights: weights)
            #expect(try await twice.score(Self.batch).columns.probabilities == alone)
        }
    }

    /// The mean of the teachers' own distributions, rounded once.
    @Test(arguments: [[], [1, 1, 1], [0.2, 0.5, 0.3], [2, 5, 3], [0, 0, 1]])
    func distributionsAreTheWeightedMean(_ weights: [Double]) async throws {
        let teachers = try (1...3).map { try Self.teacher($0) }
        let mixture = try TeacherMixture(teachers, weights: weights)
        let parts = teachers.map { $0.score(Self.batch).columns.probabilities.map { Float(Float16(bitPattern: $0)) } }
        let found = try await mixture.score(Self.batch).columns.probabilities.map { Float(Float16(bitPattern: $0)) }
        #expect(abs(mixture.weights.reduce(0, +) - 1) < 1e-12)
        for index in found.indices {
            let expected = zip(parts, mixture.weights).reduce(Float(0)) { $0 + $1.0[index] * Float($1.1) }
            #expect(abs(found[index] - expected) < 2e-3)
        }
        for token in 0..<Self.batch.tokenCount {
            #expect(abs(found[token * 5..<token * 5 + 5].reduce(0, +) - 1) < 3e-3)
        }
    }

    /// The same network with its types in another order: joined by name, nothing changes.
    @Test func labelsAreJoinedByName() async throws {
        let teachers = [try Self.teacher(1), try Self.teacher(2, types: ["LOC", "PER"])]
        let mixture = try TeacherMixture(teachers, weights: [0, 1])
        #expect(mixture.labels == ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
        let other = teachers[1].score(Self.batch).columns.probabilities
        let found = try await mixture.score(Self.batch).columns.probabilities
        for token in 0..<Self.batch.tokenCount {
            #expect([0, 3, 4, 1, 2].map { other[token * 5 + $0] } == Array(found[token * 5..<token * 5 + 5]))
        }
        #expect(throws: Failure.self) {
            try TeacherMixture([Self.teacher(1), Self.teacher(2, types: ["PER", "ORG"])])
        }
    }

    /// A teacher need not be a tagger, nor answer.
    @Test func whoeverScoresIsATeacher() async throws {
        let tagger = try Self.teacher(1),
            sure = SureTeacher(labels: ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"], sure: 1)
        let mixture = try TeacherMixture([tagger, sure], weights: [1, 3])
        let alone = tagger.score(Self.batch).probabilities, found = try await mixture.score(Self.batch)
        // "B-LOC" is the other's second label and this one's fourth.
        for token in 0..<Self.batch.tokenCount {
            for label in 0..<5 {
                let expected = 0.25 * alone[token * 5 + label] + (label == 3 ? 0.75 : 0)
                #expect(abs(found.probabilities[token * 5 + label] - expected) < 1e-6)
            }
        }
        #expect(found.choices[1].allSatisfy { $0 == 3 } && found.columns.voterCount == 2)
        #expect(found.columns.votes == found.choices[0].map { $0 == 3 ? 2 : 1 })
        let silent = try TeacherMixture([tagger, SureTeacher(labels: tagger.labels, sure: nil)])
        await #expect(throws: Failure.self) { try await silent.score(Self.batch) }
    }

    @Test(arguments: [[1], [1, 2, 3], [0, 0], [-1, 2], [.nan, 1], [.infinity, 1]])
    func weightsThatAreNoneAreRefused(_ weights: [Double]) throws {
        let teachers = try [Self.teacher(1), Self.teacher(2)]
        #expect(throws: Failure.self) { try TeacherMixture(teachers, weights: weights) }
    }
}

/// Finds one label certain, in time; or fails.
private struct SureTeacher: Teacher {
    let labels: [String]
    let sure: Int?
    var name: String { "sure" }
    var digests: [String] { ["sure"] }

    func requireFit(_ header: StreamHeader, stream: String) {}

    func score(_ batch: SentenceBatch) async throws -> TeacherScores {
        await Task.yield()
        guard let sure else { throw Failure(.badData, "\(name): no answer") }
        let probabilities = FloatBuffer(count: batch.tokenCount * labels.count)
        for token in 0..<batch.tokenCount { probabilities[token * labels.count + sure] = 1 }
        return TeacherScores(labelCount: labels.count, probabilities: probabilities)
    }
}
