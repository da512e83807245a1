import ArgumentParser
import Corpora
import Diagnostics
import NERPipeTesting
import Selection
import Shards
import Taggers
import Teachers
import Testing

@testable import Pipelines

@Suite(.timeLimit(.minutes(5))) struct SelectStageTests {
    static func payloads(_ batches: [SentenceBatch]) -> [[UInt8]] { batches.map { $0.block().payload } }

    /// What rules make of all batches, one rule after the other.
    static func applied(_ rules: [any SelectionRule], to batches: [SentenceBatch]) -> [SentenceBatch] {
        for rule in rules.compactMap({ $0 as? any SurveyingRule }) {
            for batch in batches { rule.survey(batch) }
            rule.finishSurvey()
        }
        return batches.map { batch in
            var batch = batch
            for rule in rules { rule.apply(to: &batch) }
            if batch.scores?.weights.isEmpty == true {
                let count = batch.tokenCount
                batch.scores?.weights = Array(repeating: 1, count: count)
            }
            return batch
        }
    }

    /// A rule that has a name, and the options that ask for it.
    struct Named: CustomTestStringConvertible {
        var kind: RuleKind
        var arguments: [String]
        var keepsAll: Bool
        var testDescription: String { arguments.joined(separator: " ") }

        static let all =
            KnownRules.weightings.map { Named(kind: $0, arguments: ["--weigh-by", $0.name], keepsAll: true) }
            + KnownRules.choices.map {
                Named(kind: $0, arguments: ["--keep", "0.5", "--by", $0.name], keepsAll: false)
            }
    }

    /// Every rule that has a name, alone: the stage does what the rule does, and says so in the header.
    @Test(arguments: Named.all, [1, 3])
    func eachRuleIsDone(_ named: Named, _ jobs: Int) async throws {
        let text = try ScoredText(voters: 3), model = try text.model(), used = named.kind
        var arguments = named.arguments + ["--select-seed", "9"]
        var inputs = RuleInputs(labels: ScoredText.labels, seed: 9)
        inputs.amount = .share(0.5)
        if used.needs.contains(.states) {
            arguments += ["--model", model]
            inputs.encoder = try text.context.model(at: model).teacher(vectors: text.table, .full)
        }
        if used.needs.contains(.source), let encoder = inputs.encoder {
            var header = text.header
            header.kind = .embedded
            var corpus = TinyCorpus(seed: 8)
            let batch = corpus.embedded([6, 6])
            let path = try text.stream("source.zst", [batch], header: header)
            arguments += ["--source", path]
            var sample = StateSample.ofSource(encoder, seed: 9)
            sample.offer(batch)
            inputs.source = (sample.states, try InputIdentity.ofContent([path]))
        }
        let stage = try SelectStage.parse(arguments)
        let rule = used.make(inputs)
        let result = try await text.run(stage, jobs: jobs)
        #expect(result.header.selection == [rule.identity])
        #expect(Self.payloads(result.batches) == Self.payloads(Self.applied([rule], to: text.batches)))
        #expect((stage.reasonForSurvey != nil) == (rule is any SurveyingRule))
        #expect(used.needs.contains(.survey) == (rule is any SurveyingRule))
        #expect(stage.needsVotes == used.needs.contains(.votes))
        let open = try await stage.open(text.header, place: "test", in: text.context)
        #expect(open.choosesByContent != named.keepsAll && rule.leavesSentencesOut != named.keepsAll)
        #expect((open.survey != nil) == (rule is any SurveyingRule))
        #expect(open.memory.bytesHeld == used.memoryByteCount(8))
    }

    /// The order is that of the stage, whatever the order of the options.
    @Test func rulesAreAppliedInTheirOrder() async throws {
        let text = try ScoredText(voters: 3)
        let words = "--keep 0.5 --min-confidence 0.3 --weigh-by agreement --weigh-by confidence --smooth 0.5"
        let result = try await text.run(SelectStage.parse(words.split(separator: " ").map(String.init)))
        #expect(
            result.header.selection == [
                "smooth 0.5", "weight agreement", "weight confidence", "minimum confidence 0.3", "keep 0.5 by entropy",
            ])
        let rules: [any SelectionRule] = [
            TypeSmoothing(strength: 0.5), AgreementWeighting(), ConfidenceWeighting(), ConfidenceThreshold(0.3),
            SentenceChoice(.share(0.5), by: .entropy, seed: 1),
        ]
        #expect(Self.payloads(result.batches) == Self.payloads(Self.applied(rules, to: text.batches)))
        // Another order would be another result, so the comparison can fail.
        let turned = Self.applied(Array(rules.reversed()), to: text.batches)
        #expect(Self.payloads(result.batches) != Self.payloads(turned))
        // What was done before stays in the header.
        var again = text.header
        again.selection = ["before"]
        let open = try await SelectStage.parse(["--weigh-by", "confidence"]).open(
            again, place: "test", in: text.context)
        #expect(open.header.selection == ["before", "weight confidence"])
    }

    @Test func whatIsLeftOutIsCounted() async throws {
        let text = try ScoredText()
        let result = try await text.run(SelectStage.parse(["--keep", "0.5"]))
        #expect(result.batches.map(\.sentenceCount) == [2, 1, 2])
        #expect(result.batches.map(\.index) == [1, 2, 3])
        #expect(result.notes == ["select: 4 sentences left out"])
        // All blocks have weights, also where no rule weighed.
        for batch in result.batches {
            #expect(batch.scores?.weights == Array(repeating: 1, count: batch.tokenCount))
        }
        let all = try await text.run(SelectStage.parse(["--weigh-by", "confidence"]))
        #expect(all.notes.isEmpty && all.batches.map(\.sentenceCount) == [4, 2, 3])
    }

    @Test func whatIsMissingIsSaid() async throws {
        let text = try ScoredText(), model = try text.model()
        await #expect {
            _ = try await text.run(SelectStage.parse(["--weigh-by", "agreement"]))
        } throws: { ($0 as? Failure)?.message.contains("--weigh-by agreement needs the votes") == true }
        for words in [
            "", "--weigh-by reliability", "--model x --weigh-by confidence", "--keep 0", "--keep 1.5", "--smooth 0",
            "--keep 0.5 --by independence --model x", "--weigh-by confidence --source x",
        ] {
            #expect(throws: (any Error).self, "\(words)") {
                try SelectStage.parse(words.split(separator: " ").map(String.init))
            }
        }
        // Rows that the table does not have, and a model of other labels.
        var text2 = text
        text2 = try ScoredText(lengths: [[3]])
        var wrong = text2.batches[0]
        wrong.embedding?.rows[1] = 11
        let open = try await SelectStage.parse(["--weigh-by", "confidence"]).open(
            text2.header, place: "test", in: text2.context)
        guard case .transform(let transform) = open.work else { return #expect(Bool(false), "no transform") }
        let counters = ProgressMeter().addStage("select", nil)
        await #expect(throws: Failure.self) { _ = try await transform(wrong, counters) }
        var other = text.header
        other.labels = TagSet(types: ["ORG", "LOC"]).names
        await #expect(throws: Failure.self) {
            _ = try await SelectStage.parse(["--weigh-by", "reliability", "--model", model]).open(
                other, place: "test", in: text.context)
        }
    }

    @Test func namesAreDistinct() {
        for kinds in [KnownRules.weightings, KnownRules.choices] {
            #expect(Set(kinds.map(\.name)).count == kinds.count)
        }
    }
}
