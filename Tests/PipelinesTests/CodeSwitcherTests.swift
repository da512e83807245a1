import Corpora
import Diagnostics
import NERPipeTesting
import Pipelines
import Shards
import Testing
import UnicodeText

@Suite struct CodeSwitcherTests {
    static func dictionary(_ text: String) throws -> BilingualDictionary {
        try BilingualDictionary(LineReader(try BufferedInput(MemoryInput(Array(text.utf8), name: "d.tsv"))))
    }

    static func switcher(_ dictionaries: [String: String], rates: [Double] = [1], seed: UInt64 = 1) throws
        -> CodeSwitcher
    {
        try CodeSwitcher(
            dictionaries: dictionaries.sorted { $0.key < $1.key }.map {
                CodeSwitcher.Dictionary(language: $0.key, entries: try dictionary($0.value))
            },
            rates: rates, seed: seed)
    }

    static func batch(_ sentences: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.index = 3
        batch.appendDocument(identifier: "d".utf8)
        for sentence in sentences {
            for word in sentence.split(separator: " ") {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: UInt64(batch.text.count)) }
            }
            batch.endSentence(document: 0)
        }
        batch.gold = (0..<batch.tokenCount).map { UInt8($0 % 5) }
        return batch
    }

    static func text(_ batch: SentenceBatch) -> [String] {
        (0..<batch.sentenceCount).map { batch.tokens(ofSentence: $0).map(batch.tokenText).joined(separator: " ") }
    }

    @Test func wordsAreReplacedInTheirCaseAndLabelsStay() throws {
        let switcher = try Self.switcher(["de": "house\thaus\nthe\tdie\ncity\tstadt\nis\tist\ni\tich\n"])
        let batch = Self.batch(["The HOUSE is in the City .", "I saw house"])
        let (result, isReplaced) = switcher.switched(batch, copy: 1, firstSentence: 0)
        #expect(Self.text(result) == ["Die HAUS ist in die Stadt .", "Ich saw haus"])
        #expect(isReplaced == [true, true, true, false, true, true, false, true, false, true])
        #expect(result.gold == batch.gold && result.sentenceEnds == batch.sentenceEnds)
        #expect(result.index == batch.index && result.tokenOffsets == batch.tokenOffsets)
        let original = switcher.switched(batch, copy: 0, firstSentence: 0)
        #expect(Self.text(original.sentences) == Self.text(batch) && !original.isReplaced.contains(true))
    }

    /// A German noun keeps its capital; what the original writes with a capital keeps that, whatever the word.
    @Test func commonWordsAreWrittenAsTheirLanguageWritesThem() throws {
        let entries = try Self.dictionary("house\thaus\nsaw\tsah\nmonday\tlunes\nnew\tneu\nbush\tbusch\nhot\theiß\n")
        let usual: [String: Capitalization] = [
            "haus": .capitalized, "sah": .lower, "lunes": .lower, "neu": .lower, "busch": .capitalized,
        ]
        let switcher = try CodeSwitcher(
            dictionaries: [
                .init(language: "de", entries: entries) { usual[String(decoding: $0, as: UTF8.self)] }
            ], rates: [1], seed: 1)
        var batch = Self.batch(["House saw house Monday HOUSE New Bush Hot hot"])
        batch.gold = [0, 0, 0, 0, 0, 1, 2, 0, 0]
        let (result, _) = switcher.switched(batch, copy: 1, firstSentence: 0)
        #expect(Self.text(result) == ["Haus sah Haus Lunes HAUS Neu Busch Heiß heiß"])
    }

    @Test func entitiesOfSomeTypesAreKept() throws {
        let entries = try Self.dictionary("a\tb\n")
        func switcher(_ exceptions: CodeSwitcher.Exceptions) throws -> CodeSwitcher {
            try CodeSwitcher(
                dictionaries: [.init(language: "de", entries: entries)], rates: [1], seed: 1, except: exceptions,
                tags: TagSet(types: ["LOC", "PER"]))
        }
        let batch = Self.batch(["a a a a a a"])  // O B-LOC I-LOC B-PER I-PER O
        func text(_ switcher: CodeSwitcher) -> [String] {
            Self.text(switcher.switched(batch, copy: 1, firstSentence: 0).sentences)
        }
        let all = try switcher(.init()), persons = try switcher(.init(types: ["PER"]))
        let alone = try switcher(.init(types: ["PER", "LOC"], leavesOutOriginal: true))
        #expect(text(all) == ["b b b b b b"] && text(persons) == ["b b b a a b"] && text(alone) == ["b a a a a b"])
        #expect(all.copyNumbers == 0..<2 && alone.copyNumbers == 1..<2)
        #expect(persons.identity == all.identity + "; without PER")
        #expect(alone.identity == all.identity + "; without LOC PER; without the original")
        #expect(throws: Failure.self) { try switcher(.init(types: ["ORG"])) }
    }

    @Test func everyLanguageAndRateIsACopy() throws {
        let switcher = try Self.switcher(["de": "a\tb\n", "sw": "a\tc\n"], rates: [0.7, 0.35])
        #expect(switcher.copyNumbers == 0..<5)
        #expect((0..<5).map(switcher.language) == [nil, "de", "de", "sw", "sw"])
    }

    /// The shares of many draws, within five deviations.
    @Test func ratesAndProbabilitiesAreKept() throws {
        let switcher = try Self.switcher(["de": "a\tx\t0.6\na\ty\t0.2\na\tz\t0.09\nb\tw\t0.05\n"], rates: [0.7])
        let count = 20_000
        let batch = Self.batch((0..<count / 10).map { _ in Array(repeating: "a", count: 10).joined(separator: " ") })
        let (result, isReplaced) = switcher.switched(batch, copy: 1, firstSentence: 0)
        var counts: [String: Int] = [:]
        for token in 0..<count { counts[result.tokenText(token), default: 0] += 1 }
        #expect(counts.keys.sorted() == ["a", "x", "y"])  // z is too improbable
        func isNear(_ found: Int?, _ p: Double) -> Bool {
            abs(Double(found ?? 0) - p * Double(count)) < 5 * (p * (1 - p) * Double(count)).squareRoot()
        }
        #expect(
            isNear(counts["a"], 0.3) && isNear(counts["x"], 0.7 * 0.75) && isNear(counts["y"], 0.7 * 0.25), "\(counts)")
        #expect(isReplaced.count { !$0 } == counts["a"])
        let none = switcher.switched(Self.batch(["b"]), copy: 1, firstSentence: 0)
        #expect(Self.text(none.sentences) == ["b"])
    }

    @Test func drawsAreAFunctionOfSeedCopySentenceAndToken() throws {
        let dictionary = ["de": "a\tx\na\ty\n", "sw": "a\tx\na\ty\n"]
        let switcher = try Self.switcher(dictionary, rates: [0.5])
        let sentences = (0..<40).map { _ in "a a a a a" }
        let all = Self.text(switcher.switched(Self.batch(sentences), copy: 1, firstSentence: 10).sentences)
        // However the sentences are cut into batches.
        let first = switcher.switched(Self.batch(Array(sentences[..<7])), copy: 1, firstSentence: 10).sentences
        let second = switcher.switched(Self.batch(Array(sentences[7...])), copy: 1, firstSentence: 17).sentences
        #expect(Self.text(first) + Self.text(second) == all)
        #expect(Set(all).count > 20, "sentences and tokens draw alike")
        #expect(Self.text(switcher.switched(Self.batch(sentences), copy: 2, firstSentence: 10).sentences) != all)
        let other = try Self.switcher(dictionary, rates: [0.5], seed: 2)
        #expect(Self.text(other.switched(Self.batch(sentences), copy: 1, firstSentence: 10).sentences) != all)
    }

    @Test func identityNamesWhatDecidesTheCopies() throws {
        let base = ["de": "a\tx\t0.5\na\ty\t0.5\n", "sw": "b\tz\n"]
        let identity = try Self.switcher(base, rates: [0.7]).identity
        #expect(identity.hasPrefix("de 0.7 ") && identity.contains(", sw 0.7 "))
        #expect(try Self.switcher(base, rates: [0.7]).identity == identity)
        var others: [String] = [try Self.switcher(base, rates: [0.6]).identity]
        others.append(try Self.switcher(["de": base["de"]!], rates: [0.7]).identity)
        others.append(try Self.switcher(["de": "a\tx\t0.5\na\tv\t0.5\n", "sw": "b\tz\n"], rates: [0.7]).identity)
        others.append(try Self.switcher(["de": "a\tx\t0.5\na\ty\t0.4\n", "sw": "b\tz\n"], rates: [0.7]).identity)
        others.append(try Self.switcher(["de": "c\tx\t0.5\nc\ty\t0.5\n", "sw": "b\tz\n"], rates: [0.7]).identity)
        #expect(Set(others + [identity]).count == 6)
    }

    @Test(arguments: [0, -0.1, 1.5, Double.nan]) func ratesMustBeProbabilities(_ rate: Double) {
        #expect { try Self.switcher(["de": "a\tx\n"], rates: [rate]) } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func twoDictionariesOfOneLanguageAreRefused() throws {
        let entries = try Self.dictionary("a\tx\n")
        let dictionary = CodeSwitcher.Dictionary(language: "de", entries: entries)
        #expect { try CodeSwitcher(dictionaries: [dictionary, dictionary], rates: [1], seed: 1) } throws: {
            ($0 as? Failure)?.code == .usage
        }
    }
}
