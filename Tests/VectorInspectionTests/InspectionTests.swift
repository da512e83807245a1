import Corpora
import Diagnostics
import NERPipeTesting
import Testing
import Vectors

@testable import VectorInspection

/// A table from texts of GloVe's form, each with its language.
func table(
    _ sources: [(language: String, text: String)], rowFormat: VectorRowFormat = .f16,
    normalization: VectorNormalization = .unit, in folder: ScratchFolder = ScratchFolder()
) throws -> VectorTable {
    var list: [VectorImport.Source] = []
    for (index, source) in sources.enumerated() {
        list.append(.init("\(source.language)=\(try folder.write(source.text, as: "\(index).vec"))"))
    }
    var options = VectorImport.Options(normalization: normalization, rowFormat: rowFormat)
    options.format = .glove
    _ = try VectorImport.run(list, to: folder["t.vectors"], options)
    return try VectorTable(path: folder["t.vectors"])
}

@Suite struct NeighborSearchTests {
    /// Compared with cosines computed plainly, in double precision, from the stored rows.
    @Test(arguments: [(VectorRowFormat.f16, VectorNormalization.unit), (.int8, .unit), (.f16, .none), (.int8, .none)])
    func findsWhatAPlainSearchFinds(_ format: VectorRowFormat, _ normalization: VectorNormalization) async throws {
        var random = SeededGenerator(seed: 31)
        func text(_ prefix: String, _ count: Int) -> String {
            (0..<count).map { row in
                "\(prefix)\(row) " + random.floats(19).map { "\($0 * Float(row % 7))" }.joined(separator: " ") + "\n"
            }.joined()
        }
        let table = try table(
            [("de", text("a", 700)), ("en", text("b", 300))], rowFormat: format, normalization: normalization)
        let rows: [[Double]] = (0..<1000).map { row in
            var out = [Float](repeating: 0, count: 19)
            withUnsafePointer(to: UInt32(row)) { number in
                out.withUnsafeMutableBufferPointer {
                    table.gather(.init(start: number, count: 1), scale: 1, into: $0.baseAddress!, stride: 19)
                }
            }
            return out.map(Double.init)
        }
        func cosine(_ a: [Double], _ b: [Double]) -> Double {
            func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
            return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
        }
        for (query, language, range) in [(3, 0, 0..<700), (3, 1, 700..<1000), (701, 0, 0..<700)]
            as [(Int, UInt16, Range<Int>)]
        {
            let found = NeighborSearch(table, language: language).nearest(
                to: rows[query].map(Float.init), count: 25, excluding: query)
            let expected = range.filter { $0 != query }.map { (row: $0, cosine: cosine(rows[query], rows[$0])) }
                .filter { $0.cosine.isFinite }.sorted { $0.cosine > $1.cosine }.prefix(25)
            #expect(found.map(\.row) == expected.map(\.row))
            #expect(zip(found, expected).allSatisfy { abs(Double($0.similarity) - $1.cosine) < 1e-5 })
            let shared = NeighborSearch(table, language: language).nearest(
                to: rows[query].map(Float.init), count: 25, excluding: query, threads: .of(7))
            #expect(shared == found)
        }
    }

    /// Languages by turns, rows that all point away, and more rows than are looked at in one call.
    @Test func rowsOfALanguageAreFoundWhereverTheyLie() throws {
        var random = SeededGenerator(seed: 32)
        let sources = (0..<40).map { number -> (String, String) in
            let words = (0..<[1, 3, 90][number % 3]).map { word in
                "w\(number)x\(word) " + random.floats(5).map { "\($0)" }.joined(separator: " ") + "\n"
            }
            return (number % 2 == 0 ? "de" : "en", words.joined())
        }
        let table = try table(sources)
        for query in [[1, 0, 2, 0, -1], [0.1, 0.2, 0.3, 0.4, 0.5], [-3, -3, -3, -3, -3]] as [[Float]] {
            let expected = (0..<table.rowCount).filter { table.language(ofRow: $0) == 0 }.map { row -> Neighbor in
                let vector = table.halfRow(row).map { Double(Float16(bitPattern: $0)) }
                func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
                let q = query.map(Double.init)
                return Neighbor(
                    row: row, similarity: Float(dot(q, vector) / (dot(q, q) * dot(vector, vector)).squareRoot()))
            }.sorted { ($1.similarity, $0.row) < ($0.similarity, $1.row) }
            let found = NeighborSearch(table, language: 0).nearest(to: query, count: 7)
            #expect(found.map(\.row) == expected.prefix(7).map(\.row))
            #expect(NeighborSearch(table, language: 0).nearest(to: query, count: 5000).count == expected.count)
        }
    }

