import Corpora
import Diagnostics
import Kernels
import NERPipeTesting
import Shards
import Testing

@testable import Vectors

/// Numbers beside the rows, transforms of composed vectors, and the pivot language.
@Suite struct TableStatisticsTests {
    static let names = ["capitalized", "frequent"]
    static let unseen: [Float] = [-1, 0.25]

    /// Two languages of three dimensions; only `de` has a transform.
    static func write(
        _ folder: ScratchFolder, statistics: Bool = true, transform: Bool = true, pivot: String? = "en",
        subwords: Bool = true, lastStatistic: Float = 8
    ) throws {
        let writer = try VectorTableWriter(
            path: folder["t.vectors"], dimension: 3, normalization: .unit, statistics: statistics ? names : [],
            unseenStatistics: statistics ? unseen : [])
        let rows: [(String, String, [Float], [Float])] = [
            ("en", "London", [1, 0, 0], [1, 2]), ("en", "house", [0, 2, 0], [3, 4]),
            ("en", "HOUSE", [1, 1, 1], [9, 9]),
            ("de", "haus", [0, 0, 5], [5, 6]), ("*", "2024", [1, 0, 1], [7, lastStatistic]),
        ]
        for (language, word, vector, numbers) in rows {
            let number = writer.addLanguage(language)
            try Array(word.utf8).withUnsafeBufferPointer { word in
                try vector.withUnsafeBufferPointer { vector in
                    try numbers.withUnsafeBufferPointer { numbers in
                        try writer.append(
                            word: word, language: number, vector: vector.baseAddress!,
                            statistics: statistics ? numbers.baseAddress : nil)
                    }
                }
            }
        }
        if subwords {
            try writer.appendSubwords(.init(minimum: 1, maximum: 3, buckets: 5)) { bucket, out in
                for axis in 0..<3 { out[axis] = Float((bucket * 3 + axis * 5) % 7) - 2 }
            }
        }
        if transform { writer.setTransform(language: 1, center: center, rotation: rotation) }
        writer.pivot = pivot
        _ = try writer.finish()
    }

    static let center: [Float] = [0.5, -0.25, 0.125]
    static let rotation: [Float] = [0, 1, 0, 0, 0, -1, 1, 0, 0.5]

    static func table(
        _ folder: ScratchFolder = ScratchFolder(), statistics: Bool = true, transform: Bool = true,
        pivot: String? = "en", subwords: Bool = true, lastStatistic: Float = 8
    ) throws -> VectorTable {
        try write(
            folder, statistics: statistics, transform: transform, pivot: pivot, subwords: subwords,
            lastStatistic: lastStatistic)
        return try VectorTable(path: folder["t.vectors"])
    }

    @Test func statisticsOfEachRowComeBackAndAbsentWordsHaveTheirOwn() throws {
        let table = try Self.table()
        try table.verify()
        #expect(table.description.statistics == Self.names)
        #expect(table.description.repeatedWordCount == 1)
        var out = [Float](repeating: .nan, count: 15)
        [UInt32](arrayLiteral: 3, EmbeddedColumns.absent, 0, 2, 1).withUnsafeBufferPointer { rows in
            out.withUnsafeMutableBufferPointer { table.gatherStatistics(rows, into: $0.baseAddress!, stride: 3) }
        }
        let found = (0..<5).map { Array(out[$0 * 3..<$0 * 3 + 2]) }
        #expect(found == [[7, 8], [-1, 0.25], [1, 2], [5, 6], [3, 4]])
        #expect((0..<5).allSatisfy { out[$0 * 3 + 2].isNaN })  // what lies between rows is not touched
    }

    @Test func rowsOfThePivotStandInForMissingOnes() throws {
        let table = try Self.table()
        let numbers = table.description.languages
        func order(_ language: String) -> [String] { table.lookupOrder(for: language).map { numbers[Int($0)] } }
        #expect(order("de") == ["de", "*", "en"])
        #expect(order("en") == ["en", "*"])
        #expect(order("sw") == ["*", "en"])
        #expect(table.floats("london", language: "de") == [1, 0, 0])
        let plain = try Self.table(pivot: nil)
        #expect(plain.floats("london", language: "de") == nil)
        #expect(plain.floats("london", language: "en") == [1, 0, 0])
    }

    @Test func composedVectorsAreBroughtToTheirLanguage() throws {
        let table = try Self.table()
        let plain = try #require(try Self.table(transform: false).composed("wort", language: 1)).map(Double.init)
        #expect(try #require(table.composed("wort")).map(Double.init) == plain)
        let moved = unit(zip(unit(plain), Self.center).map { $0 - Double($1) })
        let expected = (0..<3).map { column in
            (0..<3).reduce(0) { $0 + moved[$1] * Double(Self.rotation[$1 * 3 + column]) }
        }
        let found = try #require(table.composed("wort", language: 1))
        #expect(worstDifference(found, expected, relative: 1e-5) == nil)
        // English has none: the identity.
        let english = try #require(table.composed("wort", language: 0))
        #expect(worstDifference(english, plain, relative: 1e-6) == nil)
    }

