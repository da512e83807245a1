import Diagnostics
import NERPipeTesting
import Testing
import Vectors

@Suite struct VectorImportTests {
    @Test func rowsAreThoseOfTheFileAtUnitLength() throws {
        let table = try importedTable([("*", "3 2\nthe 3 4\nof -1.5e0 0\n, 0.25 -0.25\n")], in: ScratchFolder())
        #expect(table.rowCount == 3 && table.dimension == 2)
        #expect(worstDifference(try #require(table.floats("the")), [0.6, 0.8], absolute: 5e-4) == nil)
        #expect(table.floats("of") == [-1, 0])
        #expect(worstDifference(try #require(table.floats(",")), unit([1, -1]), absolute: 5e-4) == nil)
        #expect(table.floats("absent") == nil)
        #expect(table.floats("") == nil)
        try table.verify()
    }

    @Test func rowsKeepTheirLengthWhenAsked() throws {
        let table = try importedTable([("*", "1 3\nword 3 -4 1e-3\n")], in: ScratchFolder(), normalization: .none)
        #expect(worstDifference(try #require(table.floats("word")), [3, -4, 1e-3], relative: 1e-3) == nil)
    }

    @Test func zeroVectorStaysZero() throws {
        #expect(try importedTable([("*", "1 2\nnull 0 0\n")], in: ScratchFolder()).floats("null") == [0, 0])
    }

    /// Values whose squares or reciprocals leave the range of a float.
    @Test(arguments: ["1e-40 0", "1e-44 1e-44", "3e38 3e38", "1e30 1e-30"])
    func extremeVectorsBecomeFiniteRows(_ numbers: String) throws {
        let row = try #require(try importedTable([("*", "1 2\nx \(numbers)\n")], in: ScratchFolder()).floats("x"))
        #expect(row.allSatisfy { $0.isFinite }, "\(row)")
    }

    @Test func valuesBeyondHalfPrecisionAreRefusedWhenNotScaled() {
        #expect { try importedTable([("*", "1 2\nx 1e6 0\n")], in: ScratchFolder(), normalization: .none) } throws: {
            ($0 as? Failure)?.code == .badData
        }
    }

    @Test func linesMayEndInASpaceAndWordsMayHoldSpacesOrTabsBetweenNumbers() throws {
        let table = try importedTable([("*", "3 2\r\nnew york 1 0 \r\na 0 1 \n\nb\t1\t1\n")], in: ScratchFolder())
        #expect(table.floats("new york") == [1, 0])
        #expect(table.floats("a") == [0, 1])
        #expect(table.floats("b") != nil)
    }

    @Test func collidingLookUpFormsKeepTheFirst() throws {
        let folder = ScratchFolder()
        // "é" composed and decomposed, upper- and lower-case, a plain repetition.
        let table = try importedTable(
            [("*", "6 1\nThe 1\nthe -1\ncaf\u{E9} 1\ncafe\u{301} -1\nCAF\u{C9} -1\nx 1\n")], in: folder)
        #expect(table.rowCount == 3)
        #expect(table.description.repeatedWordCount == 3)
        #expect(table.floats("the") == [1])
        #expect(table.floats("caf\u{E9}") == [1])
    }

    @Test func languagesHaveRowsOfTheirOwnAndTheStarIsForAll() throws {
        let table = try importedTable(
            [("de", "2 2\ndie 1 0\nnur 1 1\n"), ("en", "1 2\ndie 0 1\n"), ("*", "2 2\ndie -1 0\nx -1 -1\n")],
            in: ScratchFolder())
        #expect(table.description.languages == ["de", "en", "*"])
        #expect(table.floats("die", language: "de") == [1, 0])
        #expect(table.floats("die", language: "en") == [0, 1])
        #expect(table.floats("die", language: "sw") == [-1, 0])
        #expect(table.floats("nur", language: "en") == nil)
        #expect(table.floats("x", language: "de") != nil)
        #expect(table.lookupOrder(for: "sw") == [2])
    }

    @Test func manyWordsAreAllFound() throws {
        let words = (0..<3000).map { "wort\($0)" }
        let text = "3000 2\n" + words.enumerated().map { "\($1) 1 \($0)\n" }.joined()
        let table = try importedTable([("*", text)], in: ScratchFolder())
        for (index, word) in words.enumerated() {
            #expect(Array(word.utf8).withUnsafeBufferPointer { table.row(of: $0, languages: [0]) } == UInt32(index))
        }
        #expect(table.floats("wort3000") == nil)
    }

    /// A text and what its message must say.
    @Test(arguments: [
        ("", "empty file"), ("hello\n", "1: neither 'COUNT DIMENSION' nor 'WORD NUMBER"),
        ("hello world\n", "1: not 'COUNT DIMENSION'"), ("1 0\nx\n", "1: not 'COUNT"),
        ("-1 2\n", "1: not 'COUNT"),
        ("99999999999999999999 2\n", "1: not 'COUNT"), ("1 99999999\n", "1: not 'COUNT"),
        ("2 2\na 1 2\nb 1\n", "3: 1 numbers"),
        ("1 2\na 1\n", "2: 1 numbers"), ("1 2\n1 2\n", "2: 1 numbers"), ("1 2\na 1 x\n", "2: number 2"),
        ("1 2\na nan 1\n", "NaN"),
        ("1 2\na 1 inf\n", "infinite"), ("1 2\na 1 1e999\n", "infinite"), ("1 2\na 1 -\n", "2: number 2"),
        ("3 2\na 1 2\n", "promises 3 words, 1"),
        ("1 2\na 1 2\nb 1 2\n", "promises 1 words, 2"), ("0 2\n", "nothing to import"), ("1 2\na 1  2\n", "2:"),
    ])
    func damagedTextIsRefusedWithItsLine(_ text: String, _ expected: String) {
        let folder = ScratchFolder()
        let failure = #expect(throws: Failure.self) { try importedTable([("*", text)], in: folder) }
        #expect(failure?.code == .badData)
        #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
        #expect(folder.names == ["0.vec"], "nothing is left behind")
    }

    @Test func wrongCountIsAcceptedWhenAllowed() throws {
        #expect(
            try importedTable([("*", "9 1\na 1\nb 1\n")], in: ScratchFolder(), allowingWrongCount: true).rowCount == 2)
    }

    @Test func filesOfOneTableMustAgreeInWidth() {
        #expect { try importedTable([("a", "1 2\nx 1 2\n"), ("b", "1 3\nx 1 2 3\n")], in: ScratchFolder()) } throws: {
            "\($0)".contains("3 dimensions") && "\($0)".contains("has 2")
        }
    }

    @Test func sourceNamesLanguageAndPath() {
        #expect(VectorImport.Source("de=a/b.vec").language == "de")
        #expect(VectorImport.Source("de=a/b.vec").path == "a/b.vec")
        #expect(VectorImport.Source("a/x=1.vec").language == "*")
        #expect(VectorImport.Source("a/x=1.vec").path == "a/x=1.vec")
    }
}
