import Foundation
import NERPipeTesting
import Shards
import Testing
import Vectors

@testable import ModelPackages

struct LanguageCutTests {
    private let folder = ScratchFolder()

    /// Words of two languages and a pivot, with four axes.
    private func table() throws -> VectorTable {
        var inputs: [VectorImport.Source] = []
        for (place, language) in ["sw", "de", "en"].enumerated() {
            let lines = (0..<40).map { word in
                "\(language)\(word) " + (0..<4).map { "\(($0 * 7 + word * 3 + place) % 11 + 1)" }.joined(separator: " ")
            }
            inputs.append(
                .init(
                    "\(language)=\(try folder.write("40 4\n" + lines.joined(separator: "\n") + "\n", as: "\(language).vec"))"
                ))
        }
        _ = try VectorImport.run(inputs, to: folder["all.vectors"], VectorImport.Options())
        return try VectorTable(path: folder["all.vectors"])
    }

    @Test func rowsOfTheLanguageAreThoseOfTheTable() throws {
        let table = try table(), cut = try LanguageCut(table, language: "sw")
        #expect(cut.candidateCount == 40)
        var size = LanguageCut.Size()
        size.rowFormat = .f16
        let description = try cut.write(to: folder["sw.vectors"], size)
        #expect(description.rowCount == 40 && description.languages == ["sw"])
        let small = try VectorTable(path: folder["sw.vectors"])
        let full = WordLookup(table, language: "sw"), own = WordLookup(small, language: "sw")
        for word in 0..<40 {
            let form = Array("sw\(word)".utf8)
            try form.withUnsafeBufferPointer { form in
                let before = try #require(full.row(of: form)), after = try #require(own.row(of: form))
                #expect(table.halfRow(Int(before)) == small.halfRow(Int(after)))
            }
        }
        Array("de1".utf8).withUnsafeBufferPointer { #expect(own.row(of: $0) == nil) }
    }

    @Test func aLimitKeepsTheFirstWordsAndIsEstimatedFromAbove() throws {
        let cut = try LanguageCut(table(), language: "sw")
        var size = LanguageCut.Size()
        size.rowLimit = 7
        let description = try cut.write(to: folder["seven.vectors"], size)
        #expect(description.rowCount == 7)
        let small = try VectorTable(path: folder["seven.vectors"])
        #expect(
            (0..<7).map { row in small.bytes(ofWord: row).map { String(decoding: $0, as: UTF8.self) } }
                == (0..<7).map { "sw\($0)" })
        let limit = cut.rowLimit(byteCount: cut.byteCount(rows: 12, size), size)
        #expect(limit >= 12 && limit <= 14)
    }

    @Test func subwordsFittedAnewLieNearTheRows() throws {
        let lines = (0..<200).map { "\($0 % 2 == 0 ? "ka" : "po")\($0) " + ($0 % 2 == 0 ? "1 0" : "0 1") }
        let path = try folder.write("200 2\n" + lines.joined(separator: "\n") + "\n", as: "x.vec")
        _ = try VectorImport.run([.init("xx=\(path)")], to: folder["x.vectors"], VectorImport.Options())
        let table = try VectorTable(path: folder["x.vectors"])
        // A table without sub-words gets none.
        var size = LanguageCut.Size()
        size.subwords = .fitted(buckets: 500)
        let description = try LanguageCut(table, language: "xx").write(to: folder["y.vectors"], size)
        #expect(description.subwords == nil)
    }

    @Test func aLanguageThatTheTableDoesNotHaveIsRefused() throws {
        let table = try table()
        #expect(throws: (any Error).self) { try LanguageCut(table, language: "fr") }
    }
}
