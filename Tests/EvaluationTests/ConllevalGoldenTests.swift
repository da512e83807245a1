import Testing

@testable import Evaluation

struct ConllevalGoldenTests {
    let fixture: GoldenFixture

    init() throws { fixture = try GoldenFixture.shared.get() }

    @Test func fixtureIsComplete() {
        #expect(fixture.iob2.count == 1000)
        #expect(fixture.other.count == 300)
        #expect(fixture.total.count == 7)
        #expect(fixture.resampling.count == 6)
    }

    @Test func countsEverySentenceLikeSeqevalDefaultAndStrict() throws {
        for pair in fixture.iob2 {
            var scorer = SpanScorer()
            try scorer.add(gold: pair.gold, predicted: pair.predicted)
            let report = scorer.report
            #expect(Self.perType(report) == pair.perType, "line \(pair.line)")
            #expect(report.strict == pair.strict, "line \(pair.line)")
            let illFormed = [report.illFormedTags.gold, report.illFormedTags.predicted]
            #expect(illFormed == pair.illFormed, "line \(pair.line)")
            #expect(report.tagsBeyondScheme.gold == 0)
        }
    }

    @Test func countsBIOESLikeSeqevalDefault() throws {
        for pair in fixture.other {
            var scorer = SpanScorer()
            try scorer.add(gold: pair.gold, predicted: pair.predicted)
            #expect(Self.perType(scorer.report) == pair.perType, "line \(pair.line)")
        }
    }

    /// seqeval has no mode for mixed BILOU, so the BIOES lines are renamed.
    @Test func readsBILOUAsRenamedBIOES() throws {
        func renamed(_ tags: [String]) -> [String] {
            tags.map { tag in
                tag.hasPrefix("E-") ? "L-" + tag.dropFirst(2) : tag.hasPrefix("S-") ? "U-" + tag.dropFirst(2) : tag
            }
        }
        for pair in fixture.other {
            var scorer = SpanScorer()
            try scorer.add(gold: renamed(pair.gold), predicted: renamed(pair.predicted))
            #expect(Self.perType(scorer.report) == pair.perType, "line \(pair.line)")
        }
    }

    @Test func corpusRatesAgreeWithSeqeval() throws {
        let report = try corpusScorer().report
        let rates = [
            report.precision, report.recall, report.f1, report.strict.precision, report.strict.recall,
            report.strictF1, report.tokenAccuracy,
        ]
        for (rate, fraction) in zip(rates, fixture.total) {
            #expect((rate - 100 * fraction).magnitude < 1e-10, "\(rate) against \(100 * fraction)")
        }
        var perType: [String: PhraseCounts] = [:]
        for pair in fixture.iob2 {
            for (name, counts) in pair.perType { perType[name, default: PhraseCounts()] += counts }
        }
        #expect(Self.perType(report) == perType)
        #expect(report.sentenceCount == 1000)
        #expect(report.tokenCount == fixture.iob2.reduce(0) { $0 + $1.gold.count })
    }

    @Test func tableBeginsWithWhatConllevalPrints() throws {
        let table = try corpusScorer().report.table()
        let head = table.split(separator: "\n").prefix(6).joined(separator: "\n") + "\n"
        #expect(head == fixture.text)
    }

    @Test func resamplingAgreesWithNumPy() throws {
        let totals = try corpusScorer().sentenceTotals
        for expected in fixture.resampling {
            let first = Array(totals.prefix(expected.units))
            let found: [Double]
            switch expected.kind {
            case "bootstrap":
                let interval = Bootstrap(replicates: expected.replicates, seed: expected.seed).interval(of: first)
                found = [interval.f1Low, interval.f1High]
            case "paired":
                let test = PairedBootstrap(replicates: expected.replicates, seed: expected.seed)
                let result = try test.compare(first, fixture.second)
                found = [
                    result.difference, result.acrossSentences.low, result.acrossSentences.high, result.pValue,
                    result.acrossSentences.twoSidedPValue,
                ]
            default:
                let test = ApproximateRandomization(replicates: expected.replicates, seed: expected.seed)
                found = [try test.compare(first, fixture.second).pValue]
            }
            #expect(found.count == expected.values.count)
            for (value, reference) in zip(found, expected.values) {
                #expect((value - reference).magnitude < 1e-9, "\(expected.kind): \(value) against \(reference)")
            }
        }
    }

    private func corpusScorer() throws -> SpanScorer {
        var scorer = SpanScorer()
        for pair in fixture.iob2 { try scorer.add(gold: pair.gold, predicted: pair.predicted) }
        return scorer
    }

    private static func perType(_ report: ScoreReport) -> [String: PhraseCounts] {
        Dictionary(uniqueKeysWithValues: report.perType.map { ($0.name, $0.counts) })
    }
}
