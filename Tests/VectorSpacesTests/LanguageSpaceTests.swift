import Diagnostics
import Kernels
import NERPipeTesting
import Testing
import Vectors

@testable import VectorSpaces

struct LanguageSpaceTests {
    let folder = ScratchFolder()

    func mixed() throws -> VectorTable {
        try table(
            [
                ("en", "the", [2, 0]), ("es", "el", [0, 3]), ("en", "house", [1, 1]), ("es", "casa", [-3, 4]),
                ("es", "el", [9, 9]), ("es", "the", [1, 0]),
            ], named: "mixed.vectors", in: folder)
    }

    @Test func holdsTheUnitRowsOfOneLanguageInOrder() throws {
        let space = try LanguageSpace(mixed(), "es")
        #expect(space.rows == [1, 3, 4])
        #expect(worstDifference(space.vectors.array, [0, 1, -0.6, 0.8, 1, 0], absolute: 1e-6) == nil)
        #expect(space.word(Array("casa".utf8)) == 1 && space.word(Array("the".utf8)) == 2)
        #expect(space.word(Array("house".utf8)) == nil)
        #expect(space.form(1) == Array("casa".utf8))
    }

    @Test func wordsBeyondTheLimitAreUnknown() throws {
        let space = try LanguageSpace(mixed(), "es", limit: 2)
        #expect(space.count == 2 && space.word(Array("casa".utf8)) == 1 && space.word(Array("the".utf8)) == nil)
    }

    @Test func centringTakesTheMeanOfUnitRows() throws {
        let space = try LanguageSpace(mixed(), "es", .centerUnit)
        let mean = [(0 - 0.6 + 1) / 3, (1 + 0.8 + 0) / 3]
        #expect(worstDifference(space.center ?? [], mean, absolute: 1e-6) == nil)
        let expected = [[0, 1], [-0.6, 0.8], [1, 0]].flatMap { unit([$0[0] - mean[0], $0[1] - mean[1]]) }
        #expect(worstDifference(space.vectors.array, expected, absolute: 1e-6) == nil)
    }

    @Test func languagesAreFoundByName() throws {
        let mixed = try mixed()
        let plain = try table([("*", "a", [1])], named: "plain.vectors", in: folder)
        let single = try table([("sw", "a", [1])], named: "single.vectors", in: folder)
        #expect(try LanguageSpace.number(of: "es", in: mixed, option: "--to") == 1)
        #expect(try LanguageSpace.number(of: nil, in: single, option: "--to") == 0)
        #expect(try LanguageSpace.number(of: "anything", in: plain, option: "--to") == 0)
        for (table, language) in [(mixed, nil), (mixed, "fr"), (plain, nil), (single, "fr")] as [(VectorTable, String?)]
        {
            #expect(throws: Failure.self) { try LanguageSpace.number(of: language, in: table, option: "--to") }
        }
    }

    @Test func seedsAreThePairsThatBothSpacesKnow() throws {
        let mixed = try mixed()
        let source = try LanguageSpace(mixed, "es"), target = try LanguageSpace(mixed, "en")
        let entries = try dictionary(["Casa\thouse", "casa\thome", "el\tthe", "perro\tdog", "casa\tthe"], in: folder)
        let seeds = SeedDictionary(entries, source: source, target: target)
        #expect(seeds.pairs == [.init(source: 1, target: 1), .init(source: 1, target: 0), .init(source: 0, target: 0)])
        #expect(seeds.sourceWordCount == 3 && seeds.knownSourceWordCount == 2)
        let some = SeedDictionary(entries, source: source, target: target) { $0 != Array("casa".utf8) }
        #expect(some.pairs == [.init(source: 0, target: 0)] && some.sourceWordCount == 2)
        let alike = SeedDictionary.Alike.identical.pairs(source: source, target: target)
        #expect(alike.pairs == [.init(source: 2, target: 0)])
    }

    @Test func numeralsAreWordsOfDigits() throws {
        let words = ["1999", "a1", "7", "x", "١"]
        let rows = words.map { (language: "xx", word: $0, vector: [Float(1)]) }
        let table = try table(
            rows + rows.map { (language: "yy", word: $0.word, vector: [Float(1)]) }, named: "n.vectors", in: folder)
        let source = try LanguageSpace(table, "xx"), target = try LanguageSpace(table, "yy")
        #expect(
            SeedDictionary.Alike.numerals.pairs(source: source, target: target).pairs
                == [.init(source: 0, target: 0), .init(source: 2, target: 2)])
    }

    @Test func theHeldOutShareIsAShareOfWordsAndStable() {
        let words = (0..<10_000).map { Array("word\($0)".utf8) }
        let held = words.filter { SeedDictionary.isHeldOut($0, share: 0.2) }
        #expect(abs(held.count - 2000) < 150)
        #expect(held.allSatisfy { SeedDictionary.isHeldOut($0, share: 0.3) })
        #expect(words.allSatisfy { !SeedDictionary.isHeldOut($0, share: 0) })
        #expect(words.prefix(12).map { SeedDictionary.isHeldOut($0, share: 0.5) } == Self.heldOutOfTwelve)
    }

    /// Which of `word0` to `word11` are in the first half: a change would mix old test words into new training.
    static let heldOutOfTwelve = [
        true, true, false, false, true, true, false, false, true, true, false, true,
    ]
}
