import Corpora
import Glibc
import Randomness
import Testing
import UnicodeText

@testable import Divergence

/// Measures against their definitions, and sketches against what they sketch.
struct MeasureTests {
    private static func batch(_ words: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: [])
        for word in words { Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) } }
        batch.endSentence(document: 0)
        return batch
    }

    private static func profile(
        _ detail: TextProfile.Detail, _ batches: [SentenceBatch], foundIn others: [TextProfile] = []
    ) -> TextProfile {
        var profile = TextProfile(detail, form: ComparableForm(), foundIn: others, sampleSize: 1 << 11)
        for batch in batches { profile.add(batch) }
        return profile
    }

    /// Worked by hand: S = a a b c, T = a b b d 12; J = 2/5, coverage of types 2/4, of tokens 3/5.
    @Test func handExample() {
        let source = Self.profile(.exact, [Self.batch(["A", "a", "b", ".", "c"])])
        let target = Self.profile(.exact, [Self.batch(["a", "B", "b"]), Self.batch(["d", "12", "--"])])
        let measures = LexicalMeasures(source: source, target: target, number: 0)
        #expect(source.wordCount == 4 && source.otherTokenCount == 1 && target.wordCount == 5)
        #expect(measures.sourceTypes.value == 3 && measures.targetTypes.value == 4)
        #expect(measures.jaccard.value == 0.4)
        #expect(abs(measures.wordOverlap.value - 2.0 / 7) < 1e-12)
        #expect(measures.typeCoverage.value == 0.5 && measures.tokenCoverage.value == 0.6)
        // a: min(1/2, 1/5), b: min(1/4, 2/5).
        #expect(abs(measures.frequencyOverlap.value - 0.45) < 1e-12)
        #expect(abs(measures.ratioDistance.value - pow(1 - (3.0 / 4) / (4.0 / 5), 2)) < 1e-12)
        #expect(measures.sameScript.value == 0.8)
    }

    /// Of `<a>` and `<b>`: n-grams `<`, `>`, a or b, `<a`, `a>`, `<a>`, so 2 of 6 are shared and JSD is 2/3.
    @Test func divergenceOfNGrams() {
        let a = Self.profile(.exact, [Self.batch(["a"])]), b = Self.profile(.exact, [Self.batch(["b"])])
        let measures = LexicalMeasures(source: a, target: b, number: 0)
        #expect(abs(measures.jensenShannon.value - 2.0 / 3) < 1e-12)
        #expect(abs(measures.ngramDistance.value - (2.0 / 3).squareRoot()) < 1e-12)
        let same = LexicalMeasures(source: a, target: a, number: 0)
        #expect(same.jensenShannon.value == 0 && same.jaccard.value == 1 && same.frequencyOverlap.value == 1)
    }

    @Test(arguments: [
        ("Straße", "straße"), ("ÉCOLE", "école"), ("e\u{301}cole", "école"), ("1999", "0000"), ("٣", "0"), ("A4", "a0"),
        ("...", nil), ("", nil), ("«", nil), ("–", nil),
    ])
    func comparableForms(token: String, form: String?) {
        var bytes: [UInt8] = [0x78]
        let isWord = Array(token.utf8).withUnsafeBufferPointer { ComparableForm().append($0, to: &bytes) }
        #expect(isWord == (form != nil))
        #expect(String(decoding: bytes, as: UTF8.self) == "x" + (form ?? ""))
    }

    /// Frequent and rare words, of which two texts share some.
    private static func text(_ seed: UInt64, vocabulary: Int, from first: Int, words: Int) -> [SentenceBatch] {
        var random = SplitMix64(seed: seed)
        return stride(from: 0, to: words, by: 1000).map { _ in
            batch(
                (0..<1000).map { _ in
                    let uniform = Double(random.next() >> 11) * 0x1p-53
                    let rank = Int(Double(vocabulary) * uniform * uniform)
                    // Digits are one digit, letters are not.
                    let digits = String(first + rank * 7919 % vocabulary, radix: 26).utf8
                    return "w" + String(decoding: digits.map { $0 < 0x40 ? $0 + 65 : $0 }, as: UTF8.self)
                })
        }
    }

    @Test func sketchesEstimateWhatIsExact() {
        let source = Self.text(1, vocabulary: 60_000, from: 0, words: 30_000)
        let target = Self.text(2, vocabulary: 60_000, from: 20_000, words: 30_000)
        let exact = (Self.profile(.exact, source), Self.profile(.exact, target))
        let sketchedSource = Self.profile(.sketch, source)
        let sketch = (sketchedSource, Self.profile(.sketch, target, foundIn: [sketchedSource]))
        let truth = LexicalMeasures(source: exact.0, target: exact.1, number: 0)
        let estimate = LexicalMeasures(source: sketch.0, target: sketch.1, number: 0)
        #expect(truth.sourceTypes.value > 10_000, "more than a sample keeps")
        for (name, measure) in [
            ("types", \LexicalMeasures.sourceTypes), ("types of the target", \.targetTypes), ("Jaccard", \.jaccard),
            ("overlap", \.wordOverlap), ("coverage", \.typeCoverage), ("ratio", \.ratioDistance),
        ] {
            let (a, b) = (truth[keyPath: measure].value, estimate[keyPath: measure])
            #expect(b.error > 0 && abs(a - b.value) < 3 * b.error, "\(name): \(a), \(b)")
        }
        #expect(abs(truth.tokenCoverage.value - estimate.tokenCoverage.value) < 0.001)
        #expect(estimate.jensenShannon.bound == "at least" && estimate.frequencyOverlap.bound == "at most")
        let loss = truth.jensenShannon.value - estimate.jensenShannon.value
        #expect(loss >= -1e-12 && loss < 0.02, "\(loss)")
        let excess = estimate.frequencyOverlap.value - truth.frequencyOverlap.value
        #expect(excess >= -1e-12 && excess < 0.02, "\(excess)")
    }

    /// Whatever the parts are, and in whatever order they come together.
    @Test(arguments: [TextProfile.Detail.exact, .sketch])
    func partsMergeIntoTheWhole(detail: TextProfile.Detail) {
        let text = Self.text(3, vocabulary: 50_000, from: 0, words: 20_000)
        let other = Self.profile(detail, Self.text(4, vocabulary: 50_000, from: 9000, words: 20_000))
        let whole = Self.profile(detail, text, foundIn: [other])
        var merged = Self.profile(detail, [], foundIn: [other])
        for part in [text[12...], text[..<7], text[7..<12]] {
            merged.merge(Self.profile(detail, Array(part.reversed()), foundIn: [other]))
        }
        let (a, b) = (
            LexicalMeasures(source: other, target: whole, number: 0),
            LexicalMeasures(source: other, target: merged, number: 0)
        )
        for measure in [
            \LexicalMeasures.targetTypes, \.jaccard, \.typeCoverage, \.tokenCoverage, \.frequencyOverlap,
            \.jensenShannon, \.ratioDistance, \.sameScript,
        ] {
            #expect(a[keyPath: measure] == b[keyPath: measure])
        }
        #expect(whole.wordCount == merged.wordCount && whole.sentenceCount == merged.sentenceCount)
    }

    /// A full small sample is exact, and says so.
    @Test func smallTextsAreSketchedExactly() {
        let source = Self.profile(.sketch, [Self.batch(["A", "a", "b", ".", "c"])])
        let target = Self.profile(.sketch, [Self.batch(["a", "B", "b", "d", "12"])], foundIn: [source])
        let measures = LexicalMeasures(source: source, target: target, number: 0)
        #expect(measures.jaccard == .init(0.4) && measures.typeCoverage == .init(0.5))
        #expect(measures.sourceTypes == .init(3) && abs(measures.tokenCoverage.value - 0.6) < 1e-6)
    }

    @Test func filtersAreWrongAsOftenAsTheySay() {
        var filter = TypeFilter(logBitCount: 14), random = SplitMix64(seed: 5)
        let known = (0..<1500).map { _ in random.next() }
        for hash in known { filter.insert(hash) }
        #expect(known.allSatisfy(filter.contains))
        let wrong = Double((0..<100_000).count { _ in filter.contains(random.next()) }) / 100_000
        #expect(abs(wrong - filter.falsePositiveRate) < 0.3 * filter.falsePositiveRate + 0.0005, "\(wrong)")
    }

    @Test func editDistances() {
        func distance(_ a: String, _ b: String) -> Double {
            WordDistance.distance(a.unicodeScalars.map(\.value), b.unicodeScalars.map(\.value))
        }
        #expect(distance("kitten", "sitting") == 3.0 / 7)
        #expect(distance("haus", "house") == 2.0 / 5 && distance("", "ab") == 1 && distance("", "") == 0)
        let pairs = ["mama", "papa", "solo", "kilo"].map { (Array($0.utf8), Array($0.utf8)) }
        let alike = WordDistance(pairs, seed: 1)
        #expect(alike?.normalized == 0 && alike?.divided == 0 && alike?.cognateRate == 1 && alike?.pairCount == 4)
        #expect(WordDistance([], seed: 1) == nil)
    }

    @Test func mentionsAreCountedAsTheyOccur() {
        func form(_ text: String) -> [[UInt8]] { text.split(separator: " ").map { Array($0.utf8) } }
        var source = MentionOverlap.Mentions(), target = MentionOverlap.Mentions()
        source.add(form("new york"), type: "LOC")
        source.add(form("kofi"), type: "PER")
        for _ in 0..<2 { target.add(form("kofi"), type: "PER") }
        target.add(form("new york"), type: "ORG")
        target.add(form("york city"), type: "LOC")
        target.add([], type: "LOC")
        let overlap = MentionOverlap(source: source, target: target)
        #expect(overlap?.mentionCount == 4 && overlap?.mentions == 0.75 && overlap?.typed == 0.5)
        #expect(overlap?.types == 2.0 / 3 && overlap?.tokens == 5.0 / 6)
        #expect(MentionOverlap(source: source, target: MentionOverlap.Mentions()) == nil)
    }
}
