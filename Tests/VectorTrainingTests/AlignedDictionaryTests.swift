import Diagnostics
import NERPipeTesting
import Testing
import WordAlignment

@testable import VectorTraining

struct AlignedDictionaryTests {
    @Test func translationsMakeTheDictionary() throws {
        let folder = ScratchFolder()
        var random = SeededGenerator(seed: 3)
        var writer = try EncodedCorpus.Writer(path: "\(folder.path)/pairs.zst")
        for _ in 0..<400 {
            let words = (0..<Int.random(in: 2...7, using: &random)).map { _ in
                UInt32.random(in: 0..<12, using: &random)
            }
            let marks = words.map { _ in TokenMarks() }
            try writer.append(
                languages: [0, 1], areEntries: false, source: words, sourceMarks: marks, target: words.map { $0 + 12 },
                targetMarks: marks)
        }
        try writer.finish()
        let reader = try EncodedCorpus.Reader(
            paths: ["\(folder.path)/pairs.zst"], wordCount: 24, languageCount: 2)
        let aligner = try WordAligner(.init(), reader, wordCount: 24, beside: folder.path)
        try aligner.forEachLinkedBlock { _ in }
        let dictionary = AlignedDictionary(aligner, floor: 0.3)
        #expect(Set(dictionary.rows.map { [$0.source, $0.target] }) == Set((0..<12).map { [$0, $0 + 12] }))
        #expect(dictionary.rows.map(\.links) == dictionary.rows.map(\.links).sorted(by: >))
        try dictionary.write(to: "\(folder.path)/pairs.dictionary")
        let copy = try AlignedDictionary(path: "\(folder.path)/pairs.dictionary", wordCount: 24)
        #expect(copy.rows.map(\.forward) == dictionary.rows.map(\.forward))
        #expect(throws: Failure.self) {
            try AlignedDictionary(path: "\(folder.path)/pairs.dictionary", wordCount: 23)
        }
    }
}
