import Diagnostics
import Kernels
import NERPipeTesting
import Testing

@testable import VectorSpaces
@testable import Vectors

struct AlignedTableTests {
    let folder = ScratchFolder()
    static let settings = SubwordDescription(minimum: 2, maximum: 3, buckets: 7)

    /// Two tables with or without sub-words, and statistics.
    func tables(sourceSubwords: Bool = false, targetSubwords: Bool = false, statistics: [String] = []) throws -> (
        VectorTable, VectorTable
    ) {
        var random = SeededGenerator(seed: 8)
        func make(_ name: String, _ language: String, _ words: [String], _ hasSubwords: Bool) throws -> VectorTable {
            try table(
                words.map { (language, $0, random.floats(4)) }, named: name, in: folder,
                subwords: hasSubwords ? (Self.settings, (0..<7).map { _ in random.floats(4) }) : nil,
                statistics: statistics)
        }
        return (
            try make("s.vectors", "ss", ["uno", "dos", "tres"], sourceSubwords),
            try make("t.vectors", "tt", ["one", "two", "three", "four"], targetSubwords)
        )
    }

    func rotation() -> [Float] {
        var random = SeededGenerator(seed: 12)
        return randomRotation(4, &random).map { Float($0) }
    }

    func align(
        _ source: VectorTable, _ target: VectorTable, subwords: AlignedTable.Subwords? = nil,
        preparation: RowPreparation = .unit, matrix: [Float]
    ) throws -> VectorTable {
        let from = try LanguageSpace(source, "ss", preparation), to = try LanguageSpace(target, "tt", preparation)
        try AlignedTable.check(
            source: source, sourceNumber: from.number, sourceName: "ss", target: target, targetNumber: to.number,
            targetName: "tt", subwords: subwords, preparation: preparation)
        let aligned = AlignedTable(source: from, sourceName: "ss", target: to, targetName: "tt", matrix: matrix)
        _ = try aligned.write(to: folder["out.vectors"], subwords: subwords) { _ in }
        let table = try VectorTable(path: folder["out.vectors"])
        try table.verify()
        return table
    }

