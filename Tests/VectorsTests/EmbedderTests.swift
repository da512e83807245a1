import Corpora
import Diagnostics
import Foundation
import NERPipeTesting
import Shards
import Testing
import Vectors

@Suite struct EmbedderTests {
    static func batch(_ words: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: "d".utf8)
        for word in words { Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) } }
        batch.endSentence(document: 0)
        return batch
    }

    static func tableWithSubwords(_ folder: ScratchFolder) throws -> VectorTable {
        try folder.write(
            fastTextModel(
                words: [("ab", [5, 0]), ("\u{E9}t\u{E9}", [0, 1])], buckets: [[1, 2], [-1, 1]], minimum: 4, maximum: 4),
            as: "m.bin")
        _ = try VectorImport.run([.init(folder["m.bin"])], to: folder["m.vectors"])
        return try VectorTable(path: folder["m.vectors"])
    }

    @Test func unknownWordsAreComposedOncePerBatch() throws {
        let folder = ScratchFolder()
        let table = try Self.tableWithSubwords(folder)
        let embedder = try Embedder(table: table, features: [])
        let (result, coverage) = embedder.embed(
            Self.batch(["Ab", "xyz", "XYZ", "q", "xyz", "other", "E\u{301}te\u{301}"]), language: "de")
        let embedding = try #require(result.embedding)
        let bit = EmbeddedColumns.composedBit
        #expect(embedding.rows == [0, bit, bit, EmbeddedColumns.absent, bit, bit | 1, 1])
        #expect(embedding.composed.count == 2 * 2)
        #expect((coverage.found, coverage.composed, coverage.absent) == (2, 4, 1))
        let expected = try #require(table.composed("xyz"))
        #expect(
            worstDifference(
                embedding.composed[..<2].map { Float(Float16(bitPattern: $0)) }, expected.map(Double.init),
                absolute: 5e-4) == nil)
        let norm = expected.reduce(0) { $0 + $1 * $1 }
        #expect(abs(norm - 1) < 1e-5)
        #expect(embedding.dense.isEmpty)
    }

    @Test func wordsAreAbsentWithoutSubwords() throws {
        let table = try importedTable([("*", "1 2\na 1 0\n")], in: ScratchFolder())
        let (result, coverage) = try Embedder(table: table, features: []).embed(Self.batch(["a", "b"]), language: "xx")
        #expect(result.embedding?.rows == [0, EmbeddedColumns.absent])
        #expect(coverage.absent == 1)
    }

    @Test func denseVectorsAreTheRowsTheComposedAndZeros() throws {
        let table = try Self.tableWithSubwords(ScratchFolder())
        let embedder = try Embedder(table: table, features: [], writesDenseVectors: true)
        let embedding = try #require(embedder.embed(Self.batch(["ab", "xyz", "q"]), language: "de").0.embedding)
        #expect(embedding.dense == Array(table.halfRow(0)) + embedding.composed + [0, 0])
    }

    /// Low halves of XXH3-64 with the seed of each template, from another implementation (Python package xxhash 3).
    @Test func featureHashesAreStable() throws {
        let table = try importedTable([("*", "1 1\na 1\n")], in: ScratchFolder())
        let embedder = try Embedder(table: table, features: ["shape", "lower", "prefix3", "suffix2", "prefix1"])
        let features = try #require(embedder.embed(Self.batch(["McDonald's", "東京"]), language: "xx").0.embedding)
            .features
        #expect(
            features == [
                0x4401016d, 0x1bd607b3, 0x12f87269, 0x8edc2bc6, features[4],
                0x265223ee, 0x3547f6ee, features[7], features[8], 0xf177b537,
            ])
        #expect(
            try Embedder(table: table, features: ["suffix1"]).embed(Self.batch(["東京"]), language: "xx").0.embedding?
                .features == [0x474d6ce9])
    }

    @Test(arguments: ["shapes", "prefix0", "prefix10", "suffix", "", "prefix-1"])
    func unknownFeatureIsRefused(_ name: String) throws {
        let table = try importedTable([("*", "1 1\na 1\n")], in: ScratchFolder())
        #expect { try Embedder(table: table, features: [name]) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func headerNamesTableAndFeaturesAndRefusesOtherKinds() throws {
        let table = try importedTable([("*", "1 1\na 1\n")], in: ScratchFolder())
        let embedder = try Embedder(table: table, features: ["shape"])
        let tokens = StreamHeader(kind: .tokens, producer: "t", language: "xx", tokenizer: "given")
        let header = try embedder.header(for: tokens, place: "p")
        #expect(header.kind == .embedded && header.table == table.reference && header.features == ["shape"])
        #expect { try embedder.header(for: header, place: "p") } throws: { "\($0)".contains("kind tokens") }
    }

    @Test func embeddingDoesNotDependOnTheOrderOfTokens() throws {
        let table = try Self.tableWithSubwords(ScratchFolder())
        let embedder = try Embedder(table: table, features: ["shape"])
        let a = try #require(embedder.embed(Self.batch(["xyz", "other"]), language: "xx").0.embedding)
        let b = try #require(embedder.embed(Self.batch(["other", "xyz"]), language: "xx").0.embedding)
        #expect(Array(a.composed[..<2]) == Array(b.composed[2...]))
        #expect(a.features == b.features.reversed())
    }
}