    @Test func everythingThatDecidesNumbersIsInTheDigest() throws {
        let tables = [
            try Self.table(), try Self.table(statistics: false), try Self.table(transform: false),
            try Self.table(pivot: nil), try Self.table(pivot: "de"), try Self.table(lastStatistic: 9),
        ]
        #expect(Set(tables.map(\.description.digest)).count == tables.count)
        #expect(try Self.table().description.digest == tables[0].description.digest)
    }

    @Test func damagedSectionsFailTheDigestAndOthersTheOpening() throws {
        let folder = ScratchFolder()
        let description = try Self.table(folder).description
        let bytes = try folder.bytes(of: "t.vectors")
        for name in ["statistics", "centers", "rotations"] {
            let section = try #require(description.sections[name])
            var damaged = bytes
            damaged[section.offset + section.bytes - 1] ^= 0x40
            try folder.write(damaged, as: "d.vectors")
            let table = try VectorTable(path: folder["d.vectors"])
            _ = table.composed("wort", language: 1)
            #expect(throws: Failure.self, "\(name)") { try table.verify() }
        }
        var refused: [Int] = []
        for index in description.sections.values.map({ $0.offset + $0.bytes }).max()!..<bytes.count {
            var damaged = bytes
            damaged[index] ^= 1
            try folder.write(damaged, as: "d.vectors")
            do { _ = try VectorTable(path: folder["d.vectors"]) } catch is Failure { refused.append(index) }
        }
        // Up to the description there may be padding, which means nothing.
        let start = bytes.withUnsafeBytes { Int($0.integer(at: 8, as: UInt64.self)) }
        #expect(refused.filter { $0 >= start } == Array(start..<bytes.count))
    }

    /// A description that lies, under checksums that hold.
    @Test(arguments: [
        (#""statistics":["capitalized","frequent"]"#, #""statistics":["capitalized"]"#),
        (#""statistics":["capitalized","frequent"]"#, #""statistics":[]"#),
        (#""unseenStatistics":[-1,0.25]"#, #""unseenStatistics":[-1]"#),
        (#""unseenStatistics":[-1,0.25]"#, #""unseenStatistics":[-1,1e99]"#),
        (#""statistics":{"bytes":32"#, #""statistics":{"bytes":24"#), (#""statistics":{"#, #""statistiks":{"#),
        (#""centers":{"bytes":36"#, #""centers":{"bytes":12"#), (#""centers":{"#, #""centres":{"#),
        (#""rotations":{"#, #""rotatiens":{"#), (#""rotations":{"bytes":108"#, #""rotations":{"bytes":-108"#),
        (#""pivot":"en""#, #""pivot":"fr""#),
    ])
    func lyingDescriptionIsRefused(_ from: String, _ to: String) throws {
        let folder = ScratchFolder()
        try Self.write(folder)
        try rewriteDescription(in: folder) { text in
            try #require(text.contains(from), "\(text)")
            return text.replacing(from, with: to, maxReplacements: 1)
        }
        #expect { try VectorTable(path: folder["d.vectors"]) } throws: { ($0 as? Failure)?.code == .badData }
    }

    /// Tables of the first release know nothing of unseen statistics and pivots.
    @Test func descriptionWithoutTheNewFieldsIsRead() throws {
        let folder = ScratchFolder()
        try Self.write(folder, statistics: false, transform: false, pivot: nil)
        try rewriteDescription(in: folder) { text in
            try #require(text.contains(#","unseenStatistics":[]"#) && !text.contains("pivot"), "\(text)")
            return text.replacing(#","unseenStatistics":[]"#, with: "")
        }
        let table = try VectorTable(path: folder["d.vectors"])
        try table.verify()
        #expect(table.statisticNames.isEmpty && table.description.pivot == nil)
        #expect(table.floats("london", language: "en") == [1, 0, 0])
    }

    @Test func numbersThatAreNoneAreNotWritten() throws {
        #expect { try Self.table(lastStatistic: .infinity) } throws: { ($0 as? Failure)?.code == .badData }
        let folder = ScratchFolder()
        let writer = try VectorTableWriter(path: folder["t.vectors"], dimension: 1, normalization: .unit)
        writer.setTransform(language: writer.addLanguage("de"), center: [.nan], rotation: [1])
        #expect { try writer.finish() } throws: { ($0 as? Failure)?.code == .badData }
    }

    /// Writes `t.vectors` again as `d.vectors`, with another description and a head that fits it.
    private func rewriteDescription(in folder: ScratchFolder, _ change: (String) throws -> String) throws {
        let bytes = try folder.bytes(of: "t.vectors")
        let offset = bytes.withUnsafeBytes { Int($0.integer(at: 8, as: UInt64.self)) }
        let description = Array(try change(String(decoding: bytes[offset...], as: UTF8.self)).utf8)
        let head = VectorTableFormat.head(descriptionOffset: offset, description: description)
        try folder.write(head + bytes[head.count..<offset] + description, as: "d.vectors")
    }
}