    @Test func equalRowsComeInTheirOrderAndFewRowsAreAll() async throws {
        let table = try table([("*", "a 1 0\nb 0 1\nc 2 0\nzero 0 0\nd 3 0\n")])
        let search = NeighborSearch(table, language: 0)
        let found = search.nearest(to: [1, 0], count: 10)
        #expect(found.map(\.row) == [0, 2, 4, 1])  // a row of zeros is near to nothing
        let two = search.nearest(to: [1, 0], count: 2, excluding: 0)
        #expect(two.map(\.row) == [2, 4])
        let none = search.nearest(to: [1, 0], count: 0)
        #expect(none.isEmpty)
    }
}

@Suite struct WordQueryTests {
    @Test func absentWordsNameNearSpellingsOfTheirLanguage() throws {
        let table = try table([
            ("en", "house 1 0\nmouse 1 1\nhorse 0 1\nhose 2 1\nh\u{F6}use 1 2\nlighthouse 1 1\n"),
            ("de", "hause 1 0\n"),
        ])
        let query = try WordQuery("HOUSE", language: "en", in: table)
        #expect(query.form == "house" && query.vector == [1, 0] && query.row == 0 && query.language == "en")
        let failure = #expect(throws: Failure.self) { try WordQuery("housee", language: "en", in: table) }
        #expect(failure?.code == .noInput)
        #expect(
            failure?.message.hasSuffix(
                "no vector for 'housee' in en: no row, and the table has no sub-words to compose it from; near spellings: house, mouse, horse"
            ) == true, "\(failure?.message ?? "")")
        let far = #expect(throws: Failure.self) { try WordQuery("xylophone", language: "en", in: table) }
        #expect(far?.message.contains("near spellings") == false)
    }

    @Test func distanceCountsScalarsNotBytes() throws {
        let table = try table([("*", "дом 1\nкот 1\n語 1\n")])
        #expect(SimilarSpellings.of(Array("дым".utf8), in: table, languages: [0], count: 3) == ["дом"])
        #expect(SimilarSpellings.of(Array("言".utf8), in: table, languages: [0], count: 3) == ["語"])
        #expect(SimilarSpellings.of(Array("x".utf8), in: table, languages: [], count: 3) == [])
    }

    @Test func wordWithoutDirectionIsRefused() throws {
        let table = try table([("*", "zero 0 0\na 1 1\n")])
        #expect(throws: Failure.self) { try WordQuery("zero", language: "*", in: table) }
    }
}

@Suite struct CoverageTests {
    static func batch(_ words: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: "d".utf8)
        for word in words { Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) } }
        batch.endSentence(document: 0)
        return batch
    }

    @Test func countsTypesAndTokensByScriptAndLength() throws {
        let table = try table([("de", "haus 1 0\n, 1 1\n"), ("*", "дом 1 0\n")])
        var counter = CoverageCounter(table, language: "de", maximumTypeCount: 100)
        counter.add(Self.batch(["Haus", "haus", ",", "Maus", "дом", "кот", "кот"]))
        counter.add(Self.batch(["кот", "maus", "7", "語"]))
        let report = counter.report(worstCount: 2)
        #expect(report.total.types == ["row": 3, "absent": 4])
        #expect(report.total.tokens == ["row": 4, "absent": 7])
        #expect(report.scripts["Latin"]?.tokens == ["row": 2, "absent": 2])
        #expect(report.scripts["Cyrillic"]?.types == ["row": 1, "absent": 1])
        #expect(report.scripts["Cyrillic"]?.tokens == ["row": 1, "absent": 3])
        #expect(report.scripts["digits"]?.tokenCount == 1 && report.scripts["punctuation"]?.tokenCount == 1)
        #expect(report.scripts["Han"]?.tokenCount == 1)
        #expect(report.lengths["1"]?.tokenCount == 3 && report.lengths["3"]?.tokenCount == 4)
        #expect(report.lengths["4-5"]?.typeCount == 2)
        #expect(
            report.worst == [
                .init(word: "кот", tokens: 3, status: "absent"), .init(word: "maus", tokens: 2, status: "absent"),
            ])
        #expect(report.tokensOfUncountedTypes == 0)
    }

    @Test func beyondTheLimitOnlyTokensCount() throws {
        let table = try table([("*", "a 1\nb 1\n")])
        var counter = CoverageCounter(table, language: "de", maximumTypeCount: 2)
        counter.add(Self.batch(["x", "a", "b", "y", "b", "x"]))
        let report = counter.report(worstCount: 9)
        #expect(report.total.types == ["row": 1, "absent": 1])
        #expect(report.total.tokens == ["row": 3, "absent": 3])
        #expect(report.tokensOfUncountedTypes == 3)
        #expect(report.worst == [.init(word: "x", tokens: 2, status: "absent")])
    }

    @Test func manyTypesAreCountedAsADictionaryCountsThem() throws {
        let table = try table([("*", "a 1\n")])
        var counter = CoverageCounter(table, language: "de", maximumTypeCount: .max)
        var random = SeededGenerator(seed: 4)
        let words = (0..<20_000).map { _ in "w\(Int.random(in: 0..<5000, using: &random))" }
        counter.add(Self.batch(words))
        let report = counter.report(worstCount: .max)
        let expected = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(Dictionary(uniqueKeysWithValues: report.worst.map { ($0.word, $0.tokens) }) == expected)
        #expect(zip(report.worst, report.worst.dropFirst()).allSatisfy { $0.tokens >= $1.tokens })
    }

    @Test func everyLengthHasItsClass() {
        let classes = (1...30).map { length in
            Array(String(repeating: "\u{E9}", count: length).utf8).withUnsafeBufferPointer {
                CoverageCounter.lengthClass(of: $0)
            }
        }
        #expect(classes[0...5] == ["1", "2", "3", "4-5", "4-5", "6-8"])
        #expect(classes[19] == "13-20" && classes[20] == "21+")
        #expect(Set(classes) == Set(CoverageCounter.lengthClasses))
    }
}

