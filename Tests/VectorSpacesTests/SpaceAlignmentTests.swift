import Kernels
import NERPipeTesting
import Testing
import Vectors

@testable import VectorSpaces

struct SpaceAlignmentTests {
    let folder = ScratchFolder()

    func pairs(_ words: Range<Int>) -> [TranslationPair] { words.map { .init(source: $0, target: $0) } }

    @Test func recoversTheRotationAndTranslatesEveryWord() throws {
        let twins = try TwinSpaces(words: 300, dimension: 12, noise: 0, seed: 1, in: folder)
        let source = try LanguageSpace(twins.source, "ss"), target = try LanguageSpace(twins.target, "tt")
        var settings = SpaceAlignment.Settings()
        settings.iterationCount = 0
        let alignment = try SpaceAlignment(source: source, target: target, pairs: pairs(0..<40), settings: settings)
        // Rows are stored in half precision.
        #expect(worstDifference(alignment.matrix, twins.rotation, absolute: 2e-3) == nil)
        source.rotate(by: Rotation(alignment.matrix, dimension: 12))
        var test = SeedDictionary()
        test.pairs = pairs(40..<300)
        test.sourceWordCount = 400
        let report = try TranslationReport(source: source, target: target, test: test, threads: .of(2))
        #expect(report.nearestNeighbour == .init(at1: 100, at5: 100))
        #expect(report.csls == .init(at1: 100, at5: 100))
        #expect(report.wordCount == 260)
        #expect(report.coverage == 65)
    }

    /// With fewer pairs than dimensions the first map is a guess in part of the space; refining finds the rest.
    @Test func refiningMendsAPoorDictionary() throws {
        let twins = try TwinSpaces(words: 400, dimension: 16, noise: 0.1, seed: 2, in: folder)
        let target = try LanguageSpace(twins.target, "tt")
        var test = SeedDictionary()
        test.pairs = pairs(100..<400)
        func precision(iterations: Int) throws -> (SpaceAlignment, Double) {
            let source = try LanguageSpace(twins.source, "ss")
            var settings = SpaceAlignment.Settings()
            settings.iterationCount = iterations
            let alignment = try SpaceAlignment(source: source, target: target, pairs: pairs(0..<13), settings: settings)
            source.rotate(by: Rotation(alignment.matrix, dimension: 16))
            return (
                alignment, try TranslationReport(source: source, target: target, test: test, threads: .of(1)).csls.at1
            )
        }
        let (first, direct) = try precision(iterations: 0)
        #expect(first.iterations.count == 1 && first.best == 0)
        let (alignment, refined) = try precision(iterations: 5)
        #expect(direct < 90 && refined > 99, "\(direct) direct, \(refined) refined")
        #expect(alignment.iterations.count == 6)
        #expect(alignment.iterations[0].pairCount == 13 && alignment.iterations[5].pairCount > 380)
        let cosines = alignment.iterations.map(\.meanCosine)
        #expect(cosines[alignment.best] == cosines.max())
        #expect(cosines[0] < cosines[1])
    }

