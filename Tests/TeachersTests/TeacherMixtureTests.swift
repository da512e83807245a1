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
    @Test func sameTeachersAreOneTeacher() throws {
        let one = try Self.teacher(1), alone = one.score(Self.batch).probabilities
        #expect(try TeacherMixture([one]).score(Self.batch).probabilities == alone)
        for weights in [[], [0.5, 0.5], [3, 1], [1, 0]] {
            let twice = try TeacherMixture([one, Self.teacher(1)], weights: weights)
            #expect(twice.score(Self.batch).probabilities == alone)
        }
    }

    /// The mean of the teachers' own distributions, rounded once.
    @Test(arguments: [[], [1, 1, 1], [0.2, 0.5, 0.3], [2, 5, 3], [0, 0, 1]])
    func distributionsAreTheWeightedMean(_ weights: [Double]) throws {
        let teachers = try (1...3).map { try Self.teacher($0) }
        let mixture = try TeacherMixture(teachers, weights: weights)
        let parts = teachers.map { $0.score(Self.batch).probabilities.map { Float(Float16(bitPattern: $0)) } }
        let found = mixture.score(Self.batch).probabilities.map { Float(Float16(bitPattern: $0)) }
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
    @Test func labelsAreJoinedByName() throws {
        let teachers = [try Self.teacher(1), try Self.teacher(2, types: ["LOC", "PER"])]
        let mixture = try TeacherMixture(teachers, weights: [0, 1])
        #expect(mixture.labels == ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
        let other = teachers[1].score(Self.batch).probabilities, found = mixture.score(Self.batch).probabilities
        for token in 0..<Self.batch.tokenCount {
            #expect([0, 3, 4, 1, 2].map { other[token * 5 + $0] } == Array(found[token * 5..<token * 5 + 5]))
        }
        #expect(throws: Failure.self) {
            try TeacherMixture([Self.teacher(1), Self.teacher(2, types: ["PER", "ORG"])])
        }
    }

    @Test(arguments: [[1], [1, 2, 3], [0, 0], [-1, 2], [.nan, 1], [.infinity, 1]])
    func weightsThatAreNoneAreRefused(_ weights: [Double]) throws {
        let teachers = try [Self.teacher(1), Self.teacher(2)]
        #expect(throws: Failure.self) { try TeacherMixture(teachers, weights: weights) }
    }
}
