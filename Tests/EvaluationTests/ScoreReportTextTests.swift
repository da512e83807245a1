import Corpora
import Foundation
import Randomness
import Testing

@testable import Evaluation

struct ScoreReportTextTests {
    private func report(bootstrap: Bootstrap? = nil) throws -> ScoreReport {
        var scorer = SpanScorer()
        try scorer.add(gold: ["B-PER", "I-PER", "O", "B-LOC"], predicted: ["I-PER", "I-PER", "O", "B-ORG"])
        try scorer.add(gold: ["B-LOC", "O", "O"], predicted: ["B-LOC", "O", "B-PER"])
        return scorer.report(bootstrap: bootstrap)
    }

    @Test func tableFollowsConlleval() throws {
        #expect(
            try report(bootstrap: Bootstrap(replicates: 50, seed: 3)).table() == """
                processed 7 tokens with 3 phrases; found: 4 phrases; correct: 2.
                accuracy:  57.14%; precision:  50.00%; recall:  66.67%; FB1:  57.14
                              LOC: precision: 100.00%; recall:  50.00%; FB1:  66.67  1
                              ORG: precision:   0.00%; recall:   0.00%; FB1:   0.00  1
                              PER: precision:  50.00%; recall: 100.00%; FB1:  66.67  2
                      strict IOB2: precision:  33.33%; recall:  33.33%; FB1:  33.33  3
                ill-formed I- tags: 1 predicted, 0 gold
                FB1 95% interval: 50.00 to 66.67 (bootstrap, 50 replicates, seed 3)

                """
        )
    }

    @Test func tableNamesTagsOfOtherSchemesAndHidesControlCharacters() throws {
        var scorer = SpanScorer()
        try scorer.add(gold: ["S-A\u{1B}[2J"], predicted: ["O"])
        let text = scorer.report.table()
        #expect(text.contains("tags beyond IOB2: 0 predicted, 1 gold; the strict line ignores them\n"))
        #expect(text.contains("     conlleval.pl: precision:   0.00%; recall:   0.00%; FB1:   0.00  0\n"))
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains("A\u{FFFD}[2J: precision"))
    }

    @Test func strictLineIsNamedAfterItsScheme() throws {
        var scorer = SpanScorer(scheme: .iobes)
        try scorer.add(gold: ["S-A", "B-A", "E-A"], predicted: ["S-A", "B-A", "I-A"])
        let report = scorer.report
        #expect(report.table().contains("     strict IOBES: precision: 100.00%; recall:  50.00%; FB1:  66.67  1\n"))
        #expect(!report.table().contains("tags beyond"))
        #expect(report.jsonObject().contains(#""scheme":"IOBES""#))
        #expect(report.jsonObject().contains(#""tagsBeyondIOBES":{"gold":0,"predicted":0}"#))
    }

    @Test func emptyReportPrintsZeros() {
        #expect(
            SpanScorer().report.table() == """
                processed 0 tokens with 0 phrases; found: 0 phrases; correct: 0.
                accuracy:   0.00%; precision:   0.00%; recall:   0.00%; FB1:   0.00
                      strict IOB2: precision:   0.00%; recall:   0.00%; FB1:   0.00  0
                ill-formed I- tags: 0 predicted, 0 gold

                """
        )
    }

    @Test func jsonHasSortedKeysAndFourDecimals() throws {
        let text = try report(bootstrap: Bootstrap(replicates: 50, seed: UInt64.max)).jsonObject()
        #expect(
            text.hasPrefix(
                #"{"illFormedTags":{"gold":0,"predicted":1},"interval":{"f1High":66.6667,"f1Low":50.0000,"#
                    + #""level":0.9500,"replicates":50,"seed":18446744073709551615},"#
                    + #""overall":{"correct":2,"f1":57.1429,"gold":3,"#
            )
        )
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let types = object?["types"] as? [String: [String: Double]]
        let person: [String: Double] = [
            "correct": 1, "f1": 66.6667, "gold": 1, "precision": 50, "predicted": 2, "recall": 100, "f1Low": 0,
            "f1High": 100,
        ]
        #expect(types?["PER"] == person)
        #expect(object?["tokenCount"] as? Int == 7)
        let keys = [
            "illFormedTags", "interval", "overall", "sentenceCount", "strict", "tagsBeyondIOB2", "tokenAccuracy",
            "tokenCount", "types",
        ]
        #expect(object?.keys.sorted() == keys)
    }

    @Test func jsonEscapesHostileTypeNames() throws {
        let name = "a\"b\\c\u{0}\n\u{7F}\u{2028}é"
        var scorer = SpanScorer()
        try scorer.add(gold: ["B-" + name], predicted: ["O"])
        let text = scorer.report.jsonObject()
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect((object?["types"] as? [String: Any])?.keys.first == name)
        #expect(object?["interval"] == nil)
    }

    @Test func jsonKeepsTypesThatOnlyUnicodeCallsEqual() throws {
        var scorer = SpanScorer()
        try scorer.add(gold: ["B-\u{E9}", "B-e\u{301}"], predicted: ["O", "O"])
        #expect(scorer.report.jsonObject().components(separatedBy: "\"precision\"").count == 5)
    }

    @Test func fixedDecimalsAgreeWithPrintf() {
        var values: [Double] = [
            0, 0.125, 0.375, 2.5, 3.5, 99.995, 66.675, 1 / 3, 100, 1e-7, 0.005, 0.00005, .leastNonzeroMagnitude,
            123_456_789.987_654_3, 9e17, 1e15 + 0.5,
        ]
        var generator = SplitMix64(seed: 11)
        for _ in 0..<3000 {
            let bits = generator.next()
            values.append(Double(bits % 200_001) / 2000)
            values.append(Double(bits >> 11) / 9_007_199_254_740_992 * 100)
        }
        for value in values {
            for decimals in [0, 2, 4, 9] {
                #expect(FixedDecimal.text(value, decimals: decimals) == String(format: "%.\(decimals)f", value))
            }
        }
        #expect(FixedDecimal.text(-12.345_678, decimals: 2) == "-12.35")
        #expect(FixedDecimal.text(-0.001, decimals: 2) == "0.00")
        #expect(FixedDecimal.text(.nan, decimals: 2) == "nan")
        #expect(FixedDecimal.text(1e300, decimals: 2) == "1e+300")
    }
}