@Suite struct PictureTests {
    /// Points that lie in a plane, turned into more dimensions: the plane comes back, up to a mirror.
    @Test func componentsOfAPlaneKeepAllDistances() throws {
        var random = SeededGenerator(seed: 8)
        let a: [Float] = [0.6, 0.8, 0, 0, 0], b: [Float] = [0, 0, 0.28, 0.96, 0]
        let plane = (0..<30).map { _ in (random.floats(1)[0] * 3, random.floats(1)[0]) }
        let components = PrincipalComponents(
            plane.map { point in (0..<5).map { point.0 * a[$0] + point.1 * b[$0] + Float($0) } })
        for i in 0..<30 {
            for j in 0..<i {
                let expected = Double(
                    (plane[i].0 - plane[j].0) * (plane[i].0 - plane[j].0)
                        + (plane[i].1 - plane[j].1) * (plane[i].1 - plane[j].1))
                let x = components.coordinates[i].x - components.coordinates[j].x
                let y = components.coordinates[i].y - components.coordinates[j].y
                #expect(abs(x * x + y * y - expected) < 1e-4)
            }
        }
        #expect(components.explained.first > components.explained.second)
        #expect(abs(components.explained.first + components.explained.second - 1) < 1e-6)
    }

    @Test func pointsAtOnePlaceHaveNoComponents() {
        let components = PrincipalComponents([[1, 2], [1, 2]])
        #expect(components.coordinates.allSatisfy { $0.x == 0 && $0.y == 0 } && components.explained == (0, 0))
    }

    /// 120 pairs, crowded in the middle as words are.
    @Test func labelsOfManyWordsCoverNeitherEachOtherNorPoints() {
        var random = SeededGenerator(seed: 5)
        var points: [VectorPlot.Point] = [], pairs: [(Int, Int)] = []
        for number in 0..<120 {
            func normal() -> Double {
                (0..<6).reduce(0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } / 3 - 1
            }
            let (x, y) = (normal(), normal())
            points.append(.init(label: "translation\(number)", x: x, y: y, series: 0))
            points.append(.init(label: "tafsiri\(number)", x: x + 0.03 * normal(), y: y + 0.03 * normal(), series: 1))
            pairs.append((2 * number, 2 * number + 1))
        }
        let plot = VectorPlot(series: ["en", "sw"], points: points, pairs: pairs, title: "t", axes: ("x", "y"))
        let layout = plot.labelLayout
        #expect(layout.boxes.count == 240)
        var overlaps = 0
        for (number, box) in layout.boxes.enumerated() {
            overlaps += layout.boxes[..<number].count { $0.overlap(box) > 0 }
            #expect(box.left >= 0 && box.top >= 0 && box.right <= plot.size.width && box.bottom <= plot.size.height)
        }
        #expect(overlaps == 0)
        #expect(plot.svg == plot.svg && plot.svg.contains("translation119"))
    }

    @Test func labelsAreEscapedAndPairsAreLines() {
        let plot = VectorPlot(
            series: ["en", "<sw>"],
            points: [
                .init(label: "a<b>&\"\u{1}", x: 0, y: 0, series: 0), .init(label: "שלום", x: 1, y: 2, series: 1),
                .init(label: "c", x: -1, y: 1, series: 0),
            ], pairs: [(0, 1)], title: "t", axes: ("x", "y"))
        let svg = plot.svg
        #expect(svg.contains(">a&lt;b&gt;&amp;&quot;\u{FFFD}</text>") && svg.contains(">&lt;sw&gt;</text>"))
        #expect(svg.contains(">שלום</text>"))
        #expect(svg.split(separator: "\n").count { $0.hasPrefix("<line ") } == 1)
        #expect(svg.split(separator: "\n").count { $0.hasPrefix("<circle ") } == 5)
        #expect(svg == plot.svg && svg.hasSuffix("</svg>\n"))
    }
}
