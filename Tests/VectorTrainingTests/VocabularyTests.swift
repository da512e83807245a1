import NERPipeTesting
import Testing

@testable import VectorTraining

struct VocabularyTests {
    private func number(_ vocabulary: Vocabulary, _ word: String, _ language: UInt16) -> Int {
        Array(word.utf8).withUnsafeBufferPointer { vocabulary.number(of: $0, language: language) }
    }

    @Test func wordsOfTwoLanguagesAreApartAndSortedByFrequency() throws {
        let vocabulary = Vocabulary(limit: 1000)
        let (en, sw) = (vocabulary.languageNumber("en"), vocabulary.languageNumber("sw"))
        for (word, language, count) in [("b", en, 2), ("a", sw, 2), ("a", en, 2), ("z", sw, 9)]
            as [(String, UInt16, Int)]
        {
            for _ in 0..<count {
                vocabulary.withCounts(number(vocabulary, word, language)) { $0.occurrences += 1 }
            }
        }
        vocabulary.sort()
        #expect(
            (0..<4).map { "\(vocabulary.languages[Int(vocabulary.wordLanguages[$0])]) \(vocabulary.text($0))" }
                == ["sw z", "en a", "en b", "sw a"])
        #expect(vocabulary.counts.map(\.occurrences) == [9, 2, 2, 2])
        #expect(number(vocabulary, "a", sw) == 3)
    }

    @Test func rareWordsAreForgottenWhenThereAreTooMany() {
        let vocabulary = Vocabulary(limit: 100)
        let language = vocabulary.languageNumber("en")
        for round in 0..<50 {
            vocabulary.forgetRareWords()
            for frequent in 0..<20 {
                vocabulary.withCounts(number(vocabulary, "frequent\(frequent)", language)) { $0.occurrences += 1 }
            }
            for rare in 0..<20 {
                vocabulary.withCounts(number(vocabulary, "rare\(round)-\(rare)", language)) { $0.occurrences += 1 }
            }
        }
        vocabulary.forgetRareWords()
        #expect(vocabulary.wordCount <= 100)
        #expect(vocabulary.forgottenCount >= 900)
        for frequent in 0..<20 {
            #expect(vocabulary.counts[number(vocabulary, "frequent\(frequent)", language)].occurrences == 50)
        }
    }

    @Test func aLineMayHoldMoreWordsThanTheLimit() throws {
        let input = try TrainingInput(.text, "en=words.txt")
        var counter = WordCounter([input], languages: ["en"], wordLimit: 10)
        var line = CorpusLine()
        for word in 0..<100 {
            Array("w\(word)".utf8).withUnsafeBufferPointer { line.source.append($0, startsSentence: word == 0) }
        }
        counter.count(line)
        #expect(counter.vocabulary.wordCount == 100)
        line.source.removeAll()
        Array("w7".utf8).withUnsafeBufferPointer { line.source.append($0, startsSentence: true) }
        counter.count(line)
        #expect(counter.vocabulary.wordCount == 1 && counter.vocabulary.forgottenCount == 100)
    }

    @Test func aFileGivesBackWhatWasWritten() throws {
        let folder = ScratchFolder()
        let vocabulary = Vocabulary(limit: 1000)
        let languages = ["en", "yor"]
        for language in languages { _ = vocabulary.languageNumber(language) }
        for (word, language) in [("ọjọ́", 1), ("day", 0), ("x", 1)] as [(String, UInt16)] {
            vocabulary.withCounts(number(vocabulary, word, language)) {
                $0.occurrences = 7
                $0.linkIsCased = 3
            }
        }
        try vocabulary.write(to: "\(folder.path)/words.zst", description: ["tokens": 12])
        let (copy, description) = try Vocabulary.read(
            "\(folder.path)/words.zst", languages: languages, as: [String: Int].self)
        #expect(description == ["tokens": 12])
        #expect((0..<3).map(copy.text) == ["ọjọ́", "day", "x"])
        #expect(copy.wordLanguages == [1, 0, 1])
        #expect(copy.counts.allSatisfy { $0.occurrences == 7 && $0.linkIsCased == 3 && $0.links == 0 })
        #expect(number(copy, "day", 0) == 1)
    }
}