    /// Every number against sums written as the paper has them.
    @Test func mutualNeighboursAndTheCriterionMatchThePaper() throws {
        let N = 60, M = 45, D = 5
        var random = SeededGenerator(seed: 3)
        func randomRows(_ count: Int) -> [Float] {
            (0..<count).flatMap { _ in unit(random.floats(D).map(Double.init)).map { Float($0) } }
        }
        let x = randomRows(N), y = randomRows(M)
        func dot(_ i: Int, _ j: Int) -> Double {
            (0..<D).reduce(0) { $0 + Double(x[i * D + $1]) * Double(y[j * D + $1]) }
        }
        func mean(_ cosines: [Double]) -> Double { cosines.sorted(by: >).prefix(10).reduce(0, +) / 10 }
        let ofX = (0..<N).map { i in mean((0..<M).map { dot(i, $0) }) }
        let ofY = (0..<M).map { j in mean((0..<N).map { dot($0, j) }) }
        func csls(_ i: Int, _ j: Int) -> Double { 2 * dot(i, j) - ofX[i] - ofY[j] }
        let forward = (0..<N).map { i in (0..<M).max { csls(i, $0) < csls(i, $1) }! }
        let backward = (0..<M).map { j in (0..<N).max { csls($0, j) < csls($1, j) }! }
        let expected = (0..<N).filter { backward[forward[$0]] == $0 }.map {
            TranslationPair(source: $0, target: forward[$0])
        }
        let rows = CSLS.Rows(
            source: FloatBuffer(x), sourceCount: N, target: FloatBuffer(y), targetCount: M, dimension: D)
        let found = try CSLS.mutualNeighbours(in: rows, wordCount: 100, threads: .of(2))
        let frequent = try CSLS.mutualNeighbours(in: rows, wordCount: 20, threads: .of(2))
        #expect(frequent.pairs == expected.filter { $0.source < 20 && $0.target < 20 } && frequent.pairs.count > 2)
        #expect(found.pairs == expected)
        #expect(expected.count > 10 && expected.count < M)
        let meanCosine = (0..<N).reduce(0) { $0 + dot($1, forward[$1]) } / Double(N)
        #expect(abs(found.meanCosine - meanCosine) < 1e-6)
        // Hubs make a difference here: the nearest by cosine are others.
        #expect((0..<N).contains { i in (0..<M).max { dot(i, $0) < dot(i, $1) }! != forward[i] })
    }

    @Test func precisionMatchesCountingByHand() throws {
        let twins = try TwinSpaces(words: 120, dimension: 6, noise: 0.9, seed: 4, in: folder)
        let source = try LanguageSpace(twins.source, "ss"), target = try LanguageSpace(twins.target, "tt")
        source.rotate(by: Rotation(twins.rotation.map { Float($0) }, dimension: 6))
        var test = SeedDictionary()
        // Two translations of some words; the first alone counts for others.
        for n in 0..<90 {
            test.pairs.append(.init(source: n, target: n))
            if n % 3 == 0 { test.pairs.append(.init(source: n, target: n * 7 % 120)) }
        }
        func dot(_ i: Int, _ j: Int) -> Double {
            zip(source.vector(i), target.vector(j)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let means = (0..<120).map { j -> Double in
            let cosines = (0..<120).map { i in dot(i, j) }
            return cosines.sorted(by: >).prefix(10).reduce(0, +) / 10
        }
        func percent(_ k: Int, _ score: (Int, Int) -> Double) -> Double {
            let right = (0..<90).filter { n in
                let scores = (0..<120).map { score(n, $0) }
                let best = Set((0..<120).sorted { scores[$0] > scores[$1] }.prefix(k))
                return test.pairs.contains { $0.source == n && best.contains($0.target) }
            }
            return 100 * Double(right.count) / 90
        }
        let report = try TranslationReport(source: source, target: target, test: test, threads: .of(2))
        #expect(report.nearestNeighbour == .init(at1: percent(1, dot), at5: percent(5, dot)))
        func csls(_ i: Int, _ j: Int) -> Double { 2 * dot(i, j) - means[j] }
        #expect(report.csls == .init(at1: percent(1, csls), at5: percent(5, csls)))
        #expect(report.csls.at1 > 10 && report.csls.at1 < 90 && report.csls.at1 != report.nearestNeighbour.at1)
    }

    @Test func theNumberOfJobsChangesNothing() throws {
        let twins = try TwinSpaces(words: 1500, dimension: 8, noise: 0.4, seed: 6, in: folder)
        var settings = SpaceAlignment.Settings()
        settings.iterationCount = 1
        let matrices = try [1, 2, 5].map { jobs in
            settings.threads = .of(jobs)
            return try SpaceAlignment(
                source: LanguageSpace(twins.source, "ss", limit: 2000),
                target: LanguageSpace(twins.target, "tt", limit: 2000), pairs: pairs(0..<30), settings: settings
            ).matrix
        }
        #expect(matrices[0] == matrices[1] && matrices[0] == matrices[2])
    }
}
