import Corpora
import Diagnostics
import NERPipeTesting
import Shards
import Testing

@testable import Vectors

/// Flags of positions, statistics, and tokens of another language.
@Suite struct EmbedderNumbersTests {
    static func batch(_ sentences: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: "d".utf8)
        for sentence in sentences {
            for word in sentence.split(separator: " ") {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
            }
            batch.endSentence(document: 0)
        }
        return batch
    }

    static func header(_ numbers: TokenNumbers, _ table: VectorTable) throws -> StreamHeader {
        try Embedder(table: table, features: [], numbers: numbers).header(
            for: StreamHeader(kind: .tokens, producer: "t", language: "en", tokenizer: "given"), place: "p")
    }

    @Test func selectionFollowsTheTable() throws {
        let table = try TableStatisticsTests.table(), plain = try TableStatisticsTests.table(statistics: false)
        let positions = PositionFlags.names, statistics = TableStatisticsTests.names
        for (selection, expected) in [
            (NumberSelection.auto, statistics + positions), (.none, []), (.statistics, statistics),
            (.positions, positions), (.all, statistics + positions),
        ] {
            let numbers = try selection.numbers(of: table)
            #expect(numbers.names == expected)
            #expect(try Self.header(numbers, table).numbers == expected)
            if selection != .auto { #expect(numbers.selectionName == selection.rawValue) }
        }
        #expect(try NumberSelection.auto.numbers(of: plain).names == [])
        #expect(try NumberSelection.positions.numbers(of: plain).names == positions)
        for selection in [NumberSelection.statistics, .all] {
            #expect { try selection.numbers(of: plain) } throws: { ($0 as? Failure)?.code == .usage }
        }
        #expect {
            try Embedder(table: plain, features: [], numbers: .init(statistics: statistics, hasPositions: false))
        } throws: { ($0 as? Failure)?.code == .badData }
    }

    @Test func flagsAreThoseOfEachSentence() throws {
        let table = try TableStatisticsTests.table()
        let batch = Self.batch(["London house", "a London", "LONDON HOUSE"])
        let numbers = try NumberSelection.positions.numbers(of: table)
        let embedding = try #require(
            try Embedder(table: table, features: [], numbers: numbers).embed(batch, language: "en").0.embedding)
        #expect(embedding.positions == [5, 0, 1, 0, 3, 2])
        #expect(embedding.denseStatistics.isEmpty)
        let plain = try Embedder(table: table, features: []).embed(batch, language: "en").0
        #expect(plain.embedding?.positions == [])
        #expect(plain.embedding?.rows == embedding.rows)
    }

    @Test func denseStatisticsAreThoseOfTheRowsAndOfUnseenWords() throws {
        let table = try TableStatisticsTests.table()
        let embedder = try Embedder(
            table: table, features: [], numbers: NumberSelection.statistics.numbers(of: table), writesDenseVectors: true
        )
        let embedding = try #require(embedder.embed(Self.batch(["house wort 2024"]), language: "en").0.embedding)
        #expect(embedding.denseStatistics == [3, 4] + TableStatisticsTests.unseen + [7, 8])
        #expect(embedding.positions.isEmpty)
    }

    @Test func foreignTokensAreLookedUpAndComposedInTheirLanguage() throws {
        let table = try TableStatisticsTests.table()
        let embedder = try Embedder(table: table, features: [])
        let batch = Self.batch(["house haus haus wort wort wort"])
        let foreign = Embedder.ForeignTokens(
            language: "de", isForeign: [true, true, false, false, true, false])
        let embedding = try #require(embedder.embed(batch, language: "en", foreign: foreign).0.embedding)
        let bit = EmbeddedColumns.composedBit
        // `house` is not German, but the pivot is English; `haus` is no English word.
        #expect(embedding.rows == [1, 2, bit, bit | 1, bit | 2, bit | 1])
        func composed(_ number: Int) -> [Float] {
            embedding.composed[number * 3..<number * 3 + 3].map { Float(Float16(bitPattern: $0)) }
        }
        for (number, word, language) in [(0, "haus", UInt16(0)), (1, "wort", 0), (2, "wort", 1)] {
            let expected = try #require(table.composed(word, language: language)).map(Double.init)
            #expect(worstDifference(composed(number), expected, absolute: 1e-3) == nil, "\(word) \(language)")
        }
        #expect(composed(1) != composed(2))
        // Without any foreign token it is what it was.
        let none = Embedder.ForeignTokens(language: "de", isForeign: [Bool](repeating: false, count: 6))
        #expect(
            embedder.embed(batch, language: "en", foreign: none).0.embedding?.rows
                == embedder.embed(batch, language: "en").0.embedding?.rows)
    }
}
