import Corpora
import Testing

@testable import Divergence

/// What is measured only when asked for: running text, pieces, typology, and a ranking.
struct OptionalMeasureTests {
    private static func batch(_ sentences: [String]) -> SentenceBatch {
        var batch = SentenceBatch()
        batch.appendDocument(identifier: [])
        for sentence in sentences {
            for word in sentence.split(separator: " ") {
                Array(word.utf8).withUnsafeBufferPointer { batch.appendToken($0, offset: 0) }
            }
            batch.endSentence(document: 0)
        }
        return batch
    }

    private static func running(
        _ detail: TextProfile.Detail, _ batches: [[String]], foundIn others: [TextProfile] = []
    ) -> TextProfile {
        var profile = TextProfile(
            detail, form: ComparableForm(), foundIn: others, sampleSize: 1 << 11, isRunning: true)
        for batch in batches { profile.add(Self.batch(batch)) }
        return profile
    }

    /// `" a b "` and `" a c "`: of three trigrams, two 4-grams and one 5-gram nothing is shared but " a ", so 1 of 6 and JSD is 5/6.
    @Test func nGramsReachOverWords() {
        let a = Self.running(.exact, [["A b ."]]), b = Self.running(.exact, [["a c"]])
        let measures = LexicalMeasures(source: a, target: b, number: 0)
        #expect(abs((measures.running?.whole ?? 0) - 5.0 / 6) < 1e-12)
        #expect(measures.running?.resampled == nil || measures.running?.resampled?.mean != 0)
        #expect(LexicalMeasures(source: a, target: a, number: 0).running?.whole == 0)
    }

    private static let sentences = (0..<300).map { number in
        (0..<8).map { String((number * 37 + $0 * 1009) % 5003, radix: 36).filter(\.isLetter) + "la" }
            .joined(separator: " ")
    }

    @Test(arguments: [TextProfile.Detail.exact, .sketch])
    func resamplesDependOnNothingButTextAndSeed(detail: TextProfile.Detail) {
        let first = Array(Self.sentences[..<150]), second = Array(Self.sentences[150...])
        let source = Self.running(detail, [first]), whole = Self.running(detail, [second], foundIn: [source])
        var parts = Self.running(detail, [Array(second[100...])], foundIn: [source])
        parts.merge(Self.running(detail, [Array(second[..<40]), Array(second[40..<100])], foundIn: [source]))
        let a = LexicalMeasures(source: source, target: whole, number: 0, seed: 5).running
        let b = LexicalMeasures(source: source, target: parts, number: 0, seed: 5).running
        #expect(a == b && a?.resampled != nil)
        #expect(a != LexicalMeasures(source: source, target: whole, number: 0, seed: 6).running)
        let resampled = a?.resampled ?? (0, 0)
        #expect(resampled.deviation > 0 && resampled.deviation < 0.1 && resampled.mean > (a?.whole ?? 1))
    }

    @Test func sketchesOfRunningTextAreLowerBounds() {
        let first = Array(Self.sentences[..<150]), second = Array(Self.sentences[150...])
        func whole(_ detail: TextProfile.Detail) -> Double {
            let source = Self.running(detail, [first])
            let target = Self.running(detail, [second], foundIn: [source])
            return LexicalMeasures(source: source, target: target, number: 0).running?.whole ?? -1
        }
        let loss = whole(.exact) - whole(.sketch)
        #expect(loss >= -1e-12 && loss < 0.02, "\(loss)")
    }

    /// A piece for each letter of the alphabet; others are unknown.
    private static let letters = PieceCutter(pieceCount: 27, unknown: 26) { word in
        word.map { $0 >= 0x61 && $0 < 0x7B ? Int32($0) - 0x61 : 26 }
    }

    @Test func piecesAreThoseOfTheWordsAsTheyAreWritten() {
        func profile(_ sentence: String) -> TextProfile {
            var profile = TextProfile(.exact, form: ComparableForm(), cutter: Self.letters)
            profile.add(Self.batch([sentence]))
            return profile
        }
        // a b B? c: the capital is unknown; "." is no word.
        let pieces = LexicalMeasures(source: profile("ab Bc ."), target: profile("ab ad d"), number: 0).pieces
        #expect(pieces?.sourceTypes == 3 && pieces?.targetTypes == 3)
        #expect(pieces?.jaccard == 0.5 && pieces?.typeCoverage == 2.0 / 3 && pieces?.tokenCoverage == 0.6)
        #expect(pieces?.sourceFertility == 2 && pieces?.targetFertility == 5.0 / 3)
        #expect(pieces?.sourceUnknown == 0.25 && pieces?.targetUnknown == 0)
        // a: min(1/4, 2/5), b: min(1/4, 1/5).
        #expect(abs((pieces?.frequencyOverlap ?? 0) - 0.45) < 1e-12)
    }

    @Test func holesOfTypologyAreNoNumbers() {
        var table = TypologicalFeatures(columns: ["syn:a", "syn:b", "syn:c", "fam:x", "fam:y"])
        table.add("en", [1, 0, 1, 1, 0])
        table.add("sw", [1, nil, 0, 0, 0])
        table.add("xx", [nil, 1, nil, nil, nil])
        let distances = table.distances(0, 1)
        #expect(distances.map(\.set) == ["syn", "fam"] && distances.map(\.knownCount) == [2, 2])
        #expect(abs((distances[0].value ?? 0) - (1 - 1 / 2.0.squareRoot())) < 1e-12)
        #expect(distances[1].value == nil, "a vector of zeros has no direction")
        #expect(table.distances(1, 2).map(\.value) == [nil, nil] && table.distances(1, 2)[0].knownCount == 0)
        #expect(table.distances(0, 0).map(\.value) == [0, 0])
    }

    @Test func rankingAddsItsParts() {
        let near = SourceRanking.Evidence(
            source: "near", jaccard: 0.1, ratio: 1, geographicDistance: 0.1, strength: 10)
        let far = SourceRanking.Evidence(source: "far", jaccard: 0.01, ratio: 2, geographicDistance: 0.5, strength: 50)
        let without = SourceRanking([far, near])
        #expect(without.entries.map(\.source) == ["near", "far"] && without.missing == ["strength"])
        #expect(without.entries[0].parts.map(\.name) == ["words", "variety", "place"])
        let with = SourceRanking([far, near], strengths: [10, 50, 30])
        #expect(with.missing.isEmpty && with.entries[0].parts.count == 4)
        for entry in with.entries { #expect(abs(entry.points - entry.parts.reduce(0) { $0 + $1.points }) < 1e-12) }
        #expect(SourceRanking([near, .init(source: "no", jaccard: 0, ratio: 0)]).missing == ["strength", "place"])
    }
}
