import Diagnostics
import NERPipeTesting
import Randomness
import Shards
import Teachers
import Testing

/// The weights of teachers under which labels are most probable.
@Suite struct MixtureFitTests {
    /// `[teachers][N]`, and words of which each teacher is right with its own share.
    static func words(_ count: Int, right shares: [Double], seed: UInt64 = 1) -> [[Float]] {
        var random = RandomSource(seed: seed, stream: .hiding)
        return shares.map { share in (0..<count).map { _ in random.nextUniform() < share ? 0.9 : 0.05 } }
    }

    static func fit(_ given: [[Float]]) -> MixtureFit {
        var fit = MixtureFit(teacherCount: given.count)
        fit.add(given)
        return fit
    }

    /// Two teachers who each know half of the words: the weights have a closed form, equal shares.
    @Test func halvesShareEqually() {
        let weights = Self.fit([[0.8, 0.8, 0.2, 0.2], [0.2, 0.2, 0.8, 0.8]]).weights()
        #expect(abs(weights[0] - 0.5) < 1e-6 && abs(weights[0] + weights[1] - 1) < 1e-12)
    }

    /// Of words [a, b] with probabilities (1, 0) and (p, 1) the maximum of log w + log(w p + 1 - w) is known.
    @Test(arguments: [Float(0.2), 0.4]) func maximumOfTwoWords(_ p: Float) {
        let weights = Self.fit([[1, p], [1e-4, 1]]).weights()
        let slope = 1 - Double(p), exact = min(1, 1 / (2 * slope))
        // The first teacher's 1e-4 instead of 0 moves it a little.
        #expect(abs(weights[0] - exact) < 2e-3, "\(weights)")
    }

    @Test func theBetterTeacherSaysMore() {
        let weights = Self.fit(Self.words(5000, right: [0.9, 0.6, 0.3])).weights()
        #expect(weights[0] > weights[1] && weights[1] > weights[2], "\(weights)")
    }

    /// No other weights are better: the likelihood is concave, so neighbours are enough.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func nothingNearIsBetter(_ seed: UInt64) {
        let fit = Self.fit(Self.words(400, right: [0.7, 0.6, 0.55], seed: seed)), weights = fit.weights()
        let best = fit.logLikelihood(weights)
        for (from, to) in [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)] where weights[from] > 0.01 {
            var other = weights
            other[from] -= 0.01
            other[to] += 0.01
            #expect(fit.logLikelihood(other) <= best + 1e-9)
        }
    }

    /// Words of which all think alike move nothing, and no words at all leave equal weights.
    @Test func agreementSaysNothing() {
        var fit = MixtureFit(teacherCount: 2)
        #expect(fit.weights() == [0.5, 0.5])
        fit.add([[0.9, 0.2, 0.7], [0.9, 0.2, 0.7]])
        #expect(fit.weights() == [0.5, 0.5] && fit.wordCount == 3)
    }

    @Test func fileKnowsItsTeachers() throws {
        let folder = ScratchFolder(), path = folder["weights"]
        let weights = TeacherWeights(teachers: ["a", "b"], weights: [0.25, 0.75], data: "silver.conll")
        try weights.write(to: path, OutputRule())
        let read = try #require(try TeacherWeights.read(path))
        #expect(read == weights)
        try read.requireFit(["a", "b"], path: path)
        #expect(throws: Failure.self) { try read.requireFit(["b", "a"], path: path) }
        for text in ["{}", "{\"format\": \"other\"}"] {
            try TextFile.write(text, to: path, OutputRule())
            #expect(throws: Failure.self) { try TeacherWeights.read(path) }
        }
        try TextFile.write("no braces", to: path, OutputRule())
        #expect(try TeacherWeights.read(path) == nil)
    }
}