    func row(_ table: VectorTable, _ word: String, _ language: String) throws -> [Float] {
        let number = try #require(
            Array(word.utf8).withUnsafeBufferPointer {
                table.row(of: $0, languages: [table.languageNumber(language)].compactMap { $0 })
            })
        var out = [Float](repeating: 0, count: table.dimension)
        withUnsafePointer(to: number) { number in
            out.withUnsafeMutableBufferPointer {
                table.gather(.init(start: number, count: 1), scale: 1, into: $0.baseAddress!, stride: table.dimension)
            }
        }
        return out
    }

    func composed(_ table: VectorTable, _ word: String, _ language: String?) throws -> [Float] {
        var out = [Float](repeating: 0, count: table.dimension)
        let isComposed = out.withUnsafeMutableBufferPointer { out in
            Array(word.utf8).withUnsafeBufferPointer {
                table.compose($0, language: language.flatMap(table.languageNumber), into: out.baseAddress!)
            }
        }
        try #require(isComposed)
        return out
    }

    func image(_ vector: [Float], _ center: [Float]?, _ matrix: [Float]?) -> [Double] {
        var vector = unit(vector.map(Double.init))
        if let center { vector = unit(zip(vector, center).map { $0 - Double($1) }) }
        return matrix.map { product(vector, $0.map(Double.init), 1, 4, 4) } ?? vector
    }

    @Test(arguments: RowPreparation.allCases)
    func hasTheRowsOfBoth(_ preparation: RowPreparation) throws {
        let (source, target) = try tables(statistics: ["frequency", "capitals"])
        let matrix = rotation()
        let out = try align(source, target, preparation: preparation, matrix: matrix)
        #expect(out.rowCount == 7 && out.description.languages == ["tt", "ss"])
        #expect(out.description.normalization == "unit" && out.description.subwords == nil)
        let centers = (
            try LanguageSpace(source, "ss", preparation).center, try LanguageSpace(target, "tt", preparation).center
        )
        for word in ["uno", "dos", "tres"] {
            let expected = image(try row(source, word, "ss"), centers.0, matrix)
            #expect(try worstDifference(row(out, word, "ss"), expected, absolute: 1e-3) == nil)
        }
        for word in ["one", "two", "three", "four"] {
            let expected = image(try row(target, word, "tt"), centers.1, nil)
            #expect(try worstDifference(row(out, word, "tt"), expected, absolute: 1e-3) == nil)
        }
        // The numbers of a word stay with it: "two" was row 1 of the target and is row 1; "dos" was row 1 and is row 5.
        var numbers = [Float](repeating: 0, count: 4)
        [1, 5].withUnsafeBufferPointer { out.gatherStatistics($0, into: &numbers, stride: 2) }
        #expect(numbers == [10, 11, 10, 11])
        #expect(out.description.unseenStatistics == [0.5, 0.5])
    }

    /// A composed word must land where its row would: where the same vector, had it been a row, was brought.
    @Test(arguments: RowPreparation.allCases)
    func composedWordsOfTheSourceAreMappedAsItsRowsAre(_ preparation: RowPreparation) throws {
        let (source, target) = try tables(sourceSubwords: true)
        let matrix = rotation()
        let out = try align(source, target, subwords: .source, preparation: preparation, matrix: matrix)
        let center = try LanguageSpace(source, "ss", preparation).center
        let expected = image(try composed(source, "cuatro", "ss"), center, matrix)
        #expect(try worstDifference(composed(out, "cuatro", "ss"), expected, absolute: 2e-3) == nil)
        // The n-grams have one space, whatever language asks.
        #expect(try composed(out, "cuatro", "tt") == composed(out, "cuatro", "ss"))
    }

    @Test(arguments: RowPreparation.allCases)
    func composedWordsOfTheTargetStayWithItsRows(_ preparation: RowPreparation) throws {
        let (source, target) = try tables(sourceSubwords: true, targetSubwords: true)
        let out = try align(source, target, subwords: .target, preparation: preparation, matrix: rotation())
        let center = try LanguageSpace(target, "tt", preparation).center
        let expected = image(try composed(target, "five", "tt"), center, nil)
        #expect(try worstDifference(composed(out, "five", "tt"), expected, absolute: 2e-3) == nil)
        #expect(
            try align(source, target, subwords: AlignedTable.Subwords.none, matrix: rotation()).description.subwords
                == nil)
    }

    /// Languages that were trained together share their n-grams, but not where they are brought; and once more, from
    /// the table that was made.
    @Test(arguments: RowPreparation.allCases)
    func languagesOfOneTableAreMovedEachItsOwnWay(_ preparation: RowPreparation) throws {
        var random = SeededGenerator(seed: 20)
        let joint = try table(
            [("ss", "uno"), ("tt", "one"), ("uu", "eins"), ("ss", "dos"), ("tt", "two")].map {
                ($0.0, $0.1, random.floats(4))
            },
            named: "joint.vectors", in: folder, subwords: (Self.settings, (0..<7).map { _ in random.floats(4) }))
        let matrix = rotation()
        let out = try align(joint, joint, preparation: preparation, matrix: matrix)
        #expect(out.rowCount == 5)
        let from = try LanguageSpace(joint, "ss", preparation).center,
            to = try LanguageSpace(joint, "tt", preparation).center
        let raw = try composed(joint, "six", nil)
        for (language, word, center, matrix) in [
            ("ss", "dos", from, matrix), ("tt", "two", to, nil), ("uu", "eins", to, nil),
        ] {
            let expected = image(try row(joint, word, language), center, matrix)
            #expect(try worstDifference(row(out, word, language), expected, absolute: 1e-3) == nil, "\(word)")
            let composed = try composed(out, "six", language)
            #expect(worstDifference(composed, image(raw, center, matrix), absolute: 2e-3) == nil, "\(language)")
        }
        guard preparation == .unit else {
            #expect(throws: Failure.self) { try align(out, out, preparation: preparation, matrix: matrix) }
            return
        }
        let again = try align(out, out, matrix: matrix)
        let expected = image(image(raw, nil, matrix).map { Float($0) }, nil, matrix)
        #expect(try worstDifference(composed(again, "six", "ss"), expected, absolute: 3e-3) == nil)
    }

    @Test func whatTheTableCannotSayIsRefused() throws {
        let (source, target) = try tables(sourceSubwords: true)
        func refusal(
            _ source: VectorTable, _ target: VectorTable, _ subwords: AlignedTable.Subwords?,
            names: (String, String) = ("ss", "tt")
        ) -> Failure.Code? {
            do {
                try AlignedTable.check(
                    source: source, sourceNumber: 0, sourceName: names.0, target: target, targetNumber: 0,
                    targetName: names.1, subwords: subwords, preparation: .unit)
                return nil
            } catch {
                return (error as? Failure)?.code
            }
        }
        #expect(refusal(source, target, .source) == nil)
        #expect(refusal(source, target, nil) == .usage, "which sub-words?")
        #expect(refusal(source, target, .target) == .usage, "there are none")
        #expect(refusal(source, target, .source, names: ("tt", "tt")) == .usage)
        #expect(refusal(source, target, .source, names: ("tt", "xx")) == .usage, "the target has that language")
        #expect(refusal(source, source, nil, names: ("ss", "xx")) == .usage, "one language of one table")
        let wide = try ["ss", "tt"].map { language in
            try table([(language, "one", [Float](repeating: 1, count: 4097))], named: language, in: folder)
        }
        #expect(refusal(wide[0], wide[1], nil) == .badData)
        let narrow = try table([("tt", "one", [1, 2])], named: "n.vectors", in: folder)
        #expect(refusal(source, narrow, .source) == .badData)
        let counted = try table(
            [("tt", "one", [1, 2, 3, 4])], named: "c.vectors", in: folder, statistics: ["frequency"])
        #expect(refusal(source, counted, .source) == .badData)
    }
}
