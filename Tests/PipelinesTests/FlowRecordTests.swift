import Shards
import Testing

@testable import Pipelines

/// The ledger of a run.
struct FlowRecordTests {
    private func stage(_ name: String, pass: Int, out: Int, _ changes: [String: Int] = [:]) -> FlowRecord.Stage {
        FlowRecord.Stage(
            name: name, pass: pass, counts: BlockCounts(sentences: out), changes: changes, seconds: 1, busySeconds: 1)
    }

    @Test func whatIsGoneWithoutAReasonIsFound() {
        var flow = FlowRecord(
            stages: [
                stage("tokenize", pass: 2, out: 100), stage("survey", pass: 2, out: 100),
                stage("tokenize", pass: 1, out: 100), stage("exclude", pass: 1, out: 90, ["stands elsewhere": -10]),
                stage("mix", pass: 1, out: 95, ["gold": 8]), stage("update", pass: 0, out: 0),
            ], isWhole: true)
        #expect(flow.stages.indices.map(flow.sentencesIn) == [nil, 100, nil, 100, 90, nil])
        #expect(flow.stages.indices.map(flow.unexplained) == [0, 0, 0, 0, 3, 0])
        #expect(FlowSection(flow: flow).html.contains("3 sentences without a reason"))
        // A process that went on where another had stopped does not know what came in before.
        flow.isWhole = false
        #expect(flow.stages.indices.allSatisfy { flow.unexplained($0) == 0 })
        #expect(FlowSection(flow: flow).html.contains("the counts are those of the last one"))
    }

    @Test func recordsThatWereLeftOutHaveTheirPlaces() {
        var read = stage("tokenize", pass: 1, out: 7)
        (read.records, read.rejectedRecords, read.rejected) = (10, 3, ["a.txt:3: <bad>"])
        let html = FlowSection(flow: FlowRecord(stages: [read], isWhole: true)).html
        #expect(html.contains("10 records: 7 understood, 3 left out"))
        #expect(html.contains("a.txt:3: &lt;bad&gt;\n... and 2 more</pre>"))
    }
}
